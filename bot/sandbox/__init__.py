"""Stand-ins for Discord and Segmind, and a page to use them by hand.

Only tests and `python -m bot sandbox` import this.
"""
