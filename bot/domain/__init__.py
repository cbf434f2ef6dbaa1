"""What the bot is about: requests, jobs, limits, failures and timing, as values and decisions.

Knows no Discord, no SQL, no HTTP and no settings. Time, randomness and ids are arguments.
"""
