"""Rewrites staged files to the accessor, and fails if there was anything to rewrite; reports the rest.

# services/orders/report.py
import sqlite3

connection = sqlite3.connect("/app/data/sessions.db")

$ git add services/orders/report.py
$ python -m hooks.db_paths_fix services/orders/report.py  # exit code 1
wrote services/orders/database_config.py
wrote services/orders/report.py
...
$ cat services/orders/report.py
# services/orders/report.py
import sqlite3

from database_config import DATABASE_PATH

connection = sqlite3.connect(DATABASE_PATH)
"""

from dbfold.hooks.db_paths_fix import main

if __name__ == "__main__":
    raise SystemExit(main())
