"""The state that several processes share: the queue, the line, and who is at work."""
