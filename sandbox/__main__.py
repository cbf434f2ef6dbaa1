"""`python -m sandbox`: the same as `python -m bot sandbox`, with the same options."""

import sys

from bot.__main__ import main

if __name__ == "__main__":
    sys.exit(main(["sandbox", *sys.argv[1:]]))
