"""What libraries do with databases: which functions open one, hand one on, or connect to something else."""

from __future__ import annotations

from references.python.context import CONNECT_FUNCTIONS, TRANSPARENT_FUNCTIONS
from references.statements.values import (
    MEMORY,
    NOTHING,
    ClassValue,
    Database,
    Elsewhere,
    External,
    Instance,
    TextValue,
    Value,
    Values,
)

_ENGINES = frozenset(
    {"sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "databases.Database"}
    | {"sqlalchemy.engine.create_engine", "sqlmodel.create_engine", "peewee.SqliteDatabase"}
    | {"playhouse.sqlite_ext.SqliteExtDatabase", "aiosqlitepool.SQLiteConnectionPool"}
)
OPENERS = CONNECT_FUNCTIONS | _ENGINES
PATH_KEYWORDS = ("database", "filename", "url", "uri", "path", "filename_or_conn")
_OTHER_ENGINES = {
    **dict.fromkeys(("asyncpg", "psycopg", "psycopg2", "psycopg_pool", "pg8000", "aiopg"), "PostgreSQL"),
    **dict.fromkeys(("pymysql", "MySQLdb", "mysql", "aiomysql"), "MySQL"),
    "duckdb": "DuckDB",
    **dict.fromkeys(("snowflake", "pyodbc", "clickhouse_driver", "cx_Oracle", "oracledb"), "another engine"),
    "alembic": "a migration of Alembic",
    "django": "a migration of Django",
}
_OTHER_SCHEMES = ("postgres", "mysql", "mariadb", "duckdb", "mssql", "oracle", "clickhouse", "redshift", "snowflake")
SAME = TRANSPARENT_FUNCTIONS | {
    *("contextlib.closing", "contextlib.aclosing", "asyncio.run", "asyncio.wait_for", "asyncio.shield", "iter", "next"),
    *("typing.cast", "copy.copy", "textwrap.dedent", "inspect.cleandoc", "list", "tuple", "sorted", "enumerate"),
    *("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text", "os.path.dirname"),
}
SESSIONS = frozenset(
    "sessionmaker scoped_session async_sessionmaker Session AsyncSession async_scoped_session DatabaseManager".split()
)
DEPENDENCIES = frozenset({"fastapi.Depends", "fastapi.Security", "fastapi.params.Depends", "Depends"})
FIELDS = frozenset({"field", "Field", "attrib", "ib", "PrivateAttr"})
SAME_CONNECTION = frozenset(
    "cursor execute executemany executescript connect begin session connection acquire raw_connection bind engine"
    " get_connection __enter__ __aenter__ begin_nested execution_options conn db cur row_factory transaction Session"
    " get_bind sync_connection atomic connection_context iterdump execute_fetchall sync_session".split()
)
TEXT_METHODS = frozenset({"strip", "lstrip", "rstrip", "format", "replace", "join", "encode", "lower", "upper"})


def other_engine(name: str) -> str | None:
    """What the library of a dotted name connects to, if that is not SQLite."""
    return _OTHER_ENGINES.get(name.partition(".")[0])


def text_values(text: str) -> Values:
    """What a string may be as a path or a URL."""
    if text == ":memory:" or "mode=memory" in text or text in ("sqlite://", "sqlite+aiosqlite://"):
        return frozenset({MEMORY})
    if ":memory:" in text and text.startswith(("sqlite", "file:")):
        return frozenset({MEMORY})
    if "://" in text and text.startswith(_OTHER_SCHEMES):
        return frozenset({Elsewhere("another engine")})
    return frozenset({TextValue(text)})


def typed(value: Value) -> Values:
    """What a type hint promises: an object of a class, or another engine's connection."""
    if isinstance(value, ClassValue):
        return frozenset({Instance(value.module, value.name)})
    engine = other_engine(value.name) if isinstance(value, External) else None
    return frozenset({Elsewhere(engine)}) if engine else NOTHING


def opened(value: Value) -> Value | None:
    """What opening a path gives: a connection to it."""
    return value if isinstance(value, (Database, Elsewhere)) else None
