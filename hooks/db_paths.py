"""Blocks what `dbfold check` finds in the staged files.

notes.py:3:24: DBF006 notes.db is not declared in the policy
"""

from dbfold.hooks.db_paths import main

if __name__ == "__main__":
    raise SystemExit(main())
