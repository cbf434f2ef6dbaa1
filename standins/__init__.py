"""Stand-ins for Discord and Segmind, for tests, benchmarks and the sandbox. The bot never imports them."""
