"""Everything that leaves for Discord: cards, pictures and notices, by every way that there is."""
