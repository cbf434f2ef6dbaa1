"""How the bot hears Discord: one loop for each shard, which leaves the gateway and finds it again."""
