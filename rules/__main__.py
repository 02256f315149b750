"""`python -m rules [CODE…]`: the same as `dbfold rule`."""

import sys

from dbfold.cli import main

if __name__ == "__main__":
    raise SystemExit(main(["rule", *sys.argv[1:]]))
