"""The account with the provider: its rate limit, its pauses, the usual times, and its history."""
