"""What a card shows at this moment, and how the message in Discord comes to show it."""
