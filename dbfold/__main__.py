"""`python -m dbfold`, the same as `dbfold`."""

from dbfold.cli import run

run()
