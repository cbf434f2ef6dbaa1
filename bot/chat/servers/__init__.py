"""Facts about servers, channels, roles and members: asked of Discord and remembered for a while."""
