"""Actions of members on their requests and pictures."""
