"""Every word that people read, in one place: values in, `Message` values out.

Awaits nothing and asks nobody; knows no discord.py. `bot/chat/delivery/renderer.py` turns messages into its
objects.
"""
