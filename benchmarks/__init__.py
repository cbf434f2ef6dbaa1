"""How fast, as ratios within one run. Knows the bot and its stand-ins; is known by tests alone."""
