"""The connection to Discord's gateway: one loop for each shard, which reconnects whenever it ends."""
