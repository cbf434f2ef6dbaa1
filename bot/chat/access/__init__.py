"""Who may use which command and button, and what the bot itself may do in a channel."""
