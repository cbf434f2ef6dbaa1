"""The migrations of the schema, in one line, oldest first. To go back, restore a backup."""
