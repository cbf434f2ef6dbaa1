"""A Discord and a Segmind for tests, benchmarks and the sandbox. The bot never imports them."""
