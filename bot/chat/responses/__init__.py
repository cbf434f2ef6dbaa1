"""The answer to a command, button or dialogue: a card, a refusal, or words about an error."""
