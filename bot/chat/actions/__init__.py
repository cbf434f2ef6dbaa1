"""What buttons, selects and dialogues do: one function for each action of `bot.chat.custom_ids`."""
