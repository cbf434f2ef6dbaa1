"""What a card shows now, and how its message in Discord is kept up to date."""
