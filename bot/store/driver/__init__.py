"""Connections, compiled statements, sessions and locks: how statements run on the two databases."""
