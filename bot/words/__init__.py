"""What people read, in their own language: catalogs of texts, and how numbers, money and dates are written.

Knows the languages, and nothing of what is said in them: the texts stand where they are used.
"""
