"""The actions of buttons, selects and modals: one function for each in `bot.chat.presenter.custom_ids`."""
