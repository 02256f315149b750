"""The flake8 plugin: the findings of `dbfold check` in one Python file, on the tree that flake8 has parsed.

https://flake8.pycqa.org/en/latest/plugin-development/plugin-parameters.html. Its one option is `--dbfold-policy`; all
else is in dbfold.yaml. A file without a policy above it has no findings: the plugin may be installed beside projects
that know nothing of dbfold.
"""

from __future__ import annotations

import argparse
import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from dbfold.base.version import VERSION
from dbfold.code.parsing import UnparsableError
from dbfold.policy.loading import find_policy_or_none, load_policy
from dbfold.references.candidates import is_candidate
from dbfold.references.discovery import SourceFile, source_file
from dbfold.references.roots import Roots
from dbfold.references.scan import examine_module
from dbfold.references.verdicts import Judge
from dbfold.rules.baseline import Entry, read_baseline, without_tolerated
from dbfold.rules.findings import accessor_finding, findings_in
from dbfold.rules.model import Checked, Finding, sorted_findings


@dataclass(frozen=True)
class _Project:
    """What a policy says, worked out once for all files below it."""

    judge: Judge
    roots: Roots
    entries: tuple[Entry, ...]


@cache
def _project(policy_file: Path) -> _Project:
    policy = load_policy(policy_file)
    roots = Roots(policy)
    return _Project(Judge(policy, roots, policy.accessor.style), roots, read_baseline(policy.baseline))


@cache
def _policy_above(directory: Path) -> Path | None:
    return find_policy_or_none(directory)


class Dbfold:
    """One file of a flake8 run."""

    name = "dbfold"
    version = VERSION
    policy: ClassVar[Path | None] = None

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
        self._tree = tree
        self._path = Path(filename).absolute()
        self._text = "".join(lines).removeprefix("\ufeff")

    @staticmethod
    def add_options(manager: Any) -> None:
        """Called by flake8 with its OptionManager."""
        manager.add_option(
            "--dbfold-policy",
            metavar="FILE",
            parse_from_config=True,
            normalize_paths=True,
            help="the policy (default: the nearest dbfold.yaml above each file)",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Called by flake8 with what was given on the command line and in its configuration."""
        cls.policy = Path(options.dbfold_policy).absolute() if options.dbfold_policy else None

    def run(self) -> Iterator[tuple[int, int, str, type[Dbfold]]]:
        """Line, column (from 0), text and origin of each finding. Raises UserError for a bad policy."""
        policy_file = self.policy or _policy_above(self._path.parent.resolve())
        if policy_file is None:
            return
        for finding in self._findings(_project(policy_file)):
            text = f"{finding.code} {finding.message}; {finding.remedy}"
            yield finding.span.line, finding.span.column - 1, text, type(self)

    def _findings(self, project: _Project) -> tuple[Finding, ...]:
        policy = project.judge.policy
        file = source_file(self._path.parent.resolve() / self._path.name, policy, Path.cwd())
        if policy.excluded_files.matching(file.in_policy):
            return ()
        found = self._in_code(file, project.judge)
        if project.roots.is_accessor(file.in_policy):
            found += accessor_finding(self._text.encode("utf-8", "surrogatepass"), file, policy)
        return without_tolerated(Checked(sorted_findings(found)), project.entries).findings

    def _in_code(self, file: SourceFile, judge: Judge) -> list[Finding]:
        if not is_candidate(self._text.encode("utf-8", "surrogatepass")):
            return []
        try:
            examined = examine_module(self._text, file, judge, tree=self._tree)
        except UnparsableError:  # nested too deeply for us: flake8 says nothing of that either, `dbfold check` does
            return []
        return findings_in(examined, file, judge.policy, is_python=True)
