"""The files of a project, each rewritten and proven in memory; what a run or a former one has tried is known."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from dbfold.base.parallel import share_out
from dbfold.base.progress import SILENT, Progress
from dbfold.codemods.file import Attempt, FileRewrite, Rewriting, attempt, attempt_codec, outcome
from dbfold.codemods.importers import taken_names
from dbfold.journey.guidance import NO_GUIDANCE, Guidance
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.contents import read
from dbfold.references.discovery import Discovery, discover
from dbfold.references.roots import Roots
from dbfold.references.scan import examine_files
from dbfold.references.survey import Survey
from dbfold.references.verdicts import Examined, Judge

_LIBCST_COST = 10  # what a byte of source costs that is rewritten, against one that is looked at


class Attempts:
    """Rewrites the files of a project, none of them twice for the same reasons.

    `roots` and the project's files are looked for once, because whoever asks for a directory's imports reads them all.
    """

    def __init__(self, survey: Survey, roots: Roots, progress: Progress = SILENT) -> None:
        self.survey = survey
        self.roots = roots
        self.progress = progress
        self._project: Discovery | None = None
        self._known: dict[bytes, Attempt] = {}
        self._taken: dict[str, frozenset[str]] = {}

    def judge(self, policy: Policy, style: AccessorStyle | None, found: Guidance) -> Judge:
        """The judge who knows what waits. `style` is another than the policy's."""
        return Judge(policy, self.roots, style or policy.accessor.style, found)

    def project(self, discovery: Discovery, policy: Policy) -> Discovery:
        """All files of the project, as they are on the disk or with the content that the first `discovery` gives."""
        if self._project is None:
            found = discover([policy.root], policy, policy.root)
            instead = {file.path: file.content for file in discovery.files}
            files = tuple(replace(file, content=instead.get(file.path)) for file in found.files)
            self._project = discovery if files == discovery.files else replace(found, files=files)
        return self._project

    def works(self, discovery: Discovery, judge: Judge, asked: Guidance) -> list[Rewriting]:
        """The files of `discovery` to report or to rewrite.

        One that names no database may hold SQL that changes with a path elsewhere.
        """
        found = examine_files(self.survey, discovery, judge, self.progress)
        known: dict[str, Examined] = {file.path: examined for file, examined in found}
        works = [
            Rewriting.of(file, known.get(file.path, Examined()), asked)
            for file in discovery.files
            if file.path in known or file.in_policy in asked.changes
        ]
        return self._with_taken_names(works, discovery, judge.policy)

    def _with_taken_names(self, works: Sequence[Rewriting], discovery: Discovery, policy: Policy) -> list[Rewriting]:
        """The works with what the rest of the project may take from their modules."""
        contents = {}
        for work in works:
            if work.is_called_for and work.file.in_policy not in self._taken:
                with suppress(OSError):  # which is reported where it is rewritten
                    contents[work.file.in_policy] = read(work.file)
        if contents:
            taken = taken_names(self.survey.words(self.project(discovery, policy).files), contents)
            self._taken.update({file: taken.get(file, frozenset()) for file in contents})
        return [replace(work, taken=self._taken.get(work.file.in_policy, frozenset())) for work in works]

    def results(self, works: Sequence[Rewriting], judge: Judge, asked: Guidance = NO_GUIDANCE) -> list[FileRewrite]:
        """What comes of the works, in their order; what `asked` knows to fail is a failure."""
        results = {
            work.file.path: FileRewrite(work.file, work.examined, failure=asked.failed.get(work.file.in_policy))
            for work in works
        }
        wanted: list[tuple[Rewriting, bytes, bytes]] = []
        for work in works:
            if work.is_called_for:
                try:
                    data = read(work.file)
                except OSError as error:
                    results[work.file.path] = results[work.file.path].failed(f"cannot be read: {error.strerror}")
                else:
                    wanted.append((work, data, work.key(data, judge)))
        self._try(wanted, judge)
        for work, data, key in wanted:
            results[work.file.path] = outcome(work, data, self._known[key], judge)
        return list(results.values())

    def _try(self, wanted: Iterable[tuple[Rewriting, bytes, bytes]], judge: Judge) -> None:
        """Make sure that the outcome of all that is wanted is known."""
        new = [one for one in wanted if one[2] not in self._known]
        keeps = self.survey.keeps_for(_LIBCST_COST * sum(len(data) for _, data, _ in new))
        for _, _, key in new:
            if keeps is not None and (kept := attempt_codec().decoded(keeps.get(key))) is not None:
                self._known[key] = kept
        new = [one for one in new if one[2] not in self._known]
        if new:
            self.progress.phase(f"rewriting {len(new):,} files", len(new))
        jobs = [((work, data), len(data)) for work, data, _ in new]
        tried = share_out(partial(_tried, judge=judge), jobs, self.survey.jobs, self.progress.advance)
        for (_, _, key), found in zip(new, tried, strict=True):
            self._known[key] = found
            if keeps is not None:
                keeps.put(key, attempt_codec().encode(found))


def _tried(one: tuple[Rewriting, bytes], judge: Judge) -> Attempt:
    return attempt(*one, judge)
