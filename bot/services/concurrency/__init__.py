"""Waiting for each other: room for bytes, turns, writes that must happen, and an orderly end."""
