"""Small programs on real databases: what they print before the fold, and what after it."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import textwrap
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

POLICY = """\
version: 1
databases:
  app.db: {role: primary, path: ROOT/data/app.db}
  users.db: {role: retired, into: app.db}
data_dirs: [ROOT/data, data]
exclude: ["/data/**", site, image, z]
"""
SCHEMAS = {
    "app.db": "CREATE TABLE orders (id INTEGER PRIMARY KEY, item TEXT); INSERT INTO orders VALUES (1, 'book');",
    "users.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, name); INSERT INTO users VALUES (1, 'ada'), (2, 'b');",
}
DBFOLD = Path(sys.executable).parent / "dbfold"


@dataclass
class Outcome:
    """What a program printed before and after, what dbfold said, and what became of its files."""

    before: list[tuple[int, str]]
    after: list[tuple[int, str]]
    said: str
    code: dict[str, str]
    changed: bool
    errors: str = ""

    @property
    def is_kept(self):
        return self.before == self.after


@dataclass
class Program:
    """Files, databases and a policy below `root`; `commands` run it, with `python` as the interpreter."""

    root: Path
    commands: tuple[str, ...] = ("python main.py",)
    schemas: dict[str, str] = field(default_factory=lambda: dict(SCHEMAS))
    policy: str = POLICY

    def fold(self, files, decisions="", move=True):
        """Run it, rewrite it, move its databases, and run it again.

        A rewrite that holds everything is not followed by a move: what is held keeps its databases.
        """
        self._build(files, decisions)
        before, _ = self._run()
        self._build(files, decisions)
        said = self.dbfold("rewrite", ".")
        code = {name: (self.root / name).read_text(encoding="utf-8") for name in files}
        changed = any(
            code[name] != textwrap.dedent(text).replace("ROOT", str(self.root)) for name, text in files.items()
        )
        if changed and move:
            said += self.dbfold("move", "run", "--yes")
        after, errors = self._run()
        return Outcome(before, after, said, code, changed, errors)

    def dbfold(self, *arguments):
        """What a command prints, with its exit code."""
        done = subprocess.run(
            [DBFOLD, *arguments], cwd=self.root, capture_output=True, text=True, check=False, timeout=120
        )
        return f"{done.stdout}{done.stderr}[exit {done.returncode}]\n"

    def rows(self, sql, database="app.db"):
        with closing(sqlite3.connect(self.root / "data" / database)) as connection:
            return connection.execute(sql).fetchall()

    def _text(self, text):
        return textwrap.dedent(text).replace("ROOT", str(self.root))

    def _build(self, files, decisions):
        shutil.rmtree(self.root, ignore_errors=True)
        (self.root / "data").mkdir(parents=True)
        policy = self.policy.replace("ROOT", str(self.root))
        (self.root / "dbfold.yaml").write_text(policy + textwrap.dedent(decisions))
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(self._text(text), encoding="utf-8")
        for name, script in self.schemas.items():
            with closing(sqlite3.connect(self.root / "data" / name)) as connection:
                connection.executescript(script)

    def _run(self):
        environment = {name: value for name, value in os.environ.items() if name not in ("DATABASE_PATH", "PYTHONPATH")}
        environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
        environment["PYTHONDONTWRITEBYTECODE"] = "1"
        done = [
            subprocess.run(
                command,
                shell=True,
                cwd=self.root,
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=60,
            )
            for command in self.commands
        ]
        return [(one.returncode, one.stdout) for one in done], "".join(one.stderr for one in done)
