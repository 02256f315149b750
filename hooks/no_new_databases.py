"""Blocks SQLite files that dbfold.yaml does not allow, by their suffix and by their content.

$ python -c "import sqlite3; sqlite3.connect('cache.dat').execute('CREATE TABLE notes (text)')"
$ git add cache.dat
$ python -m hooks.no_new_databases  # exit code 1
cache.dat: an SQLite database, which dbfold.yaml does not declare
  keep its tables in shop.db, which code reaches with DATABASE_PATH (from database_config import DATABASE_PATH)
  take it out of the commit: git rm --cached -- cache.dat, and list it in .gitignore
  or, if it belongs here, declare cache.dat in dbfold.yaml, with a role and a reason
"""

from dbfold.hooks.no_new_databases import main

if __name__ == "__main__":
    raise SystemExit(main())
