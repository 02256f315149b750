"""The flake8 plugin: the findings of `dbfold check` in one Python file, on the tree that flake8 has parsed.

https://flake8.pycqa.org/en/latest/plugin-development/plugin-parameters.html. Its options are `--dbfold-policy` and
`--dbfold-root`; all else is in dbfold.yaml. A file without a policy above it has no findings: the plugin may be
installed beside projects that know nothing of dbfold.
"""

from __future__ import annotations

import argparse
import ast
import tokenize
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from dbfold.base.version import VERSION
from dbfold.codemods.attempts import Attempts
from dbfold.codemods.deciding import find_guidance
from dbfold.journey.guidance import NO_GUIDANCE, Guidance
from dbfold.policy.loading import find_policy_or_none, load_policy
from dbfold.policy.model import Policy
from dbfold.policy.rooting import require_below, require_root
from dbfold.references.candidates import is_candidate
from dbfold.references.discovery import Discovery, SourceFile, source_file
from dbfold.references.roots import Roots
from dbfold.references.survey import surveying
from dbfold.references.verdicts import Examined
from dbfold.rules.baseline import read_baseline, without_tolerated
from dbfold.rules.findings import accessor_finding, findings_in
from dbfold.rules.model import Checked, Finding, sorted_findings


class _Project:
    """What a policy says, and what its project asks of a rewrite, worked out once for all files below it."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.roots = Roots(policy)
        self.entries = read_baseline(policy.baseline)
        self._guidance: Guidance | None = None

    def examined(self, file: SourceFile) -> Examined:
        """The references of one file, with the verdicts that it has in the whole project."""
        discovery = Discovery((file,), (), 0)
        with surveying(self.policy.root, jobs=1) as survey:
            attempts = Attempts(survey, self.roots)
            guidance = self._guidance or find_guidance(self.policy, discovery, attempts)
            if guidance is not NO_GUIDANCE:
                self._guidance = guidance  # the same for all files
            judge = attempts.judge(self.policy, None, guidance)
            found = attempts.results(attempts.works(discovery, judge, guidance), judge, guidance)
        return found[0].examined if found else Examined()


@cache
def _project(policy_file: Path, root: Path | None) -> _Project:
    return _Project(load_policy(policy_file, root=root and require_root(root)))


@cache
def _policy_above(directory: Path) -> Path | None:
    return find_policy_or_none(directory)


class Dbfold:
    """One file of a flake8 run."""

    name = "dbfold"
    version = VERSION
    policy: ClassVar[Path | None] = None
    root: ClassVar[Path | None] = None

    def __init__(self, tree: ast.Module, filename: str, lines: Sequence[str]) -> None:
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
        manager.add_option(
            "--dbfold-root",
            metavar="DIR",
            parse_from_config=True,
            normalize_paths=True,
            help="the directory that the policy speaks of (default: its own)",
        )

    @classmethod
    def parse_options(cls, options: argparse.Namespace) -> None:
        """Called by flake8 with what was given on the command line and in its configuration."""
        cls.policy = Path(options.dbfold_policy).absolute() if options.dbfold_policy else None
        cls.root = Path(options.dbfold_root).absolute() if options.dbfold_root else None

    def run(self) -> Iterator[tuple[int, int, str, type[Dbfold]]]:
        """Line, column (from 0), text and origin of each finding. Raises UserError for a bad policy."""
        policy_file = self.policy or _policy_above(self._path.parent.resolve())
        if policy_file is None:
            return
        for finding in self._findings(_project(policy_file, self.root)):
            text = f"{finding.code} {finding.message}; {finding.remedy}"
            yield finding.span.line, finding.span.column - 1, text, type(self)

    def _findings(self, project: _Project) -> tuple[Finding, ...]:
        policy = project.policy
        path = self._path.parent.resolve() / self._path.name
        require_below(policy, [path])
        file = source_file(path, policy, Path.cwd())
        if policy.excluded_files.matching(file.in_policy):
            return ()
        data = self._data()
        found = self._in_code(replace(file, content=data), data, project)
        if project.roots.is_accessor(file.in_policy):
            found += accessor_finding(data, file, policy)
        return without_tolerated(Checked(sorted_findings(found)), project.entries).findings

    def _data(self) -> bytes:
        """The bytes of which flake8 has read the text: a file's, or those of an editor's buffer."""
        encoding, _ = tokenize.detect_encoding(
            iter(self._text.encode("utf-8", "surrogatepass").splitlines(True)).__next__
        )
        return self._text.encode(encoding, "surrogatepass")

    def _in_code(self, file: SourceFile, data: bytes, project: _Project) -> list[Finding]:
        if not is_candidate(data):
            return []
        return findings_in(project.examined(file), data, file, project.policy)
