"""A Discord bot that makes and edits pictures, and loses none of them."""

__version__ = "0.1.0"
