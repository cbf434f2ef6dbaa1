"""What members do with requests and pictures that exist."""
