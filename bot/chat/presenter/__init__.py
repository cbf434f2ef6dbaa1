"""Every word that people read, in one place: values in, `Message` values out.

This package awaits nothing, fetches nothing and does not know discord.py. `bot/chat/delivery/renderer.py`
turns messages into discord.py's objects.
"""
