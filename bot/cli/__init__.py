"""The commands of `python -m bot` that are more than a call: each prints lines for the operator."""
