"""What functions of libraries do: the one table of all consumers.

Names are qualified as they are imported: `sqlite3.connect`, whatever a module calls it.
"""

from __future__ import annotations

from typing import NamedTuple

# -- opening ---------------------------------------------------------------------------------------------------------

CONNECT_FUNCTIONS = frozenset(
    f"{module}.{function}"
    for module in ("sqlite3", "sqlite3.dbapi2", "aiosqlite", "pysqlite3", "sqlcipher3", "apsw")
    for function in ("connect", "Connection")
) | {"sqlite_utils.Database", "sqlite_utils.db.Database"}
_ENGINES = frozenset(
    {"dataset.connect", "sqlalchemy.create_engine", "sqlalchemy.ext.asyncio.create_async_engine", "databases.Database"}
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
OTHER_STORES = {
    "duckdb.connect": "DuckDB",
    "shelve.open": "shelve",
    "dbm.open": "dbm",
    "dbm.gnu.open": "dbm",
    "dbm.ndbm.open": "dbm",
    "dbm.dumb.open": "dbm",
    "lmdb.open": "LMDB",
    "plyvel.DB": "LevelDB",
}


class Opener(NamedTuple):
    """What a function opens: its argument by position or keyword, and what it adds to that to name the file."""

    position: int = 0
    keywords: tuple[str, ...] = PATH_KEYWORDS
    adds: str = ""


# What opens a file of any name. A URL says itself what it is, so functions that take one are not among them.
FILE_OPENERS = {
    **dict.fromkeys(sorted(CONNECT_FUNCTIONS), Opener()),
    **dict.fromkeys(("peewee.SqliteDatabase", "playhouse.apsw_ext.APSWDatabase"), Opener()),
    **dict.fromkeys(("playhouse.sqlite_ext.SqliteExtDatabase", "playhouse.sqlite_ext.CSqliteExtDatabase"), Opener()),
    **dict.fromkeys(("playhouse.pool.PooledSqliteDatabase", "playhouse.pool.PooledSqliteExtDatabase"), Opener()),
    **dict.fromkeys(("playhouse.sqliteq.SqliteQueueDatabase", "playhouse.sqlcipher_ext.SqlCipherDatabase"), Opener()),
    "sqlitedict.SqliteDict": Opener(),
    "langgraph.checkpoint.sqlite.SqliteSaver.from_conn_string": Opener(0, ("conn_string",)),
    "langgraph.checkpoint.sqlite.aio.AsyncSqliteSaver.from_conn_string": Opener(0, ("conn_string",)),
    "langchain_community.cache.SQLiteCache": Opener(0, ("database_path",)),
    **dict.fromkeys(("diskcache.Cache", "diskcache.Deque", "diskcache.Index"), Opener(0, ("directory",), "/cache.db")),
    "diskcache.FanoutCache": Opener(0, ("directory",), "/000/cache.db"),
    "requests_cache.CachedSession": Opener(0, ("cache_name",), ".sqlite"),
    "requests_cache.install_cache": Opener(0, ("cache_name",), ".sqlite"),
    "requests_cache.SQLiteCache": Opener(0, ("db_path",), ".sqlite"),
    "requests_cache.backends.SQLiteCache": Opener(0, ("db_path",), ".sqlite"),
}
FILE_OPENING_MODULES = tuple(sorted({name.partition(".")[0] for name in FILE_OPENERS} | {"pony", "backends.sqlite3"}))
OPENING_NAMES = frozenset(
    "connect Connection Database create_engine create_async_engine SqliteDatabase create_pool get_connection"
    " get_db".split()
)
DATABASE_MODULES = frozenset(name.partition(".")[0] for name in OPENERS) | {
    *("flask_sqlalchemy", "sqlite_utils", "playhouse", "tortoise", "pony", "dataset", "django.db", "alembic"),
}
"""What a module imports that opens databases or declares their tables."""

# -- tables without SQL ------------------------------------------------------------------------------------------------

TABLE_LIBRARIES = frozenset(
    "sqlalchemy sqlmodel flask_sqlalchemy peewee playhouse tortoise pony django dataset sqlite_utils pandas"
    " ormar piccolo databases".split()
)
ITEM_LIBRARIES = frozenset({"dataset", "playhouse", "sqlite_utils"})
"""Those whose databases have their tables as items: `db["users"]`."""
TABLE_NAMES = frozenset({"__tablename__", "_table_", "table_name", "db_table", "table", "tablename"})
"""What names the table of a model, in its class or in the class `Meta` inside of it."""
TABLE_CALLS = frozenset("to_sql read_sql_table get_table load_table create_table table".split())
"""Functions that are given the name of a table first, on a connection or with one among their arguments."""
TABLE_LISTS = frozenset("iterdump table_names get_table_names get_tables reflect".split())
"""Methods that give all tables of a database, or go through them."""

# -- paths and files ---------------------------------------------------------------------------------------------------

PATH_CLASSES = frozenset(
    f"pathlib.{name}" for name in ("Path", "PurePath", "PosixPath", "PurePosixPath", "WindowsPath")
)
JOIN_FUNCTIONS = frozenset({"os.path.join", "posixpath.join", "ntpath.join", "path.join"})
_SAME_PATH = PATH_CLASSES | {
    *("os.fspath", "os.path.abspath", "os.path.expanduser", "os.path.realpath", "os.path.normpath"),
    *("os.path.expandvars", "Path"),
}
PATH_FUNCTIONS = _SAME_PATH | JOIN_FUNCTIONS
SCRATCH = frozenset(f"tempfile.{name}" for name in ("gettempdir", "mkdtemp", "TemporaryDirectory"))
HOMES = frozenset(
    {"pathlib.Path.home", "os.path.expanduser"}
    | {
        f"{module}.user_{kind}_{form}"
        for module in ("platformdirs", "appdirs")
        for kind in ("data", "state", "cache")
        for form in ("dir", "path")
    }
)
TRANSPARENT_FUNCTIONS = _SAME_PATH | {"str", "typing.cast"}
TRANSPARENT_METHODS = frozenset({"resolve", "absolute", "expanduser", "as_posix", "strip"})
DESTRUCTIVE_FUNCTIONS = frozenset(
    {"os.remove", "os.unlink", "os.rename", "os.renames", "os.replace", "os.truncate", "os.link", "os.symlink"}
    | {f"shutil.{name}" for name in ("copy", "copy2", "copyfile", "copyfileobj", "move", "rmtree")}
    | {"os.removedirs", "os.rmdir", "send2trash.send2trash", "urllib.request.urlretrieve", "aiofiles.os.remove"}
)
DESTRUCTIVE_METHODS = frozenset(
    "unlink rename write_bytes write_text symlink_to hardlink_to copy_into move move_into rmdir".split()
)
DESTRUCTIVE_PROGRAMS = frozenset("rm mv cp dd truncate shred install rsync ln scp unlink".split())
MODE_OPENERS = frozenset(
    "open io.open codecs.open aiofiles.open gzip.open bz2.open lzma.open tarfile.open tarfile.TarFile"
    " zipfile.ZipFile gzip.GzipFile".split()
)
WRITING_MODES = frozenset("wax+")
CALLBACK_TAKERS = frozenset(
    "register submit Thread Process Timer partial map starmap run_in_executor to_thread call_later call_soon finalize"
    " addfinalizer addCleanup callback push apply apply_async enter schedule add_job".split()
)
"""Functions that are given a function to call, and its arguments, by their last names."""

# -- what is made of a path as text ------------------------------------------------------------------------------------

DERIVING_ATTRIBUTES = frozenset("name stem suffix suffixes parent parents parts anchor root drive".split())
DERIVING_METHODS = frozenset(
    "replace with_suffix with_name with_stem removesuffix removeprefix split rsplit partition rpartition startswith"
    " endswith relative_to translate".split()
)
DERIVING_FUNCTIONS = frozenset(
    "os.path.basename os.path.splitext os.path.split os.path.relpath os.path.commonpath os.path.dirname re.sub re.subn"
    " re.split urllib.parse.urlparse urllib.parse.urlsplit fnmatch.fnmatch".split()
)
TEXT_FUNCTIONS = frozenset(
    "print input pprint info debug warning warn error exception critical fatal echo secho success"
    " print_exc subheader markdown caption fail skip xfail showinfo showerror showwarning".split()
)
"""Functions that show texts to people, by their last names."""
DIRECTORY_MAKERS = frozenset({"mkdir", "makedirs"})
"""What makes a directory, by the last name: the new path's needs one as well."""

# -- the environment, and programs -------------------------------------------------------------------------------------

ENVIRONMENT_READERS = frozenset({"os.getenv", "os.environ.get"})
ENVIRONMENT_DEFAULTS = frozenset({"os.environ.setdefault", "os.environ.pop"})
FRAMEWORK_READERS = frozenset({"env", "config", "getenv", "get_env", "env_str"})
CLI_OPTIONS = frozenset({"add_argument", "add_option", "option", "argument"})
TYPER_OPTIONS = frozenset({"Option", "Argument"})  # their default may be positional
SHELL_FUNCTIONS = frozenset(
    {"os.system", "os.popen", "asyncio.create_subprocess_shell", "asyncio.create_subprocess_exec"}
    | {f"subprocess.{name}" for name in ("run", "call", "check_call", "check_output", "Popen", "getoutput")}
)

# -- values that are handed on -----------------------------------------------------------------------------------------

SAME = TRANSPARENT_FUNCTIONS | {
    *("contextlib.closing", "contextlib.aclosing", "asyncio.run", "asyncio.wait_for", "asyncio.shield", "iter", "next"),
    *("typing.cast", "copy.copy", "textwrap.dedent", "inspect.cleandoc", "list", "tuple", "sorted", "enumerate"),
    *("sqlalchemy.text", "sqlalchemy.sql.text", "sqlalchemy.sql.expression.text", "sqlmodel.text", "os.path.dirname"),
    "sqlalchemy.inspect",
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

# -- SQL ---------------------------------------------------------------------------------------------------------------

EXECUTORS = frozenset(
    "execute executemany executescript execute_fetchall execute_insert exec_driver_sql execute_many execute_query"
    " fetchrow fetchval fetch_one fetch_all fetch_val read_sql read_sql_query executesql execute_sql".split()
)


EXECUTE_METHODS = frozenset({"execute", "executemany", "executescript", "execute_fetchall", "execute_insert"})
"""Those of EXECUTORS whose first argument is SQL, however it begins."""


def other_engine(name: str) -> str | None:
    """What the library of a dotted name connects to, if that is not SQLite."""
    return _OTHER_ENGINES.get(name.partition(".")[0])
