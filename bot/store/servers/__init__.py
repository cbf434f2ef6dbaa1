"""The settings of each server, and its lists of words and styles."""
