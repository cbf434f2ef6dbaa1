"""The client of the provider: its calls, its JSON and its errors.

This room knows no Discord, no SQL and no members. It makes each call once: retries belong to the services.
"""
