"""The client of the provider: its calls, its JSON and its errors.

Knows no Discord, no SQL, no members and no order of things: a call is made once, and answered once.
"""
