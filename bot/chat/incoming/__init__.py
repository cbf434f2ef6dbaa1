"""Reads what Discord sends and what people type or choose into values."""
