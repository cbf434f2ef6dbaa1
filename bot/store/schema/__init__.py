"""The tables and their indexes, by theme. Migrations bring databases to this shape."""
