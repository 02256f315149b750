"""Blocks SQLite files that dbfold.yaml does not allow, by their suffix and by their content.

data/notes.db: an SQLite database, which dbfold.yaml does not declare
"""

from dbfold.hooks.no_new_databases import main

if __name__ == "__main__":
    raise SystemExit(main())
