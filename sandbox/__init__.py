"""The bot between both stand-ins, with a page to try it: `python -m sandbox`."""
