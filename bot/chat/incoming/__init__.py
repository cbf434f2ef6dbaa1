"""What Discord sends and people type or choose, read into values. Sends no requests itself."""
