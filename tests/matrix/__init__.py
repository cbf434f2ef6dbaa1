"""The crash matrix: the real process, killed at every named point, and what is left of its promises.

`python -m tests.matrix` (`make matrix`) plays every row and prints a table. Judged is from the outside: what the
provider's stand-in has billed, and what Discord's shows. Only money and limits are read in the database, once
all is over.
"""
