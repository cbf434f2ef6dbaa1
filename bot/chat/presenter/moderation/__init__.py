"""The pages of `/review`, and the posts in channels of moderators."""
