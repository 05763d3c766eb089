"""``python -m barrx``: see :mod:`barrx.cli`."""

import sys

from barrx.cli import main

if __name__ == "__main__":
    sys.exit(main())
