"""The crash matrix: the real process, killed at every named point, and what is left of its promises.

`make matrix` plays every row and prints a table. Judged is from the outside: what the provider's stand-in has
billed, and what Discord's shows. Money, limits and whether a job is still open are read in the database.
"""
