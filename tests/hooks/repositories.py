"""Real git repositories whose commits go through the hooks, as pre-commit, prek or git itself runs them."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from pathlib import Path

import yaml
from projects import GIT_ENV, Project

BIN = Path(sys.executable).parent
MANIFEST = Path(__file__).parents[2] / ".pre-commit-hooks.yaml"
POLICY = """\
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db}
  memory.db: {role: specialized, path: /app/data/memory.db, only: ["services/memory/**"]}
  auth.db: {role: retired, into: zoe.db}
  fixture.db: {role: external, reason: The rows that the tests read.}
  litellm.db: {role: external}
accessor: {roots: ["services/*"]}
data_dirs: [/app/data, data]
temporary: [/tmp, "tests/**"]
exclude: ["archive/**"]
"""
CLEAN = "import sqlite3\n\nfrom database_config import DATABASE_PATH\n\nconnection = sqlite3.connect(DATABASE_PATH)\n"
STRAY = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/notes.db")\n'
HARDCODED = 'import sqlite3\n\nconnection = sqlite3.connect("/app/data/zoe.db")\n'


def hooks_of_the_manifest():
    return yaml.safe_load(MANIFEST.read_text(encoding="utf-8"))


def configuration(ids):
    """The hooks of our manifest as local ones, which need neither a network nor an installation."""
    hooks = [
        {**hook, "language": "system", "entry": str(BIN / hook["entry"])}
        for hook in hooks_of_the_manifest()
        if hook["id"] in ids
    ]
    return yaml.safe_dump({"repos": [{"repo": "local", "hooks": hooks}]})


def database_bytes(path):
    """The bytes of a real database with one row."""
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE notes (text)")
    connection.execute("INSERT INTO notes VALUES ('a row')")
    connection.commit()
    connection.close()
    data = path.read_bytes()
    path.unlink()
    return data


class Repository(Project):
    """A project under git. `runner` is `pre-commit`, `prek`, or `git`: a hook of the shell, called without names."""

    def __init__(self, root, home, runner, ids):
        super().__init__(root)
        self.runner, self.ids, self.home = runner, ids, home
        self.environment = {
            **GIT_ENV,
            "PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}",
            "HOME": str(home),
            "XDG_CACHE_HOME": str(home / "cache"),
            "PRE_COMMIT_HOME": str(home / "pre-commit"),
            "PREK_HOME": str(home / "prek"),
            "GIT_AUTHOR_NAME": "t",
            "GIT_AUTHOR_EMAIL": "t@example.org",
            "GIT_COMMITTER_NAME": "t",
            "GIT_COMMITTER_EMAIL": "t@example.org",
            "NO_COLOR": "1",
        }
        self.write("dbfold.yaml", POLICY)
        self.run("git", "init", "-q", "-b", "main")
        self.install()

    def run(self, *command, cwd=None, check=True):
        """Run a program in the repository; returns the completed process, its output as text."""
        result = subprocess.run(
            list(map(os.fspath, command)),
            cwd=cwd or self.root,
            env=self.environment,
            capture_output=True,
            encoding="utf-8",
            errors="surrogateescape",
            timeout=120,
            check=False,
        )
        assert not check or result.returncode == 0, result.stdout + result.stderr
        return result

    def install(self):
        if self.runner == "git":
            lines = "".join(f"'{BIN}/dbfold-{name}' || code=1\n" for name in self.ids)
            hook = self.root / ".git/hooks/pre-commit"
            hook.write_text(f"#!/bin/sh\ncode=0\n{lines}exit $code\n")
            hook.chmod(0o755)
        else:
            self.write(".pre-commit-config.yaml", configuration(self.ids).encode())
            self.run(self.runner, "install")

    def base(self):
        """A first commit with the policy, made without hooks."""
        self.run("git", "add", "-A")
        self.run("git", "commit", "-qnm", "base")

    def head(self):
        return self.run("git", "rev-parse", "-q", "--verify", "HEAD", check=False).stdout

    def commit(self, *arguments, cwd=None):
        """`git commit`; returns what was printed, and whether the commit was made."""
        result = self.run("git", "commit", "-m", "a change", *arguments, cwd=cwd, check=False)
        return result.returncode == 0, result.stdout + result.stderr

    def add_and_commit(self, *names):
        self.run("git", "add", "--", *names)
        return self.commit()

    def blocked(self, *arguments, cwd=None):
        """Commit and expect that the hooks refuse it; returns what they said."""
        before = self.head()
        made, output = self.commit(*arguments, cwd=cwd)
        assert not made, output
        assert "Traceback" not in output
        assert self.head() == before
        return output

    def assert_passes(self, *arguments, cwd=None):
        """Commit and expect that it is made."""
        made, output = self.commit(*arguments, cwd=cwd)
        assert made, output
        return output
