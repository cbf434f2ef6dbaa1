"""Discord's HTTP API: what all calls have in common, and what each error code means."""
