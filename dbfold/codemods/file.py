"""One file in memory: its references and its SQL rewritten and proven, or the reason why it stays as it is."""

from __future__ import annotations

import ast
import os
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from functools import cache

from dbfold.base.cache import digest, own_digest
from dbfold.base.codec import Codec
from dbfold.base.text import SourceText, UndecodableError, decode_python
from dbfold.code.parsing import UnparsableError, parse
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.guided import require_whole, with_sql_names
from dbfold.codemods.importers import is_for_others
from dbfold.journey.guidance import Change, Guidance
from dbfold.journey.waits import retired
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.discovery import SourceFile
from dbfold.references.model import Action, FileError, Reference, Verdict
from dbfold.references.verdicts import Examined, Judge


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of a rewrite: the new text, None where nothing changes; or why it cannot be made."""

    text: str | None = None
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Rewriting:
    """One file that may be rewritten: its references with their verdicts, and what else changes with them.

    changes    its statements of SQL that get new names
    names      names that change for the databases that it uses
    known      where its statements are written, as offsets in code points
    taken      names that other files may take from it, so that their imports stay
    """

    file: SourceFile
    examined: Examined
    changes: tuple[Change, ...] = ()
    names: frozenset[str] = frozenset()
    known: frozenset[tuple[int, int]] = frozenset()
    taken: frozenset[str] = frozenset()

    @staticmethod
    def of(file: SourceFile, examined: Examined, guidance: Guidance) -> Rewriting:
        """What `guidance` says of a file."""
        name = file.in_policy
        nothing: frozenset[tuple[int, int]] = frozenset()
        return Rewriting(
            file,
            examined,
            tuple(guidance.changes.get(name, ())),
            guidance.names.get(name, frozenset()),
            guidance.known.get(name, nothing),
        )

    @property
    def is_called_for(self) -> bool:
        """True if anything in the file is to be rewritten."""
        return bool(self.changes) or any(one.verdict.action is Action.REWRITE for one in self.examined.references)

    def switching(self, policy: Policy) -> dict[str, int]:
        """The retired databases that switch in this file, each with the first line where it does."""
        found: dict[str, int] = {}
        for one in self.examined.references:
            entry = retired(policy, one.database) if one.verdict.action is Action.REWRITE else None
            if entry is not None:
                found.setdefault(entry.name, one.span.line)
        for change in self.changes:
            for database in change.statement.databases:
                found.setdefault(database, change.statement.span.line)
        return found

    def only(self, databases: AbstractSet[str], policy: Policy) -> Rewriting:
        """The part of it that switches some retired databases."""

        def stays(one: Reference) -> bool:
            entry = retired(policy, one.database)
            return one.verdict.action is Action.REWRITE and (entry is None or entry.name not in databases)

        references = tuple(_left(one) if stays(one) else one for one in self.examined.references)
        changes = tuple(one for one in self.changes if not databases.isdisjoint(one.statement.databases))
        return replace(self, examined=replace(self.examined, references=references), changes=changes)

    def key(self, data: bytes, judge: Judge) -> bytes:
        """A digest of all that the attempt depends on, for the file's content `data`."""
        modules = sorted(local_modules(judge, self.file))
        asked = _asked_codec().encode((self.examined.references, self.changes, self.names, self.known))
        policy = repr(judge.policy)
        others = [import_source(judge, self.file), *modules, "", *sorted(self.taken)]
        return digest(own_digest(), "rewrite", policy, judge.style, self.file.in_policy, data, asked, *others)


@dataclass(frozen=True, slots=True)
class FileRewrite:
    """What a run found in one file; `new` is its content to be, None if it stays.

    examined    its references; those that cannot be rewritten although they were to be are for review
    statements  how many of its statements get new names
    failure     why it could not be rewritten although it was to be
    """

    file: SourceFile
    examined: Examined
    old: bytes = b""
    new: bytes | None = None
    needs_root: bool = False
    statements: int = 0
    failure: str | None = None

    def stays(self, message: str) -> FileRewrite:
        """The same, as it is: what was to be rewritten is for review, with `message` as the reason."""
        references = tuple(
            replace(found, verdict=Verdict(Action.REVIEW, message, found.verdict.target), replacement=None)
            if found.verdict.action is Action.REWRITE
            else found
            for found in self.examined.references
        )
        examined = replace(self.examined, references=references)
        return replace(self, examined=examined, old=b"", new=None, needs_root=False, statements=0)

    def failed(self, why: str) -> FileRewrite:
        """The same, as it is, because it cannot be rewritten: a failure of the run."""
        message = f"not rewritten: {why}"
        return replace(self.stays(message), failure=message)

    @property
    def errors(self) -> tuple[FileError, ...]:
        """Why the file could not be looked at, or not be rewritten."""
        if self.failure is None:
            return self.examined.errors
        return (*self.examined.errors, FileError(self.file.shown, self.failure))


def _left(reference: Reference) -> Reference:
    verdict = Verdict(Action.LEAVE, "not asked for", reference.verdict.target)
    return replace(reference, verdict=verdict, replacement=None)


def attempt(work: Rewriting, data: bytes, judge: Judge) -> Attempt:
    """Rewrite and prove the file whose content is `data`, in memory."""
    try:
        return Attempt(_rewritten(work, decode_python(data), judge))
    except (RewriteError, UndecodableError, UnparsableError) as error:
        return Attempt(problem=str(error))


def _rewritten(work: Rewriting, source: SourceText, judge: Judge) -> str | None:
    tree = parse(source.text)
    text: str = source.text
    references: Sequence[Reference] = work.examined.references
    if work.names:
        require_whole(text, tree, references, work.names, work.known)
    if work.changes:
        text, references = with_sql_names(source, tree, references, work.changes, work.file, judge)
        tree = parse(text)
    return _with_accessors(text, tree, references, work, judge) or (text if work.changes else None)


def _with_accessors(
    text: str, tree: ast.Module, references: Sequence[Reference], work: Rewriting, judge: Judge
) -> str | None:
    """The proven new text of a module, None if it has nothing to rewrite. Raises RewriteError."""
    if not any(reference.verdict.action is Action.REWRITE for reference in references):
        return None
    from dbfold.codemods.module import Accessors, rewrite_module  # imports LibCST, which most files do not need

    file = work.file
    source = import_source(judge, file)
    keeps = is_for_others(file.path)
    accessors = Accessors(judge.policy, judge.style, source, local_modules(judge, file), keeps, work.taken)
    return rewrite_module(text, tree, references, accessors)


def outcome(work: Rewriting, data: bytes, found: Attempt, judge: Judge) -> FileRewrite:
    """What an attempt comes to for the file whose content is `data`."""
    result = FileRewrite(work.file, work.examined)
    if found.problem is not None:
        return result.failed(found.problem)
    if found.text is None:
        return result
    try:
        new = decode_python(data).replaced(data, found.text)
    except UndecodableError as error:
        return result.failed(str(error))
    if new == data:
        return result
    imports = any(one.verdict.action is Action.REWRITE for one in work.examined.references)
    needs_root = imports and judge.style is not AccessorStyle.INLINE
    return replace(result, old=data, new=new, needs_root=needs_root, statements=len(work.changes))


def import_source(judge: Judge, file: SourceFile) -> str:
    """The module that a file imports the accessor from, as it writes it."""
    return judge.roots.place_of(file.in_policy).import_source(file.in_policy, judge.policy.accessor.module)


def local_modules(judge: Judge, file: SourceFile) -> frozenset[str]:
    """The modules and packages in the file's accessor root: what the application itself can import."""
    place = judge.roots.place_of(file.in_policy)
    if place.root is None:
        return frozenset()
    names = os.listdir(judge.policy.root / place.import_root)  # noqa: PTH208 - names are all that is needed
    return frozenset(name.removesuffix(".py") for name in names if name.isidentifier() or name.endswith(".py"))


_Asked = tuple[tuple[Reference, ...], tuple[Change, ...], frozenset[str], frozenset[tuple[int, int]]]


@cache
def _asked_codec() -> Codec[_Asked]:
    return Codec(_Asked)


@cache
def attempt_codec() -> Codec[Attempt]:
    """Attempts as they are kept between runs."""
    return Codec(Attempt)
