"""The words that the two processes share, beside the problems of `SourceProblem`."""

#: It takes longer than was allowed: the same request may be sent with more patience.
LATER = "later"
#: A file could not be read or written: no fault of its content.
DISK = "disk"
