"""Words that several pages use: limits, refusals, failures, blocks, names."""
