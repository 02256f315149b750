"""Checks dbfold.yaml and the accessor modules.

services/database_config.py:1:1: DBF007 is not what dbfold.yaml says
"""

from dbfold.hooks.db_policy import main

if __name__ == "__main__":
    raise SystemExit(main())
