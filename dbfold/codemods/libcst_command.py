"""The rewrite as a LibCST codemod command: `python -m libcst.tool codemod -x codemods.rewrite_db_paths.RewriteDbPaths`.

LibCST hands over a parsed module and writes what comes back; detection, verdicts and the proof are the same as in
`dbfold rewrite`. The accessor module has to exist: `dbfold rewrite` generates it.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import libcst as cst
from libcst.codemod import CodemodCommand, CodemodContext, SkipFile

from dbfold.base.paths import resolved
from dbfold.codemods.attempts import Attempts
from dbfold.codemods.deciding import find_guidance
from dbfold.codemods.file import Attempt, Rewriting, attempt
from dbfold.codemods.importers import taken_names
from dbfold.journey.guidance import NO_GUIDANCE, Guidance
from dbfold.policy.loading import find_policy, load_policy
from dbfold.policy.model import Policy
from dbfold.policy.rooting import require_below
from dbfold.references.detection import detect
from dbfold.references.discovery import Discovery, SourceFile, source_file
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.references.survey import Survey


class RewriteDbPaths(CodemodCommand):
    """Rewrites hardcoded database paths of one module to the accessor of the nearest dbfold.yaml."""

    DESCRIPTION = "Rewrite hardcoded database paths to the accessor that dbfold.yaml configures."

    @staticmethod
    def add_args(parser: argparse.ArgumentParser) -> None:
        """The option that LibCST's runner passes on to the constructor."""
        parser.add_argument("--policy", metavar="FILE", help="the policy (default: the nearest dbfold.yaml upwards)")

    def __init__(self, context: CodemodContext, policy: str | None = None) -> None:
        super().__init__(context)
        self.policy_option = policy

    def transform_module_impl(self, tree: cst.Module) -> cst.Module:
        """The module with its references rewritten. Raises SkipFile with the reason where that is not possible."""
        if self.context.filename is None:
            raise SkipFile("dbfold needs the file's name to find its policy and its accessor root")
        path = resolved(Path(self.context.filename))
        policy = load_policy(resolved(Path(self.policy_option)) if self.policy_option else find_policy(path))
        require_below(policy, [path])
        file = replace(source_file(path, policy, path.parent), content=tree.bytes)
        if policy.excluded_files.matching(file.in_policy):
            raise SkipFile("excluded by the policy")
        project = _projects.setdefault(policy.source, _Project(Attempts(Survey(None, jobs=1), Roots(policy))))
        guidance = project.guide(policy, file)
        if guidance.names.get(file.in_policy):
            # A statement changes together with its path, and LibCST writes one file after the other.
            raise SkipFile("tables in its SQL get new names in the move; use `dbfold rewrite`")
        judge = project.attempts.judge(policy, None, guidance)
        examined = judge.examine(file, detect(tree.bytes, file.path, file.in_policy))
        if examined.errors:
            raise SkipFile(_message(examined.errors))
        work = Rewriting(file, examined)
        if work.is_called_for:
            files = project.attempts.project(Discovery((file,), (), 0), policy).files
            taken = taken_names(project.attempts.survey.words(files), {file.in_policy: tree.bytes})
            work = replace(work, taken=taken.get(file.in_policy, frozenset()))
        found = attempt(work, tree.bytes, judge) if work.is_called_for else Attempt()
        if found.problem is not None:
            raise SkipFile(found.problem)
        return tree if found.text is None else cst.parse_module(found.text, config=tree.config_for_parsing)


@dataclass(slots=True)
class _Project:
    """What is worked out once for all files of an application: one process of LibCST's runner has many."""

    attempts: Attempts
    guidance: Guidance = NO_GUIDANCE

    def guide(self, policy: Policy, file: SourceFile) -> Guidance:
        """What the application asks; nothing for a file that has to do with no database of the policy."""
        if self.guidance is NO_GUIDANCE:
            self.guidance = find_guidance(policy, Discovery((file,), (), 0), self.attempts)
        return self.guidance


_projects: dict[Path, _Project] = {}


def _message(errors: Sequence[FileError]) -> str:
    return "; ".join(error.message for error in errors)
