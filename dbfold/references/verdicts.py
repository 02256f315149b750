"""What happens to each site under a policy: rewrite, review or leave, and why.

The rules stand in the order in which they are asked; the first that answers decides. A reason is a sentence for
the maintainer who reads the report, and is the same for the same cause, so that reasons can be counted.
"""

from __future__ import annotations

import posixpath
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Protocol

from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.policy.directories import split_path, without_drive
from dbfold.policy.matching import DirectoryKind, Location, locate
from dbfold.policy.model import AccessorStyle, Database, Policy, RelativeTo, Role
from dbfold.references.bases import place_of, resolved
from dbfold.references.candidates import is_foreign, plain_path
from dbfold.references.codes import code_of, is_outside_only
from dbfold.references.detection import Detected
from dbfold.references.discovery import SourceFile
from dbfold.references.ignores import Ignore, UsedIgnore, covering
from dbfold.references.model import Action, FileError, Kind, Reference, Replacement, Site, Verdict
from dbfold.references.roots import Roots

_SIDE_FILE = re.compile(r"-(?:wal|shm|journal)\Z")
_TEMPORARY_NAME = re.compile(r"(?i)\{(?:[^}]*[._])?(?:tmp|temp)(?:_?(?:path|dir|directory|file|folder|root))?\d*\}")
_TEMPORARY_START = re.compile(r"(?i)\{(?:[^}]*[._])?(?:tmp|temp)_\w+\}/")
NO_REWRITE_KINDS = {
    Kind.COMMENT: "a comment",
    Kind.DOCSTRING: "documentation",
    Kind.PROSE: "prose",
    Kind.MESSAGE: "text for people",
    Kind.IGNORE_PATTERN: "an ignore pattern",
    Kind.GLOB: "a pattern, not a file",
    Kind.TEMPORARY: "a temporary file",
}


@dataclass(frozen=True, slots=True)
class _Judged:
    verdict: Verdict
    replacement: Replacement | None = None
    code: Code | None = None


class Holds(Protocol):
    """What has to wait, although the place alone could be rewritten."""

    def why(self, database: str, file: str, span: Span) -> str | None:
        """Why the reference at `span` of `file` (relative to the policy) waits; None if it does not."""

    def danger(self, file: str, span: Span) -> str | None:
        """What harm the project's code would do if the reference were rewritten; None if it would not."""


@dataclass(frozen=True, slots=True)
class Dangers:
    """Nothing waits for anything else; `dangers` are by the place."""

    dangers: Mapping[tuple[str, int, int], str] = field(default_factory=dict)

    def why(self, database: str, file: str, span: Span) -> str | None:
        return None

    def danger(self, file: str, span: Span) -> str | None:
        return self.dangers.get((file, span.line, span.column))


NO_HOLDS: Holds = Dangers()


@dataclass(frozen=True, slots=True)
class Examined:
    """One file with its verdicts: its references in source order, why it could not be read or parsed, its ignores."""

    references: tuple[Reference, ...] = ()
    errors: tuple[FileError, ...] = ()
    ignores: tuple[UsedIgnore, ...] = ()


@dataclass(frozen=True, slots=True)
class Judge:
    """Gives verdicts for the sites of one file after another."""

    policy: Policy
    roots: Roots
    style: AccessorStyle
    holds: Holds = NO_HOLDS

    def examine(self, file: SourceFile, detected: Detected) -> Examined:
        """The references of a file: every site with its database and verdict.

        A generated accessor has none: like the policy, which it repeats, it says where the databases are.
        """
        references = [] if detected.generated else self._references(file, detected)
        ignored, ignores = covering(references, detected.ignores)
        references = [_ignored(one, by) if by else one for one, by in zip(references, ignored, strict=True)]
        errors = []
        if detected.problem is not None and references:
            errors.append(FileError(file.shown, detected.problem, detected.line))
        return Examined(tuple(references), tuple(errors), tuple(ignores))

    def _references(self, file: SourceFile, detected: Detected) -> list[Reference]:
        file_verdict = self._of_file(file.in_policy)
        references = []
        for written in detected.sites:
            site = self.resolved(written, file.in_policy)
            place = self.locate(site)
            if not _is_reference(site, place):
                continue
            judged = self._judge(site, place, file.in_policy, file_verdict)
            place_of = (file.shown, site.span, place.database_name, site.kind, written.text)
            references.append(Reference(*place_of, judged.verdict, judged.replacement, site.environment, judged.code))
        return sorted(references, key=lambda found: (found.span.line, found.span.column))

    def resolved(self, site: Site, in_policy: str) -> Site:
        """A site of the file `in_policy` with what is imported into its text."""
        return resolved(self.policy.root, in_policy, site) if site.imported else site

    def locate(self, site: Site) -> Location:
        """Which database a site names, and in which directory."""
        return locate(self.policy, plain_path(_SIDE_FILE.sub("", site.text)))

    def _of_file(self, in_policy: str) -> Verdict | None:
        """The verdict that the file's place in the policy gives to all of its references."""
        policy = self.policy
        if pattern := policy.configuration_files.matching(in_policy):
            return Verdict(Action.LEAVE, f"a configuration file of the policy (config_files: {pattern})")
        if pattern := policy.temporary_files.matching(in_policy):
            return Verdict(Action.LEAVE, f"a file that uses throw-away databases (temporary: {pattern})")
        if pattern := policy.review_files.matching(in_policy):
            return Verdict(Action.REVIEW, f"a file that the policy wants reviewed (review: {pattern})")
        return None

    def _judge(self, site: Site, place: Location, in_policy: str, of_file: Verdict | None) -> _Judged:
        target = self.policy.target(place.entry) if place.entry else None
        target_name = target.name if target else None
        action, reason, replacement = self._decide(site, place, target, in_policy, of_file)
        if action is Action.LEAVE:
            return _Judged(Verdict(action, reason, target_name))
        code = code_of(site, place, target, in_policy)
        if setting := self.policy.accepts(code, in_policy):
            return _Judged(Verdict(Action.LEAVE, f"accepted by the policy ({setting})", target_name))
        if action is Action.REVIEW and place.entry and (setting := self.policy.accepted(place.entry, in_policy)):
            return _Judged(Verdict(Action.LEAVE, f"accepted by the policy ({setting})", target_name))
        if action is Action.REWRITE and (why := self._waits(site, place, in_policy)):
            return _Judged(Verdict(Action.REVIEW, why, target_name), None, code)
        return _Judged(Verdict(action, reason, target_name), replacement, code)

    def _waits(self, site: Site, place: Location, in_policy: str) -> str | None:
        return self.holds.why(place.entry.name, in_policy, site.span) if place.entry else None

    def _decide(
        self,
        site: Site,
        place: Location,
        target: Database | None,
        in_policy: str,
        of_file: Verdict | None,
    ) -> tuple[Action, str, Replacement | None]:
        leave, review = Action.LEAVE, Action.REVIEW
        if site.prose or site.kind in NO_REWRITE_KINDS:
            return leave, site.prose or NO_REWRITE_KINDS[site.kind], None
        if of_file is not None and of_file.action is leave:
            return leave, of_file.reason, None
        if place.directory is DirectoryKind.TEMPORARY or is_temporary(site.text):
            return leave, "a temporary file", None
        if undecided := _undecided(place):
            return *undecided, None
        if of_file is not None:
            return of_file.action, of_file.reason, None
        if target is None:
            return review, f"{place.database_name} has no database to become", None
        if self._sets_variable(site, place, target):
            return leave, f"sets the variable of {target.name}", None
        obstacle = (
            _side_file(site)
            or _outside_only(target, in_policy)
            or site.obstacle
            or self.holds.danger(in_policy, site.span)
            or _elsewhere(place)
            or self._anchored_elsewhere(site, target, in_policy)
            or self._other_variable(site, target)
            or _bare_name(site, place, target)
            or self._no_root(in_policy)
        )
        if obstacle:
            return review, obstacle, None
        replacement = self._replacement(site, target)
        if replacement is None:
            return review, "no expression that an accessor could replace", None
        return Action.REWRITE, f"becomes the accessor of {target.name}", replacement

    def _replacement(self, site: Site, target: Database) -> Replacement | None:
        return site.whole if site.whole is not None and self._is_variable_of(site, target) else site.replacement

    def _is_variable_of(self, site: Site, target: Database) -> bool:
        return site.environment in (target.env, *self.policy.aliases_of(target))

    def _sets_variable(self, site: Site, place: Location, target: Database) -> bool:
        """`DATABASE_PATH=/app/data/zoe.db` in configuration: that is what the variable is for."""
        return site.kind is Kind.ENV_ASSIGNMENT and place.entry is target and self._is_variable_of(site, target)

    def _other_variable(self, site: Site, target: Database) -> str | None:
        """`os.getenv("DATABASE_PATH", ".../memory.db")`: the variable says one database, the default another."""
        meaning = self.policy.env_aliases.get(site.environment or "", site.environment)
        owner = next((kept for kept in self.policy.kept if kept.env == meaning), None)
        if site.environment is None or owner is None or owner is target:
            return None
        return f"the variable {site.environment} is {owner.name}'s, the default is {target.name}'s"

    def _anchored_elsewhere(self, site: Site, target: Database, in_policy: str) -> str | None:
        """A path that is found from the module's own file: the accessor has to lead to the same directory."""
        found = place_of(self.policy.root, in_policy, site.anchor) if site.anchor is not None else None
        if found is None:
            return None
        directory = posixpath.dirname(found) or "."
        places = self._data_places(target)
        in_image = _is_absolute(target.path or "") and not (target.path or "").startswith(f"{self.policy.root}/")
        known = directory in places or (in_image and self._in_root(directory, in_policy) in places)
        if not known:
            return f"found from its own file, it is in {directory}, which data_dirs does not list: another file?"
        if not _is_absolute(target.path or "") and target.relative_to is RelativeTo.CWD:
            return (
                f"found from its own file, and {target.name} would be found from the working directory: give it an"
                " absolute path, or relative_to: project"
            )
        return None

    def _data_places(self, target: Database) -> frozenset[str]:
        """The data directory in all its spellings, relative to the root."""
        root = self.policy.root.as_posix()
        own = split_path(target.path or "")[0]
        spellings = (*self.policy.data_directories, own)
        inside = (posixpath.relpath(one, root) if one.startswith("/") else one for one in spellings)
        return frozenset(posixpath.normpath(one or ".") for one in inside)

    def _in_root(self, directory: str, in_policy: str) -> str:
        """The same relative to the accessor root of the file: in an image, that is where data is found from."""
        return posixpath.relpath(directory, self.roots.declared(in_policy) or ".")

    def _no_root(self, in_policy: str) -> str | None:
        if self.style is AccessorStyle.INLINE:
            return None
        place = self.roots.place_of(in_policy)
        if place.problem:
            return f"{place.problem}: it cannot import the accessor (accessor.roots, or --accessor-style inline)"
        if place.root is not None:
            return None
        return "outside every accessor root: there is nothing to import (accessor.roots, or --accessor-style inline)"


def _ignored(reference: Reference, ignore: Ignore) -> Reference:
    verdict = Verdict(Action.LEAVE, f"ignored by a comment: {ignore.reason}", reference.verdict.target)
    return replace(reference, verdict=verdict, replacement=None, code=None)


def is_temporary(text: str) -> bool:
    """`{tmp_path}/x.db`, and `{self._tmp_data}/x.db`: a directory that begins so is one that goes again."""
    return bool(_TEMPORARY_NAME.search(text) or _TEMPORARY_START.match(text))


def _is_reference(site: Site, place: Location) -> bool:
    """False for names of other programs' files and for configuration keys, unless the policy declares them."""
    if place.entry is not None:
        return True
    return not site.only_if_declared and not is_foreign(site.text)


def _undecided(place: Location) -> tuple[Action, str] | None:
    entry = place.entry
    if entry is None:
        if "{" in place.database_name or "$" in place.database_name:
            return Action.REVIEW, "the file's name is computed"
        return Action.REVIEW, "not declared in the policy: add it under databases, with a role"
    if entry.role is Role.EXTERNAL:
        return Action.LEAVE, "an external database: named, never touched"
    if entry.role is Role.UNDECIDED:
        return Action.REVIEW, "undecided in the policy: give it a role"
    return None


def _side_file(site: Site) -> str | None:
    return "a side file of SQLite, which goes with its database" if _SIDE_FILE.search(site.text) else None


def _outside_only(target: Database, in_policy: str) -> str | None:
    if is_outside_only(target, in_policy):
        return f"{target.name} is specialized, and its `only:` does not list this file"
    return None


def _elsewhere(place: Location) -> str | None:
    if place.directory is DirectoryKind.OTHER:
        return "in a directory that data_dirs does not list: another file of the same name?"
    if place.directory is DirectoryKind.COMPUTED:
        return "in a computed directory: dbfold cannot tell whether it is the data directory"
    return None


def _is_absolute(path: str) -> bool:
    return path.startswith(("/", "~")) or without_drive(path) != path


def _bare_name(site: Site, place: Location, target: Database) -> str | None:
    """`NAME = "zoe.db"` or `resolve("zoe.db")`: a directory may be joined to it, the accessor's value has one."""
    opened = site.kind in (Kind.CONNECT_LITERAL, Kind.URL)
    if place.directory is not DirectoryKind.BARE or opened or site.only_joined or "/" not in (target.path or ""):
        return None
    return "a bare file name, which the code may join to a directory"
