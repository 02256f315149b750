"""Rewrites staged files to the accessor, and fails if there was anything to rewrite.

conn = sqlite3.connect("/app/data/auth.db")    ->    conn = sqlite3.connect(DATABASE_PATH)
"""

from dbfold.hooks.db_paths_fix import main

if __name__ == "__main__":
    raise SystemExit(main())
