"""Everything about Discord: commands, buttons, modals and replies in; cards, pictures and texts out.

Knows discord.py and the services. Knows no SQL, no HTTP, and nothing of the provider.
"""
