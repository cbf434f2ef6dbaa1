"""The settings that admins change, and the reports that moderators read."""
