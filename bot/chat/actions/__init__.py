"""The actions of buttons, selects and modals: one function for each in `presenter/elements/custom_ids.py`."""
