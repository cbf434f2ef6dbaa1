"""What servers, their channels, roles and members are, asked of Discord and remembered for a while."""
