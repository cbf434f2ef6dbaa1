"""The bot between two stand-ins, and a page to use it by hand: `python -m sandbox`."""
