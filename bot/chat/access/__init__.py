"""Checks who may use a command or a button, and what the bot itself may do in a channel."""
