"""The page: a small Discord in the browser, and Backstage, a panel to make things fail.

Shows what the Discord stand-in knows, and passes on what people do. It decides nothing itself.
"""
