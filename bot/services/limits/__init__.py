"""What a member may have, and what a server may spend."""
