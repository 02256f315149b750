"""`dbfold move`: plan, run, verify, rollback, list, script; rows do not move while statements in the code would break.

Exit codes: 0 done · 1 decisions are open, or something differs or is not healthy · 2 could not be done, nothing changed
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from dbfold.base.arguments import with_epilog
from dbfold.base.errors import UserError
from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.output.report import Report
from dbfold.base.output.screen import screen_of
from dbfold.commands.formats import add_format_option, show
from dbfold.commands.shared import add_policy_options, add_telling_options, policy_for
from dbfold.policy.model import Policy

if TYPE_CHECKING:
    from dbfold.datamove.results import Preview, Verified
    from dbfold.datamove.sources.estate import Estate

LOG_NAME = "dbfold-move.log"

EXAMPLES = (
    ("dbfold move plan", "what happens to every table"),
    ("dbfold move run --dry-run", "everything but the swap"),
    ("dbfold move run --yes", "move the rows without a question"),
    ("dbfold move verify", "check the last move against its backup"),
    ("dbfold move rollback", "the way back"),
)
EXIT_CODES = {
    0: "done",
    1: "decisions are open, or something differs or is not healthy",
    2: "it could not be done, and nothing has changed; or a database that has been moved is back",
}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """The subcommands and their options."""
    common = argparse.ArgumentParser(add_help=False)
    add_policy_options(common)
    add_telling_options(common)
    common.add_argument(
        "--data-dir", type=Path, metavar="DIR", help="where the databases are (default: as the policy says)"
    )
    actions = parser.add_subparsers(metavar="ACTION", required=True)

    def action(name: str, help: str, run: Callable[[argparse.Namespace, Policy], int]) -> argparse.ArgumentParser:
        subparser = actions.add_parser(name, help=help, description=help, parents=[common])
        examples = [(line, what) for line, what in EXAMPLES if line.startswith(f"dbfold move {name}")]
        with_epilog(subparser, examples or [(f"dbfold move {name}", help)], EXIT_CODES)
        subparser.set_defaults(action=run)
        return subparser

    plan = action("plan", "show what happens to every table, and what has to be decided", _plan)
    add_format_option(plan, "move plan")
    plan.add_argument("--write", action="store_true", help="add the open decisions to the policy, as comments")
    run = action("run", "move the rows: back up, build beside, verify, swap", _run)
    run.add_argument("--dry-run", action="store_true", help="do everything but the swap")
    run.add_argument("--yes", action="store_true", help="do not ask")
    run.add_argument("--plan", type=Path, metavar="FILE", help="refuse if a database changed since this JSON plan")
    run.add_argument(
        "--accept-broken-sql",
        action="store_true",
        help="move the rows although `dbfold sql` says that statements in the code break",
    )
    verify = action("verify", "check the last move against its backup", _verify)
    add_format_option(verify, "move verify")
    rollback = action("rollback", "restore a backup, byte for byte", _rollback)
    rollback.add_argument("backup", nargs="?", metavar="BACKUP", help="a backup's name (default: of the last move)")
    rollback.add_argument("--yes", action="store_true", help="do not ask")
    action("list", "list the backups", _list)
    script = action("script", "write a shell script that does the rollback without Python", _script)
    script.add_argument(
        "--output", type=Path, metavar="FILE", help="the script (default: scripts/rollback_database.sh by the policy)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Run a subcommand; returns its exit code. Raises UserError, before anything is touched, for what must not be."""
    action: Callable[[argparse.Namespace, Policy], int] = arguments.action
    return action(arguments, policy_for(arguments))


def _show(lines: Iterable[str]) -> None:
    for line in lines:
        print(line)  # noqa: T201


def _plan(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.datamove.run import plan
    from dbfold.datamove.sources.estate import find_estate
    from dbfold.datamove.telling.terminal import terminal_progress

    with terminal_progress(None, quiet=arguments.quiet) as progress:
        previews = plan(policy, arguments.data_dir, progress=progress)
    problems = [problem for preview in previews for problem in preview.problems]
    show(_plan_report(find_estate(policy, arguments.data_dir), previews), arguments)
    if arguments.write:
        from dbfold.datamove.telling.decisions import write_decisions

        print(write_decisions(policy, problems), file=sys.stderr)  # noqa: T201
    return FINDINGS if problems else CLEAN


def _plan_report(estate: Estate, previews: Sequence[Preview]) -> Report:
    from dbfold.datamove.telling.documents import previews_document
    from dbfold.datamove.telling.sql import sql_text
    from dbfold.datamove.telling.text import moves_table, plan_text

    return Report(
        text=lambda screen: _joined(plan_text(estate, previews, screen)),
        document=lambda: previews_document(previews),
        tables=lambda: [moves_table(previews)],
        own={"sql": lambda screen: "".join(_joined(sql_text(preview.plan)) for preview in previews)},
    )


def _joined(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _run(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.codemods.gate import require_whole
    from dbfold.datamove import MoveRefused
    from dbfold.datamove.run import plan as make_plan
    from dbfold.datamove.run import run as move
    from dbfold.datamove.sources.estate import BACKUP_DIRECTORY, data_directory, find_estate
    from dbfold.datamove.telling.terminal import terminal_progress
    from dbfold.datamove.telling.text import plan_text, result_text

    told = require_whole(policy, arguments.data_dir, accept_broken_sql=arguments.accept_broken_sql, plan=arguments.plan)
    for warning in told:
        print(f"warning: {warning}", file=sys.stderr)  # noqa: T201
    expected = _fingerprints(arguments.plan) if arguments.plan else None
    log = None
    if not arguments.dry_run:
        if not arguments.yes:
            previews = make_plan(policy, arguments.data_dir)
            _show(plan_text(find_estate(policy, arguments.data_dir), previews, screen_of(sys.stdout, arguments.color)))
            problems = tuple(problem for preview in previews for problem in preview.problems)
            if problems:
                raise MoveRefused(problems)
            _ask("Move the rows, and put the files away?")
        log = data_directory(policy, arguments.data_dir) / BACKUP_DIRECTORY / LOG_NAME
    with terminal_progress(log, quiet=arguments.quiet) as progress:
        result = move(policy, arguments.data_dir, dry_run=arguments.dry_run, expected=expected, progress=progress)
    _show(result_text(result, screen_of(sys.stdout, arguments.color)))
    return FINDINGS if result.unhealthy else CLEAN


def _fingerprints(path: Path) -> Mapping[str, str]:
    """Database → sha256 from a plan in JSON. Raises UserError."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
        return {file["name"]: file["sha256"] for target in document["targets"] for file in target["files"]}
    except OSError as error:
        raise UserError(
            f"{path}: cannot be read ({error.strerror}); name a file that `dbfold move plan` made"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise UserError(f"{path}: is not a plan; make one with `dbfold move plan --format json`") from None


def _ask(question: str) -> None:
    """Raises UserError unless the answer is yes."""
    if not sys.stdin.isatty():
        raise UserError(f"nobody is there to answer: {question} Add --yes")
    if input(f"{question} [y/N] ").strip().lower() not in ("y", "yes"):
        raise UserError("not confirmed; nothing has been changed")


def _verify(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.codemods.returned import returned_errors
    from dbfold.datamove.telling.terminal import terminal_progress
    from dbfold.datamove.verifying.again import verify
    from dbfold.references.documents import error_line

    with terminal_progress(None, quiet=arguments.quiet) as progress:
        found = verify(policy, arguments.data_dir, progress=progress)
    show(_verify_report(found), arguments)
    returned = returned_errors(policy, arguments.data_dir)
    for error in returned:
        print(f"error: {error_line(error)}", file=sys.stderr)  # noqa: T201
    if returned:
        return FAILED
    return CLEAN if all(verified.passed for verified in found) else FINDINGS


def _verify_report(found: Sequence[Verified]) -> Report:
    from dbfold.datamove.telling.documents import verified_document
    from dbfold.datamove.telling.text import checks_table, verified_text

    return Report(
        text=lambda screen: "".join(_joined(verified_text(verified)) for verified in found),
        document=lambda: [verified_document(verified) for verified in found],
        tables=lambda: [checks_table(found)],
    )


def _rollback(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.datamove.safety import backup as backups
    from dbfold.datamove.safety.rollback import rollback
    from dbfold.datamove.sources.estate import BACKUP_DIRECTORY, data_directory
    from dbfold.datamove.telling.terminal import terminal_progress
    from dbfold.datamove.telling.text import restored_text

    place = data_directory(policy, arguments.data_dir)
    chosen = backups.find(place / BACKUP_DIRECTORY, arguments.backup)
    if not arguments.yes:
        names = ", ".join(snapshot.name for snapshot in chosen.snapshots)
        _ask(f"Restore {names} as of {chosen.created}? What is there now is backed up first.")
    with terminal_progress(place / BACKUP_DIRECTORY / LOG_NAME, quiet=arguments.quiet) as progress:
        restored = rollback(policy, place, str(chosen.directory), progress=progress)
    _show(restored_text(restored))
    return FINDINGS if restored.unhealthy else CLEAN


def _list(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.datamove.safety.backup import all_backups
    from dbfold.datamove.sources.estate import BACKUP_DIRECTORY, data_directory
    from dbfold.datamove.telling.text import backups_text

    place = data_directory(policy, arguments.data_dir)
    _show(backups_text(all_backups(place / BACKUP_DIRECTORY), screen_of(sys.stdout, arguments.color)))
    return CLEAN


def _script(arguments: argparse.Namespace, policy: Policy) -> int:
    from dbfold.datamove.safety.script import write_script

    path = write_script(policy, arguments.data_dir, arguments.output)
    print(f"wrote {path}")  # noqa: T201
    return CLEAN
