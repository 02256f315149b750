"""Virtual environments to install the wheel into, offline.

Each sees what the environment of the tests has, by links, but for dbfold itself: nothing is downloaded, and what is
imported of dbfold is what was installed.
"""

from __future__ import annotations

import base64
import hashlib
import os
import subprocess
import sys
import zipfile
from pathlib import Path

from projects import GIT_ENV

# What the environment of the tests has for its own dbfold, which is a checkout.
_OWN = ("dbfold", "__editable__")


class Environment:
    """A virtual environment below `directory`."""

    def __init__(self, directory):
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", directory], check=True)
        self.bin = directory / "bin"
        (self.site_packages,) = directory.glob("lib/python*/site-packages")
        links = directory / "dependencies"
        links.mkdir()
        for path in _dependencies():
            (links / path.name).symlink_to(path)
        (self.site_packages / "dependencies.pth").write_text(f"{links}\n")
        self.variables = {
            **{name: value for name, value in GIT_ENV.items() if not name.startswith("PYTHON")},
            "PATH": f"{self.bin}{os.pathsep}{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
            "COLUMNS": "120",
        }

    def install(self, *wheels):
        """Install these wheels, and look at the whole: `pip check`."""
        self.pip("install", "--quiet", "--no-index", "--no-deps", *wheels)
        self.pip("check")

    def pip(self, *arguments):
        result = self.run("python", "-m", "pip", "--disable-pip-version-check", *arguments)
        assert result.returncode == 0, result.stdout + result.stderr

    def run(self, program, *arguments, cwd=None, **variables):
        """Run a program of the environment; returns the completed process, its output as text."""
        command = [self.bin / program, *arguments]
        environment = {**self.variables, **variables}
        return subprocess.run(
            command, cwd=cwd, env=environment, capture_output=True, text=True, check=False, timeout=120
        )


def _dependencies():
    """What lies in the directories that the tests import from, by its name; the first of a name counts."""
    found = {}
    for directory in map(Path, sys.path):
        if directory.name in ("site-packages", "dist-packages"):
            for path in directory.iterdir():
                if path.suffix != ".pth" and not path.name.startswith(_OWN):
                    found.setdefault(path.name, path)
    return found.values()


def make_wheel(directory, name, files):
    """A wheel of `name` 1.0 with these files, texts by path."""
    information = f"{name}-1.0.dist-info"
    members = {
        **files,
        f"{information}/METADATA": f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n",
        f"{information}/WHEEL": "Wheel-Version: 1.0\nGenerator: tests\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
    }
    record = "".join(f"{path},sha256={_digest(text)},{len(text.encode())}\n" for path, text in members.items())
    wheel = directory / f"{name}-1.0-py3-none-any.whl"
    with zipfile.ZipFile(wheel, "w") as archive:
        for path, text in {**members, f"{information}/RECORD": f"{record}{information}/RECORD,,\n"}.items():
            archive.writestr(path, text)
    return wheel


def _digest(text):
    return base64.urlsafe_b64encode(hashlib.sha256(text.encode()).digest()).rstrip(b"=").decode()
