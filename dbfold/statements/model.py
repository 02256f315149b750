"""Statements of SQL in code, and the databases they run on: values that hold no syntax nodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dbfold.base.spans import Span
from dbfold.code.texts import HOLE
from dbfold.references.model import FileError


class Bound(StrEnum):
    """How a statement came to its database."""

    CONNECTION = "connection"
    """By following what it is executed on."""
    FILE = "file"
    """The file opens no other database, or opens none, and neither does whatever may execute what is in it."""
    NONE = "none"
    """Not at all: see the reason."""


@dataclass(frozen=True, slots=True)
class Statement:
    """A string of SQL in Python code.

    text       its value; computed parts are U+FFFC, and then it is not static
    databases  names of the policy, or of files that it does not declare; empty if it is not bound
    reason     why it is not bound, or why it need not be
    elsewhere  it runs on what is no file of the application: in memory, temporary, another engine
    sites      the places (file relative to the policy, line, column) that name the databases
    executed   something is seen to execute it
    script     several statements in one text: executescript
    in_policy  the file's path relative to the policy
    pieces     ranges of the text that are written as literals
    literals   the string literals that hold them, as offsets in code points in the file
    """

    file: str
    span: Span
    text: str
    databases: tuple[str, ...]
    bound: Bound
    reason: str = ""
    elsewhere: bool = False
    sites: tuple[tuple[str, int, int], ...] = ()
    executed: bool = True
    script: bool = False
    in_policy: str = ""
    pieces: tuple[tuple[int, int], ...] = ()
    literals: tuple[tuple[int, int], ...] = ()

    @property
    def is_static(self) -> bool:
        return HOLE not in self.text


@dataclass(frozen=True, slots=True)
class Statements:
    """All statements of a tree. `files` counts the files looked at."""

    statements: tuple[Statement, ...]
    errors: tuple[FileError, ...]
    files: int
