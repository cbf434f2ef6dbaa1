"""All that decides whether a request is admitted, and its first rows."""
