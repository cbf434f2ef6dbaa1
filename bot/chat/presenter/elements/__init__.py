"""The elements of messages: rows and buttons, numbers, pages, custom ids."""
