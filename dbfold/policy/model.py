"""What should be: the databases an application is allowed to have, as `dbfold.yaml` declares them.

The dataclasses here are the single source of the grammar: `dbfold.policy.loading` binds YAML to them and
`dbfold.policy.schema` derives the JSON Schema from them. A field's `metadata["help"]` is its one-line description.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cached_property
from pathlib import Path

from dbfold.policy.codes import Code
from dbfold.policy.directories import normal_directory, split_path, without_parents
from dbfold.policy.patterns import FilePatterns

POLICY_FILE_NAME = "dbfold.yaml"
POLICY_VERSION = 1


class Role(StrEnum):
    """What becomes of a database."""

    PRIMARY = "primary"
    SPECIALIZED = "specialized"
    RETIRED = "retired"
    EXTERNAL = "external"
    UNDECIDED = "undecided"


class AccessorStyle(StrEnum):
    """How code names a database: `DATABASE_PATH`, `database_path()` or `os.environ["DATABASE_PATH"]`."""

    CONSTANT = "constant"
    FUNCTION = "function"
    INLINE = "inline"


class OnConflict(StrEnum):
    """Which row stays where two databases have different rows for the same key."""

    FAIL = "fail"
    KEEP_TARGET = "keep-target"
    KEEP_SOURCE = "keep-source"
    NEWEST = "newest"
    FILL_NULLS = "fill-nulls"
    KEEP_BOTH = "keep-both"

    @property
    def passes_over_nulls(self) -> bool:
        """Is NULL a gap and no value, so that nothing is lost where it gives way?"""
        return self is OnConflict.FILL_NULLS


class ColumnsPolicy(StrEnum):
    """What becomes of a table whose columns differ between databases."""

    UNIFY = "unify"


class RelativeTo(StrEnum):
    """Where a relative path begins."""

    CWD = "cwd"
    PROJECT = "project"


NO_FOREIGN_KEY = "none"
"""The value under `foreign_keys` of a column that looks like a foreign key and is none."""


def _help(text: str) -> dict[str, str]:
    return {"help": text}


@dataclass(frozen=True)
class Database:
    """One entry of `databases:`. `name` is its key: a file name, or a pattern such as `cache_*.db`."""

    name: str
    role: Role = field(metadata=_help("What becomes of the database."))
    path: str | None = field(default=None, metadata=_help("Where the file is at run time."))
    env: str | None = field(default=None, metadata=_help("Environment variable that overrides the path."))
    relative_to: RelativeTo = field(
        default=RelativeTo.CWD,
        metadata=_help("What a relative path is relative to: the working directory, or the root."),
    )
    into: str | None = field(default=None, metadata=_help("For a retired database: the database that takes its rows."))
    only: tuple[str, ...] = field(default=(), metadata=_help("For a specialized database: the files that may use it."))
    reason: str | None = field(default=None, metadata=_help("Why the entry is as it is, for the next reader."))

    @property
    def is_pattern(self) -> bool:
        """True for a key such as `touch_cache_*.db`, which stands for many files."""
        return any(character in self.name for character in "*?[")

    @property
    def is_kept(self) -> bool:
        """True for the databases that remain: they have a path, an environment variable and an accessor."""
        return self.role in (Role.PRIMARY, Role.SPECIALIZED)

    @cached_property
    def only_files(self) -> FilePatterns:
        """`only` as a matcher of paths relative to the policy's directory."""
        return FilePatterns(self.only)


@dataclass(frozen=True)
class Accessor:
    """The `accessor:` section: what rewritten code imports, and where the generated module goes."""

    module: str = field(default="database_config", metadata=_help("Name of the generated module."))
    style: AccessorStyle = field(default=AccessorStyle.CONSTANT, metadata=_help("How rewritten code names a database."))
    roots: tuple[str, ...] = field(
        default=(".",),
        metadata=_help("Directories that are import roots (Docker build contexts); each gets its own copy."),
    )


@dataclass(frozen=True)
class Rules:
    """The `rules:` section: what the application accepts, and so is neither reported nor rewritten."""

    ignore: tuple[Code, ...] = field(default=(), metadata=_help("Codes that are accepted everywhere."))
    per_file_ignores: Mapping[str, tuple[Code, ...]] = field(
        default_factory=dict, metadata=_help("Patterns of files, and the codes that are accepted in them.")
    )
    baseline: str = field(
        default="dbfold-baseline.json",
        metadata=_help("File, relative to the policy, with the findings that are tolerated until they are mended."),
    )
    connect_in: tuple[str, ...] = field(
        default=(), metadata=_help("Files that may call sqlite3.connect, as patterns, for `dbfold ruff-config`.")
    )


@dataclass(frozen=True)
class Table:
    """One entry of `tables:`. `name` is the table's name in the database that remains."""

    name: str
    key: tuple[str, ...] = field(
        default=(), metadata=_help("The natural key: rows with equal values here are the same row.")
    )
    on_conflict: OnConflict = field(
        default=OnConflict.FAIL, metadata=_help("Which row stays where two rows with the same key differ.")
    )
    newest_by: str | None = field(
        default=None, metadata=_help("For on_conflict: newest, the column in which the greater value is the newer.")
    )
    columns: ColumnsPolicy | None = field(
        default=None, metadata=_help("For a table whose columns differ: unify gives it the columns of all.")
    )


@dataclass(frozen=True)
class Services:
    """The `services:` section: shell commands, run in the policy's directory."""

    stop: str | None = field(default=None, metadata=_help("Stops what uses the databases."))
    start: str | None = field(default=None, metadata=_help("Starts it again."))
    health: tuple[str, ...] = field(
        default=(), metadata=_help("Commands that succeed when the application works; they are tried for 30 seconds.")
    )


@dataclass(frozen=True)
class Policy:
    """The whole of `dbfold.yaml`. `source` is the file it came from, `root` the directory that it speaks of."""

    source: Path
    version: int = field(metadata={**_help("Version of this grammar: 1."), "const": POLICY_VERSION})
    databases: Mapping[str, Database] = field(metadata=_help("Every database file the application knows."))
    env_aliases: Mapping[str, str] = field(
        default_factory=dict,
        metadata=_help("Other environment variables that name a kept database, and the one that replaces them."),
    )
    accessor: Accessor = field(default_factory=Accessor, metadata=_help("What rewritten code uses."))
    data_dirs: tuple[str, ...] = field(
        default=(), metadata=_help("Spellings of the one directory that holds the databases.")
    )
    temporary: tuple[str, ...] = field(
        default=("/tmp",),
        metadata=_help("Directories of throw-away databases (absolute), or patterns of files that use them."),
    )
    config_files: tuple[str, ...] = field(
        default=(), metadata=_help("Files that may hold a literal path, as patterns.")
    )
    exclude: tuple[str, ...] = field(default=(), metadata=_help("Files that are not looked at, as patterns."))
    review: tuple[str, ...] = field(
        default=(), metadata=_help("Files whose references are reported, never rewritten, as patterns.")
    )
    rules: Rules = field(default_factory=Rules, metadata=_help("What the application accepts."))
    tables: Mapping[str, Table] = field(
        default_factory=dict, metadata=_help("For the move: decisions about tables that several databases have.")
    )
    rename: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict,
        metadata=_help("For the move: tables, views and indexes of a retired database that get another name."),
    )
    foreign_keys: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict,
        metadata=_help("For the move: foreign keys that a database's schema does not declare, table.column by both."),
    )
    accept: Mapping[str, Mapping[str, str]] = field(
        default_factory=dict,
        metadata=_help("By retired database: patterns of files for which it need not wait, each with the reason."),
    )
    services: Services = field(default_factory=Services, metadata=_help("For the move: how to stop and start."))
    stated_root: Path | None = None
    """The root that the user states, no key of the file."""

    @property
    def root(self) -> Path:
        """The directory that patterns and data directories are relative to: the policy's, unless another is stated."""
        return self.stated_root or self.source.parent

    @property
    def baseline(self) -> Path:
        """Where the tolerated findings are listed, whether the file exists or not."""
        return self.root / self.rules.baseline

    @cached_property
    def primary(self) -> Database:
        """The one database with role primary; loading guarantees that there is exactly one."""
        return next(database for database in self.databases.values() if database.role is Role.PRIMARY)

    @cached_property
    def kept(self) -> tuple[Database, ...]:
        """The databases that remain, in the order of the policy."""
        return tuple(database for database in self.databases.values() if database.is_kept)

    def find(self, file_name: str) -> Database | None:
        """The entry for a database file's name, an exact key before a pattern; None if it is not declared."""
        exact = self.databases.get(file_name)
        if exact is not None:
            return exact
        return next((entry for entry in self._patterns if fnmatchcase(file_name, entry.name)), None)

    def entry_name(self, file_name: str) -> str:
        """A database file by the name of its entry; by its own if it is not declared."""
        entry = self.find(file_name)
        return entry.name if entry is not None else file_name

    def target(self, database: Database) -> Database | None:
        """The kept database that `database` becomes, following `into`; None where nothing was decided."""
        while database.into is not None:
            database = self.databases[database.into]
        return database if database.is_kept else None

    def aliases_of(self, database: Database) -> tuple[str, ...]:
        """The older environment variables that `env_aliases` maps to this database's variable."""
        return tuple(old for old, new in self.env_aliases.items() if new == database.env)

    def accepts(self, code: Code, file: str) -> str | None:
        """The setting under `rules:` that accepts `code` in `file` (relative to `root`); None if there is none."""
        if code in self.rules.ignore:
            return f"rules.ignore: {code}"
        pattern = self._accepted_files[code].matching(file) if code in self._accepted_files else None
        return f"rules.per_file_ignores: {pattern}" if pattern else None

    def accepted(self, database: Database, file: str) -> str | None:
        """Why `database` need not wait for what is in `file` (relative to `root`); None if it has to."""
        pattern = self._unwaited[database.name].matching(file) if database.name in self._unwaited else None
        return f"accept: {pattern}: {self.accept[database.name][pattern]}" if pattern else None

    @cached_property
    def _unwaited(self) -> dict[str, FilePatterns]:
        return {name: FilePatterns(reasons) for name, reasons in self.accept.items()}

    @cached_property
    def _accepted_files(self) -> dict[Code, FilePatterns]:
        codes = {code for accepted in self.rules.per_file_ignores.values() for code in accepted}
        return {
            code: FilePatterns(pattern for pattern, accepted in self.rules.per_file_ignores.items() if code in accepted)
            for code in codes
        }

    @cached_property
    def _patterns(self) -> tuple[Database, ...]:
        return tuple(entry for entry in self.databases.values() if entry.is_pattern)

    @cached_property
    def excluded_files(self) -> FilePatterns:
        return FilePatterns(self.exclude)

    @cached_property
    def review_files(self) -> FilePatterns:
        return FilePatterns(self.review)

    @cached_property
    def configuration_files(self) -> FilePatterns:
        return FilePatterns(self.config_files)

    @cached_property
    def temporary_files(self) -> FilePatterns:
        """The relative entries of `temporary`: patterns of files that may use throw-away databases."""
        return FilePatterns(tuple(entry for entry in self.temporary if not entry.startswith("/")))

    @cached_property
    def temporary_directories(self) -> tuple[str, ...]:
        """The absolute entries of `temporary`, without a trailing slash."""
        absolute = (entry for entry in self.temporary if entry.startswith("/"))
        return tuple(normal_directory(entry).rstrip("/") for entry in absolute)

    @cached_property
    def data_directories(self) -> frozenset[str]:
        """`data_dirs` and the kept databases' directories, in their normal form without leading `..`."""
        implied = (split_path(database.path)[0] for database in self.kept if database.path)
        listed = (normal_directory(entry) for entry in self.data_dirs)
        return frozenset(map(without_parents, (*filter(None, implied), *listed)))
