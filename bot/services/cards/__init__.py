"""The views of cards, and the updates that bring them to their messages in Discord."""
