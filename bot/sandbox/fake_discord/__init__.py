"""A Discord that runs in this process: gateway, REST API and CDN for one application, and people who use it.

It speaks to an unmodified discord.py, refuses what Discord refuses, and misbehaves on request. It knows
nothing of the bot that talks to it, and the bot never imports it.
"""
