"""What Discord sends and what people type or choose, read into values of ours. Nothing is asked here."""
