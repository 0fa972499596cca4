"""`python -m steepest`"""

import sys

if not sys.flags.safe_path:
    del sys.path[0]  # the current folder, in which a random.py may lie

from steepest.cli.main import main

main()
