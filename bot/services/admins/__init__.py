"""What admins set, and what moderators see."""
