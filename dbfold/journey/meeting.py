"""What databases share when they become one file: rows of a table, versions of schemas, counters, the log's mode."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Merged, Outlook
from dbfold.journey.preparing import Schema
from dbfold.journey.shapes import Shape, split, words
from dbfold.sqlite.engine import folded
from dbfold.sqlite.header import is_wal
from dbfold.statements.model import Statement
from dbfold.statements.scan import CodeScan

VERSION_TABLES = frozenset(
    "schema_version schema_versions schema_migrations schema_migration schema_info schema_meta db_version db_versions"
    " migrations migration _migrations alembic_version django_migrations migratehistory aerich yoyo_migration"
    " _yoyo_migration _yoyo_version _yoyo_log flyway_schema_history goose_db_version applied_migrations"
    " migration_history migrations_applied schema_history dbversion".split()
)
"""Tables in which programs and libraries note which changes of a schema have been made."""

_VERSIONS = frozenset({"user_version", "application_id"})
_CHANGES = frozenset({"data_version", "schema_version"})


def met(
    merged: Merged, outlook: Outlook, database: str, sql: str, found: Shape, tables: Iterable[str], before: Schema
) -> Iterator[str]:
    """What a statement on `database` meets afterwards in the tables that others have as well."""
    keys = [word.key for word in words(sql)]
    if "sqlite_sequence" in keys and found.verb in ("delete", "update", "insert") and not found.where:
        yield "reaches the AUTOINCREMENT counters of all tables"
    for table in tables:
        final = merged.final_of(database, table)
        others = [name for name in dict.fromkeys(final.contributors) if name != database] if final else []
        if final is None or not others or final.is_undecided:
            continue  # which is a question already
        if database not in final.contributors and len(others) == 1:
            continue  # code that names the target already: the table comes from one database, and is whole
        if folded(final.name) in VERSION_TABLES:
            yield f"{table} has the versions of {', '.join(others)} as well: give it another name (`rename:`)"
        elif found.verb == "select" and not _is_decided(outlook, final.name) and not _is_pinned(keys, before, table):
            yield (
                f"sees the rows of {', '.join(others)} as well: say under `tables:` that {final.name} is one table, or"
                " give it another name"
            )


def _is_decided(outlook: Outlook, table: str) -> bool:
    return any(folded(name) == folded(table) for name in outlook.policy.tables)


def _is_pinned(keys: Sequence[str], schema: Schema, table: str) -> bool:
    """Does it ask for one row, by a key of the table: `WHERE key = ?`?"""
    compared = {key for key, sign in pairwise(keys) if sign in ("=", "==", "is")}
    return any(compared.issuperset(columns) for columns in schema.unique_keys(table) if columns)


def meeting_concerns(code: CodeScan, outlook: Outlook) -> Iterator[Concern]:
    """What is one thing per file, and then one for all: the schema's version, the mode of the log."""
    in_file = _databases_of_files(code)
    for merged in outlook.targets.values():
        sources = [name for name in merged.inventories if name != merged.target]
        uses: dict[str, list[tuple[Statement, str]]] = defaultdict(list)
        for statement in code.statements.statements:
            on = statement.databases or (() if statement.elsewhere else in_file.get(statement.in_policy, ()))
            for name in pragmas(statement.text):
                for database in on:
                    uses[database].append((statement, name))
        yield from _version_tables(merged, outlook)
        for database in sources:
            names = entry_names(outlook.policy, [database])
            for statement, name in uses.get(database, ()):
                if name in _VERSIONS:
                    reason = (
                        f"PRAGMA {name} is one number for all that is in {merged.target}: migrations would meet in it"
                    )
                    yield Concern(names, statement.in_policy, statement.span.line, reason)
                elif name in _CHANGES:
                    reason = f"PRAGMA {name} tells of changes in {merged.target}, whoever makes them"
                    yield Concern(names, statement.in_policy, statement.span.line, reason)
            sets_mode = any(
                name == "journal_mode=wal" for on in (database, merged.target) for _, name in uses.get(on, ())
            )
            if not sets_mode and _loses_log(outlook, database, merged.target):
                yield Concern(
                    names,
                    "",
                    0,
                    f"{database} is in WAL mode and {merged.target} is not, so that readers would wait for writers:"
                    f" `PRAGMA journal_mode = WAL` in {merged.target} first",
                )


def _version_tables(merged: Merged, outlook: Outlook) -> Iterator[Concern]:
    """Tables of versions that meet in one, whoever writes them: a library, as a rule."""
    for final in merged.plan.finals.values():
        those = tuple(dict.fromkeys(final.contributors))
        if len(those) > 1 and folded(final.name) in VERSION_TABLES and not _is_decided(outlook, final.name):
            reason = (
                f"{' and '.join(those)} have a table {final.name} of versions each, which would become one: decide"
                " under `rename:` or `tables:`"
            )
            yield Concern(entry_names(outlook.policy, [name for name in those if name != merged.target]), "", 0, reason)


def pragmas(sql: str) -> Iterator[str]:
    """The pragmas in a text of SQL: `user_version`, `journal_mode=wal` for what is set to it."""
    for _, one in split(sql):
        keys = [word.key for word in words(one)]
        if keys[:1] != ["pragma"] or len(keys) < 2:
            continue
        name = keys[3] if keys[2:3] == ["."] and len(keys) > 3 else keys[1]
        yield f"{name}=wal" if name == "journal_mode" and "wal" in keys else name


def _loses_log(outlook: Outlook, database: str, target: str) -> bool:
    """Does a database with a write-ahead log go into one that has none?"""
    read = outlook.before.read
    try:
        return database in read and is_wal(read[database]) and not (target in read and is_wal(read[target]))
    except OSError:
        return False  # it has gone since it was read


def _databases_of_files(code: CodeScan) -> dict[str, set[str]]:
    """By file: the databases that it names, or that its statements run on."""
    found: dict[str, set[str]] = defaultdict(set)
    for one in code.references.references:
        found[one.file].add(one.database)
    for statement in code.statements.statements:
        found[statement.in_policy].update(statement.databases)
    return found
