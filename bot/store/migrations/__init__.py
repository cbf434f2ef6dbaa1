"""One linear history of the schema, oldest first. There is no way back: a backup is."""
