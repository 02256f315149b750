"""Blocks a wrong dbfold.yaml, and accessor modules that do not say what it says.

$ dbfold rewrite services/
...
$ sed -i s/shop.db/main.db/ services/orders/database_config.py
$ git add services/
$ python -m hooks.db_policy  # exit code 1
services/orders/database_config.py:1:1: DBF007 database_config.py is not what dbfold.yaml says [*]
...
$ echo "excludes: [archive]" >> dbfold.yaml
$ git add dbfold.yaml
$ python -m hooks.db_policy  # exit code 2
dbfold: dbfold.yaml:9: excludes: unknown key; did you mean 'exclude'?
"""

from dbfold.hooks.db_policy import main

if __name__ == "__main__":
    raise SystemExit(main())
