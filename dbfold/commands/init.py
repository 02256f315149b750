"""`dbfold init [PATH]`: drafts `dbfold.yaml` from what the tree says; a person then edits the roles.

Nothing found, nothing written, exit code 1: a script that goes on with `dbfold audit` should stop here.
"""

from __future__ import annotations

import argparse
import os
import shlex
import sys
import tempfile
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.counted import counted
from dbfold.base.paths import resolved
from dbfold.commands.shared import add_telling_options, progress
from dbfold.policy.loading import PolicyError, load_policy
from dbfold.policy.model import POLICY_FILE_NAME
from dbfold.references.documents import error_line
from dbfold.references.drafting.draft import Draft, draft
from dbfold.references.drafting.text import draft_text

EXAMPLES = (
    ("dbfold init", "draft dbfold.yaml here"),
    ("dbfold init --force services/", "write a new draft for a part of the tree"),
)
EXIT_CODES = {0: "the draft was written", 1: "no database was found, nothing was written", 2: "it could not be written"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The command's arguments, for the umbrella command."""
    parser.add_argument(
        "path", nargs="?", type=Path, default=Path(), metavar="PATH", help="the application's directory (default: .)"
    )
    parser.add_argument(
        "--policy", type=Path, metavar="FILE", help=f"the file to write (default: {POLICY_FILE_NAME} in PATH)"
    )
    add_telling_options(parser)
    parser.add_argument("--force", action="store_true", help="write even if the file exists")


def run(arguments: argparse.Namespace) -> int:
    """Carry out the command; returns the exit code. Raises UserError."""
    target = resolved(arguments.path)
    source = resolved(arguments.policy or target / POLICY_FILE_NAME)
    shown = os.path.relpath(source) if source.is_relative_to(Path.cwd()) else str(source)
    _require(target, source, shown, arguments.force)
    with progress(arguments) as told:
        found = draft(target, source, told)
    if found is None:
        print(f"no database is named below {arguments.path}, and no SQLite file lies there: {shown} was not written")  # noqa: T201
        return FINDINGS
    write(source, draft_text(found), force=arguments.force)
    _tell(found, shown, arguments)
    for error in found.errors:
        print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    return FAILED if found.errors else CLEAN


def _require(target: Path, source: Path, shown: str, force: bool) -> None:
    """Raise UserError for what cannot work, before the time for a scan is spent."""
    if not target.is_dir():
        raise UserError(f"{target}: not a directory; name the application's directory")
    if source.is_dir():
        raise UserError(f"{shown}: is a directory; name the file: {Path(shown) / POLICY_FILE_NAME}")
    if not source.parent.is_dir():
        raise UserError(f"{source.parent}: no such directory; create it, or name another file with --policy")
    if not target.is_relative_to(source.parent):
        raise UserError(f"{shown}: does not lie above {target}, so that its patterns could not name files there")
    if os.path.lexists(source) and not force:
        raise UserError(f"{shown} exists; edit it, or write a new draft over it with --force")


def write(source: Path, text: str, *, force: bool) -> None:
    """Make `text` the content of `source` at once, and only if it loads as a policy. Raises UserError."""
    try:
        descriptor, name = tempfile.mkstemp(prefix=f".{source.name}.", suffix=".dbfold", dir=source.parent)
        try:
            with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(text)
                stream.flush()
                os.fsync(stream.fileno())
            _require_valid(Path(name))
            os.chmod(name, _mode(source))  # noqa: PTH101 - mkstemp gives 0600
            if os.path.lexists(source) and not force:
                raise UserError(f"{source} appeared while dbfold was running; run it again with --force to replace it")
            os.replace(name, source)  # noqa: PTH105
        finally:
            Path(name).unlink(missing_ok=True)
    except OSError as error:
        raise UserError(f"{source}: cannot be written: {error.strerror}; it is as it was") from error


def _require_valid(path: Path) -> None:
    try:
        load_policy(path)
    except PolicyError as error:
        raise RuntimeError(f"the draft does not load: {error}") from error


def _mode(source: Path) -> int:
    try:
        return source.stat().st_mode & 0o777
    except OSError:
        mask = os.umask(0)
        os.umask(mask)
        return 0o666 & ~mask


def _tell(found: Draft, shown: str, arguments: argparse.Namespace) -> None:
    others = len([database for database in found.databases if database.name != found.primary])
    references = sum(database.references for database in found.databases)
    path = shlex.quote(str(arguments.path))
    paths = "" if arguments.path == Path() else f" {path}"
    policy = f" --policy {shlex.quote(str(arguments.policy))}" if arguments.policy else ""
    excluded = [f"not looked at: {', '.join(found.exclude)}"] if found.exclude else []
    for line in (
        f"wrote {shown}",
        "",
        f"{counted(len(found.databases), 'database')}, {counted(references, 'reference')}",
        f"primary: {found.primary} at {found.path}, variable {found.env}",
        f"undecided: {others}, to be reported and never rewritten",
        f"import roots: {', '.join(found.roots)}",
        *excluded,
        "",
        "Next:",
        f"  1. edit {shown}: a role for each database (retired, specialized, external), then the directories",
        f"  2. dbfold audit{paths}{policy}",
        f"  3. dbfold rewrite --diff {path}{policy}",
    ):
        print(line)  # noqa: T201
