"""A picture from the request to its delivery: admission, the engine, and one module for each step."""
