"""Cards and their jobs: what became of each, and what it cost."""
