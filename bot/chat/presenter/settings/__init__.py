"""The pages of `/config`, and what explains the settings."""
