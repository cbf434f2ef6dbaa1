"""What buttons, selects and dialogues do: one function for each action of `bot.chat.presenter.custom_ids`."""
