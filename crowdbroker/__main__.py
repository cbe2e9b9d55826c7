"""`python -m crowdbroker`."""

import sys

from crowdbroker.cli import main

if __name__ == "__main__":
    sys.exit(main())
