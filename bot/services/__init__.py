"""What happens, and in which order. Sees the provider and Discord through `protocols` only.

Knows no discord.py, no HTTP and no SQL text; the store's transaction functions are called directly.
"""
