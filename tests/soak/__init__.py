"""Thousands of pictures, hundreds of members, and everything going wrong at times: `make soak`.

The bot is the real process between both stand-ins. Whether anything was lost or doubled is seen at these,
from the outside. Nothing of the bot knows of this.
"""
