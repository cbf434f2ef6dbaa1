"""Values and decisions: requests, jobs, limits, failures and timing.

Knows no Discord, no SQL, no HTTP and no settings. Time, randomness and ids are arguments.
"""
