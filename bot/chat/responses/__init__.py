"""The answer to a command, a button or a dialogue, up to the card or the refusal, and errors on the way."""
