"""How tasks wait for each other: capacity in bytes, turns, writes that must happen, and an orderly end."""
