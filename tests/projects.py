"""A small application to run dbfold on, and what its one module becomes."""

from __future__ import annotations

import os
import subprocess
import sys
import textwrap
from contextlib import contextmanager
from pathlib import Path

POLICY = """\
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: DATABASE_PATH}
  memory.db: {role: specialized, path: /app/data/memory.db}
  auth.db: {role: retired, into: zoe.db}
  tasks.db: {role: retired, into: zoe.db}
  litellm.db: {role: external}
accessor: {module: database_config, roots: ["services/*"]}
data_dirs: [/app/data, data]
exclude: ["**/archive/**"]
"""

# A module with one reference, and what it becomes.
BEFORE = """\
import sqlite3


def users():
    return sqlite3.connect("/app/data/auth.db")
"""
AFTER = """\
import sqlite3

from database_config import DATABASE_PATH


def users():
    return sqlite3.connect(DATABASE_PATH)
"""


class Project:
    """An application with a policy in a directory of its own, and the commands that look at it."""

    def __init__(self, root):
        self.root = root
        self.services = root / "services"
        self.write("dbfold.yaml", POLICY)

    def write(self, name, content=BEFORE):
        """Write one file, given as text (that may be indented) or as bytes; returns its path."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content if isinstance(content, bytes) else textwrap.dedent(content).encode())
        return path

    def read(self, name):
        return (self.root / name).read_bytes()

    def tree(self):
        """Every file's content by its path, links as what they point to; git's own files and the cache left out."""
        paths = (Path(top, name) for top, _, names in os.walk(self.root) for name in names)
        return {
            str(path.relative_to(self.root)): f"-> {os.readlink(path)}" if path.is_symlink() else path.read_bytes()
            for path in paths
            if not {".git", ".dbfold_cache"} & set(path.relative_to(self.root).parts)
        }

    def git(self, *arguments):
        """Run git in the project as somebody who has no configuration of their own."""
        command = ["git", "-c", "user.name=t", "-c", "user.email=t@example.org", "-c", "protocol.file.allow=always"]
        return subprocess.run([*command, *arguments], cwd=self.root, check=True, capture_output=True, env=GIT_ENV)

    def dbfold(self, *arguments, prefix=(), **options):
        """Run the installed `dbfold` script; returns the completed process, its output as text."""
        command = [*prefix, SCRIPT, *map(os.fspath, arguments)]
        options = {"cwd": self.root, "capture_output": True, "encoding": "utf-8", "timeout": 60, **options}
        return subprocess.run(command, check=False, **options)


SCRIPT = str(Path(sys.executable).with_name("dbfold"))
GIT_ENV = {
    **{name: value for name, value in os.environ.items() if not name.startswith("GIT_")},
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
}


class Unprivileged:
    """Runs dbfold as a user whom file modes bind. Root is such a user once its capabilities are gone."""

    def __init__(self, project):
        self.project = project
        self.prefix = [] if os.geteuid() else ["setpriv", "--bounding-set=-all", "--inh-caps=-all"]

    @contextmanager
    def without_access(self, path, mode=0):
        """Take the path's permissions away for a while, and make sure that this has an effect."""
        before = path.stat().st_mode
        path.chmod(mode)
        try:
            how = "w" if mode else "r"
            probe = [
                sys.executable,
                "-c",
                f"import os, sys; sys.exit(os.access(sys.argv[1], os.{how.upper()}_OK))",
                path,
            ]
            subprocess.run([*self.prefix, *probe], check=True)
            yield
        finally:
            path.chmod(before)

    def dbfold(self, *arguments, **options):
        return self.project.dbfold(*arguments, prefix=self.prefix, **options)
