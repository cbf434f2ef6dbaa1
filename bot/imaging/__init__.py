"""Strangers' pictures, opened in child processes: nothing that a file does there can hold up the bot.

`imaging` and `worker` are the bot's side; `child` is the other process, which runs `work` and what that
imports.
"""
