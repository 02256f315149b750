from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

POLICY = """\
version: 1
databases:
  main.db: {role: primary, path: /app/data/main.db, env: DATABASE_PATH}
  log.db: {role: specialized, path: /app/data/log.db}
  one.db: {role: retired, into: main.db}
  two.db: {role: retired, into: main.db}
accessor: {roots: ["services/*"]}
data_dirs: [/app/data, data]
"""


class Application:
    """A policy, services, and perhaps databases; and the commands that look at them."""

    def __init__(self, root):
        self.root = root
        self.policy = root / "dbfold.yaml"
        self.policy.write_text(POLICY)

    def decide(self, text):
        self.policy.write_text(POLICY + textwrap.dedent(text))

    def write(self, name, content):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(content), encoding="utf-8")
        return path

    def service(self, name, database, *statements):
        """A module that executes statements on a database, each in a line of its own."""
        lines = [f'    conn.execute("""{sql}""")' for sql in statements]
        head = ["import sqlite3", "", "", "def run():", f'    conn = sqlite3.connect("/app/data/{database}")']
        return self.write(f"services/{name}/store.py", "\n".join([*head, *lines, ""]))

    def database(self, name, *statements):
        import sqlite3
        from contextlib import closing

        path = self.root / "data" / name
        path.parent.mkdir(exist_ok=True)
        with closing(sqlite3.connect(path)) as connection:
            for sql in statements:
                connection.execute(sql)
            connection.commit()
        return path

    def run(self, *arguments, code=0):
        program = Path(sys.executable).parent / "dbfold"
        environment = {name: value for name, value in os.environ.items() if name != "DATABASE_PATH"}
        result = subprocess.run(
            [program, *arguments],
            cwd=self.root,
            capture_output=True,
            text=True,
            check=False,
            env=environment,
            timeout=60,
        )
        assert result.returncode == code, result.stdout + result.stderr
        return result

    def effects(self, *arguments, code=0):
        """Each statement's SQL with its effect and message."""
        document = json.loads(self.run("sql", "--format", "json", *arguments, code=code).stdout)
        assert document["summary"]["statements"] == len(document["statements"])
        return {one["sql"]: (one["effect"], one["message"]) for one in document["statements"]}


@pytest.fixture
def application(tmp_path):
    root = tmp_path / "application"
    root.mkdir()
    return Application(root)
