"""Stand-ins for Discord and Segmind, and a page to use them by hand. Tests and `python -m bot sandbox` import it."""
