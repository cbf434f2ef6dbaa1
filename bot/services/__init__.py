"""The services decide what happens, and when. They see the provider and Discord through `protocols` only.

They know no discord.py, no HTTP and no SQL text. They call the store's transaction functions directly.
"""
