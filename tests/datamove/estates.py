"""Small estates for the move: a policy, and databases that the standard library's SQLite wrote and closed.

Two SQLite libraries in one process must not have one file open: every connection here is closed before it is left.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from dbfold import datamove
from dbfold.datamove.refusals import MoveRefused
from dbfold.policy.loading import load_policy


class Estate:
    """Databases below `data`; zoe.db remains, every other one retires into it unless `into` says otherwise."""

    def __init__(self, root):
        self.root = root
        self.data = root / "data"
        self.data.mkdir()
        self.into = {}

    def write(self, name, *scripts, into="zoe.db", pragmas=""):
        """Create a database with `scripts`: SQL, or pairs of a statement and its rows. No script: an empty file."""
        if name != "zoe.db":
            self.into[name] = into
        with closing(sqlite3.connect(self.data / name, isolation_level=None)) as connection:
            connection.executescript(f"PRAGMA synchronous = OFF; {pragmas}")
            for script in scripts:
                if isinstance(script, str):
                    connection.executescript(script)
                else:
                    connection.executemany(*script)
        return self

    def policy(self, decisions=""):
        retired = "".join(f"  {name}: {{role: retired, into: {into}}}\n" for name, into in self.into.items())
        path = self.root / "dbfold.yaml"
        databases = f"version: 1\ndatabases:\n  zoe.db: {{role: primary, path: data/zoe.db}}\n{retired}"
        path.write_text(databases + decisions, encoding="utf-8")
        return load_policy(path)

    def query(self, sql, *parameters, name="zoe.db", text_factory=str):
        """Rows of a database, read with the standard library."""
        with closing(sqlite3.connect(self.data / name)) as connection:
            connection.text_factory = text_factory
            return connection.execute(sql, parameters).fetchall()

    def contents(self):
        """Every file below the data directory: path → bytes."""
        return {
            str(path.relative_to(self.data)): path.read_bytes()
            for path in sorted(self.data.rglob("*"))
            if path.is_file()
        }

    def move(self, decisions=""):
        """Move everything; what has to be true of every move is asserted here."""
        policy = self.policy(decisions)
        before = self.contents()
        (preview,) = datamove.plan(policy, self.data)
        assert self.contents() == before, "a plan writes nothing"
        result = datamove.run(policy, self.data)
        (moved,) = result.moved
        retired = sorted(before.keys() - {"zoe.db"})
        assert sorted(moved.retired) == retired
        backup = f"backup/{result.backup.name}"
        after = self.contents()
        assert {name: after[f"{backup}/{name}"] for name in before} == before, "the backup is what was there"
        in_place = {name for name in after if not name.startswith("backup/")}
        assert in_place == {"zoe.db"}, "the sources are gone, and nothing is left over"
        (verified,) = datamove.verify(policy, self.data)
        assert verified.passed, [check for check in verified.checks if not check.passed]
        assert all(account.balances for account in moved.accounts)
        tried = {(account.database, account.name): account for account in preview.accounts}
        done = {(account.database, account.name): account for account in moved.accounts}
        assert tried.items() <= done.items(), "the plan said what would happen"
        assert self.query("PRAGMA integrity_check") == [("ok",)]
        return Outcome(self, moved, preview)

    def refuse(self, decisions=""):
        """The problems for which a move is refused: those of the plan, and nothing has changed."""
        policy = self.policy(decisions)
        before = self.contents()
        (preview,) = datamove.plan(policy, self.data)
        with pytest.raises(MoveRefused) as refusal:
            datamove.run(policy, self.data)
        assert self.contents() == before, "a refused move changes nothing"
        assert refusal.value.problems == preview.problems
        return refusal.value.problems

    def refuse_one(self, decisions=""):
        (problem,) = self.refuse(decisions)
        return problem


class Outcome:
    """A move that was made, and what came of it."""

    def __init__(self, estate, moved, preview):
        self.estate, self.moved, self.preview = estate, moved, preview
        self.query = estate.query

    @property
    def notices(self):
        return self.moved.plan.notices

    def account(self, database, table):
        """The parts of an account that are not zero, without the names."""
        (found,) = (one for one in self.moved.accounts if (one.database, one.name) == (database, table))
        counts = ("rows", "moved", "identical", "mapped", "conflict", "renumbered")
        return {name: getattr(found, name) for name in counts if getattr(found, name)}

    def conflicts(self):
        """Database, table, key, column, lost, kept."""
        return self.query(
            'SELECT "database", table_name, "key", column_name, lost, kept FROM _dbfold_conflicts ORDER BY rowid'
        )

    def ids(self, table):
        """Database, old, new: ids that changed."""
        return self.query('SELECT "database", old, new FROM _dbfold_ids WHERE table_name = ? ORDER BY 1, 2', table)

    def names(self, type):
        """Objects of a type, those of SQLite and the ledger aside."""
        sql = "SELECT name FROM sqlite_schema WHERE type = ? AND name NOT LIKE 'sqlite_%' AND name NOT LIKE '_dbfold_%'"
        return sorted(name for (name,) in self.query(sql, type))

    def sql(self, name):
        return self.query("SELECT sql FROM sqlite_schema WHERE name = ?", name)[0][0]
