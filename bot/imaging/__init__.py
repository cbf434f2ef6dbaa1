"""Untrusted pictures, opened in child processes: no file can block the bot.

`imaging` and `worker` are the bot's side. `child` is the other process, which runs `work` and its imports.
"""
