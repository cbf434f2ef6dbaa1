"""The slash commands and menus: options in, one call, one answer. Offered in servers only."""
