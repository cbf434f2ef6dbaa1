"""The page: a small Discord in the browser, and Backstage, where things are made to go wrong.

Shows what the Discord stand-in knows, and hands on what people do; it decides nothing of either.
"""
