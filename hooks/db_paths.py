"""Blocks what `dbfold check` finds in the staged files.

# services/orders/notes.py
import sqlite3

notes = sqlite3.connect("/app/data/notes.db")

$ git add services/orders/notes.py
$ python -m hooks.db_paths services/orders/notes.py  # exit code 1
services/orders/notes.py:4:25: DBF006 notes.db is not declared in the policy
...
"""

from dbfold.hooks.db_paths import main

if __name__ == "__main__":
    raise SystemExit(main())
