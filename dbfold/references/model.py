"""What is: references to database files, as values that cross process boundaries and hold no syntax nodes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from dbfold.base.spans import Span
from dbfold.policy.codes import Code


class Kind(StrEnum):
    """How a place names its database, after what real code does (see docs/architecture.md)."""

    CONNECT_LITERAL = "connect-literal"
    CONSTANT = "constant"
    ATTRIBUTE = "attribute"
    LOCAL = "local"
    RETURN = "return"
    DEFAULT_PARAM = "default-param"
    ENV_DEFAULT = "env-default"
    CLI_DEFAULT = "cli-default"
    URL = "url"
    PATH_JOIN = "path-join"
    CALL_ARG = "call-arg"
    COLLECTION = "collection"
    COMPARISON = "comparison"
    EMBEDDED_SHELL = "embedded-shell"
    EMBEDDED_CODE = "embedded-code"
    GLOB = "glob"
    TEMPORARY = "temporary"
    DOCSTRING = "docstring"
    COMMENT = "comment"
    MESSAGE = "message"
    ENV_ASSIGNMENT = "env-assignment"
    HEALTHCHECK = "healthcheck"
    IGNORE_PATTERN = "ignore-pattern"
    CONFIG_VALUE = "config-value"
    PROSE = "prose"
    UNPARSED = "unparsed"


class Action(StrEnum):
    """What happens to a reference."""

    REWRITE = "rewrite"
    REVIEW = "review"
    LEAVE = "leave"


@dataclass(frozen=True, slots=True)
class Replacement:
    """An expression to replace: its range as offsets in code points, and what takes its place.

    `template` is Python source in which `@` stands for the accessor, for example `Path(@)` or `f"sqlite:///{@}"`.
    `at_call`: the expression asks the environment each time that it runs, and so does what takes its place.
    """

    start: int
    end: int
    template: str = "@"
    at_call: bool = False


@dataclass(frozen=True, slots=True)
class Site:
    """The facts about one place that names one database file, before any policy is asked.

    text       the path as found, computed parts as `{name}`
    span       the string token, or the path text in comments, prose and multi-line strings
    replacement  the expression that an accessor can replace; None where no tool should try
    environment  for env-default: the variable that is asked first; in configuration: the one that is set
    whole      for env-default: the replacement that includes asking the variable
    obstacle   why a person must decide, whatever the policy says; None if there is no such reason
    prose      why it is nothing to rewrite, whatever the policy says; None if there is no such reason
    inside     names of the functions and classes in which the site itself stands
    callee     for call-arg: the name of what is called
    anchor     the path relative to the module's own directory, where code works it out from `__file__`
    imported   the computed parts of the text that are imported: their names, and as `module.NAME` where they are from
    made_of    constants of modules that the path is made of whenever the code asks for it
    through    the constant whose text, behind a directory, is the path
    only_joined  a constant that is used for such paths only
    only_if_declared  a text such as `"mongo.db"` as a key: a reference only if the policy knows the name
    """

    text: str
    kind: Kind
    span: Span
    replacement: Replacement | None = None
    environment: str | None = None
    whole: Replacement | None = None
    obstacle: str | None = None
    prose: str | None = None
    inside: tuple[str, ...] = ()
    callee: str | None = None
    anchor: str | None = None
    imported: tuple[tuple[str, str], ...] = ()
    made_of: tuple[str, ...] = ()
    through: str | None = None
    only_joined: bool = False
    only_if_declared: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What happens to a reference and why. `target` is the kept database that it becomes, where that is known."""

    action: Action
    reason: str
    target: str | None = None


@dataclass(frozen=True, slots=True)
class Reference:
    """One place that names one database file: what is there, and what happens to it.

    `environment` is the variable that the place sets, or whose default it is. `code` says which rule the place
    breaks; None if it breaks none, and then there is nothing to do (verdict `leave`).
    """

    file: str
    span: Span
    database: str
    kind: Kind
    text: str
    verdict: Verdict
    replacement: Replacement | None = None
    environment: str | None = None
    code: Code | None = None


@dataclass(frozen=True, slots=True)
class FileError:
    """A file that could not be checked, and what to do about it."""

    file: str
    message: str
    line: int | None = None
