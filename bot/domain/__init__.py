"""Values and decisions: requests, jobs, limits, failures and timing.

This room knows no Discord, no SQL, no HTTP and no settings. Time, randomness and ids are arguments.
"""
