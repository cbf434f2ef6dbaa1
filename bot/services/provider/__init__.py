"""The account with the provider: its pace, its pauses, how long pictures take, and its history."""
