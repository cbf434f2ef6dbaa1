"""Presses, replies and removals from the gateway, each handed to its action."""
