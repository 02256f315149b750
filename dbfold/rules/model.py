"""What the linter says: rules as documentation, findings as values that cross process boundaries."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import NamedTuple

from dbfold.base.exits import CLEAN, FAILED, FINDINGS
from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.policy.model import Policy
from dbfold.references.model import FileError, Reference


@dataclass(frozen=True, slots=True)
class Example:
    """A few lines of one file of an application, in which a rule finds something or nothing.

    source   the file's content
    file     its path, relative to the policy of `dbfold.rules.examples`
    fixed    for an invalid example: what `dbfold check --fix` makes of it; None if it leaves it to a person
    why_not  for an invalid example that is not fixed: a part of what the finding says about it
    """

    source: str
    file: str = "services/shop/store.py"
    fixed: str | None = None
    why_not: str | None = None


@dataclass(frozen=True, slots=True)
class Subject:
    """A reference that breaks a rule, with what it takes to speak of it. `is_python` is about its file."""

    reference: Reference
    policy: Policy
    is_python: bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One entry of the catalogue. Texts are Markdown; `summary` is one line without a full stop.

    `message` and `remedy` speak of one reference; they are None for rules about something else.
    """

    code: Code
    name: str
    summary: str
    why: str
    fix: str
    invalid: tuple[Example, ...]
    valid: tuple[Example, ...]
    message: Callable[[Subject], str] | None = None
    remedy: Callable[[Subject], str] | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """One place that breaks a rule.

    file     the path as it is shown: relative to where the command runs
    path     the same file relative to the policy's directory, with slashes: stable wherever the command runs
    message  what is wrong, one line without a full stop
    remedy   what to do, one line without a full stop
    fixable  True if `dbfold check --fix` does it
    source   the text of the span's first line, without its newline
    fingerprint  identifies the finding by its content: it stays when lines above it are added or removed
    """

    file: str
    path: str
    span: Span
    code: Code
    message: str
    remedy: str
    fixable: bool
    source: str
    fingerprint: str


class Tolerance(NamedTuple):
    """What a baseline tolerates of one rule and one database."""

    code: str
    message: str
    number: int


@dataclass(frozen=True, slots=True)
class Checked:
    """The result of a check.

    findings   what fails the check, sorted by file and place
    tolerated  the number of findings that the baseline tolerates
    tolerances  what these are: code, message (with the database) and number, the most frequent first
    errors     files that could not be checked
    files      the number of files looked at
    excluded   the number of files that the policy passes over
    """

    findings: tuple[Finding, ...] = ()
    tolerated: int = 0
    errors: tuple[FileError, ...] = ()
    files: int = 0
    excluded: int = 0
    tolerances: tuple[Tolerance, ...] = ()

    def __add__(self, other: Checked) -> Checked:
        """Both as one, for files that have different policies."""
        return Checked(
            findings=sorted_findings((*self.findings, *other.findings)),
            tolerated=self.tolerated + other.tolerated,
            errors=(*self.errors, *other.errors),
            files=self.files + other.files,
            excluded=self.excluded + other.excluded,
            tolerances=(*self.tolerances, *other.tolerances),
        )


def sorted_findings(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """By file, then by place, as a person reads them."""
    return tuple(sorted(findings, key=lambda found: (found.file, found.span.line, found.span.column, found.code)))


def exit_code(checked: Checked) -> int:
    """0 clean, 1 findings, 2 if some file could not be checked, whatever was found in others."""
    if checked.errors:
        return FAILED
    return FINDINGS if checked.findings else CLEAN
