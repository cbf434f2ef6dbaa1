"""The languages that people read: catalogs of texts, and how numbers, money and dates are written.

This package knows the languages, but not the texts: each text stands in the code that uses it.
"""
