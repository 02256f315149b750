"""Ways to bring the rows of many SQLite files into one; each is a function that `move.py` runs in a process of its own.

    python benchmarks/move_contenders.py NAME DATA POLICY SCRATCH

`DATA` has the databases, `SCRATCH` is an empty directory. Prints JSON: seconds from the first byte read to the last one
on the disk, and seconds of the stages where there are any. Modules are imported, and schemas and plans read, before the
clock starts.
"""

from __future__ import annotations

import importlib.util
import json
import os
import shutil
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from move_data import TARGET, sources

_PRAGMAS = ("journal_mode = OFF", "synchronous = OFF", "locking_mode = EXCLUSIVE")
Stages = dict[str, float]
Timed = Callable[[], Stages | None]
"""What is timed: everything before it has been prepared. It may return the seconds of its stages."""


def move(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """`datamove.run`: backup, checks, build, verification, swap. It empties `data`."""
    from dbfold import datamove
    from dbfold.policy.loading import load_policy

    class Clock(datamove.Progress):
        """Notes when each stage began."""

        def __init__(self) -> None:
            self.began: list[tuple[str, float]] = []

        def stage(self, name: str, **_: object) -> None:
            self.began.append((name, time.perf_counter()))

        def seconds(self) -> Stages:
            ends = [moment for _, moment in self.began[1:]] + [time.perf_counter()]
            return {name: end - moment for (name, moment), end in zip(self.began, ends, strict=True)}

    policy = load_policy(policy_file)

    def run() -> Stages:
        clock = Clock()
        datamove.run(policy, data, progress=clock)
        return clock.seconds()

    return run


def build(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """The building part of the move alone, ledger included."""
    from dbfold import datamove
    from dbfold.datamove import ledger
    from dbfold.datamove.building import build as building
    from dbfold.datamove.planning.document import plan_document
    from dbfold.datamove.safety.durable import flush_file
    from dbfold.policy.loading import load_policy

    (preview,) = datamove.plan(load_policy(policy_file), data)
    document = json.dumps(plan_document(preview.plan))
    copies = {path.name: path for path in [data / TARGET, *sources(data)]}
    path = scratch / TARGET

    def run() -> None:
        shutil.copyfile(data / TARGET, path)
        building.build(
            preview.plan,
            copies,
            path,
            scratch / "intermediate",
            finish=lambda connection, move_id: ledger.record(
                connection, preview.plan, move_id, datetime.now(UTC).isoformat(), None, document
            ),
        )
        flush_file(path)

    return run


def copy(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """The files as they are: what the disk takes."""

    def run() -> None:
        subprocess.run(["cp", *map(str, sources(data)), str(data / TARGET), str(scratch)], check=True)
        for path in scratch.iterdir():
            _flush(path)

    return run


def insert_select(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """ATTACH and INSERT … SELECT by hand, with Python's sqlite3, indexes present."""
    schema = _schema(data)

    def run() -> None:
        shutil.copyfile(data / TARGET, scratch / TARGET)
        with closing(sqlite3.connect(scratch / TARGET, isolation_level=None)) as connection:
            _insert_select(connection.execute, data, schema)
        _flush(scratch / TARGET)

    return run


def insert_select_apsw(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """The same through apsw, which brings a newer SQLite."""
    import apsw

    schema = _schema(data)

    def run() -> None:
        shutil.copyfile(data / TARGET, scratch / TARGET)
        connection = apsw.Connection(os.fspath(scratch / TARGET))
        _insert_select(lambda sql: connection.execute(sql).fetchall(), data, schema)
        connection.close()
        _flush(scratch / TARGET)

    return run


def _insert_select(execute: Callable[[str], object], data: Path, schema: dict[str, list[str]]) -> None:
    for pragma in _PRAGMAS:
        execute(f"PRAGMA {pragma}")
    for path in sources(data):
        execute(f"ATTACH '{path}' AS src")
        for sql in schema[path.name]:
            execute(sql)
        for table in _tables(schema[path.name]):
            execute(f"INSERT INTO main.{table} SELECT * FROM src.{table}")
        execute("DETACH src")


def dump(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """`sqlite3 .dump | sqlite3` for each database."""
    into = ["sqlite3", "-cmd", "PRAGMA journal_mode = OFF", "-cmd", "PRAGMA synchronous = OFF", str(scratch / TARGET)]

    def run() -> None:
        shutil.copyfile(data / TARGET, scratch / TARGET)
        for path in sources(data):
            writer = subprocess.Popen(["sqlite3", str(path), ".dump"], stdout=subprocess.PIPE)
            subprocess.run(into, stdin=writer.stdout, stdout=subprocess.DEVNULL, check=True)
            if writer.wait():
                raise SystemExit(f"sqlite3 could not dump {path.name}")
        _flush(scratch / TARGET)

    return run


def sqlite_utils(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """sqlite-utils: `insert_all` of every table's rows into tables with the same schema."""
    from sqlite_utils import Database

    schema = _schema(data)

    def run() -> None:
        shutil.copyfile(data / TARGET, scratch / TARGET)
        target = Database(scratch / TARGET)
        for pragma in _PRAGMAS:
            target.conn.execute(f"PRAGMA {pragma}")
        for path in sources(data):
            source = Database(path)
            for sql in schema[path.name]:
                target.conn.execute(sql)
            for table in _tables(schema[path.name]):
                target[table].insert_all(source[table].rows)
            source.conn.close()
        target.conn.commit()
        target.conn.close()
        _flush(scratch / TARGET)

    return run


def duckdb(data: Path, policy_file: Path, scratch: Path) -> Timed:
    """DuckDB's extension for SQLite, reading and writing, into tables with the same schema."""
    import duckdb as library

    connection = library.connect()
    connection.execute(f"LOAD '{_duckdb_extension()}'")
    schema = _schema(data)

    def run() -> None:
        shutil.copyfile(data / TARGET, scratch / TARGET)
        with closing(sqlite3.connect(scratch / TARGET)) as target:
            for statements in schema.values():
                for sql in statements:
                    target.execute(sql)
        connection.execute(f"ATTACH '{scratch / TARGET}' AS dst (TYPE sqlite, JOURNAL_MODE 'off')")
        for path in sources(data):
            connection.execute(f"ATTACH '{path}' AS src (TYPE sqlite, READ_ONLY)")
            for table in _tables(schema[path.name]):
                connection.execute(f"INSERT INTO dst.{table} SELECT * FROM src.{table}")
            connection.execute("DETACH src")
        connection.close()
        _flush(scratch / TARGET)

    return run


def _duckdb_extension() -> str:
    """`sqlite` where it has been installed for DuckDB itself, else the file of the package duckdb-ext-sqlite."""
    found = importlib.util.find_spec("duckdb_ext")
    places = found.submodule_search_locations if found and found.submodule_search_locations else ()
    files = (file for place in places for file in Path(place).glob("extensions/*/*/sqlite_scanner.duckdb_extension"))
    return str(next(files, "sqlite"))


def unavailable(name: str) -> str | None:
    """Why a contender cannot take part; None if it can."""
    if name == "dump" and shutil.which("sqlite3") is None:
        return "the command sqlite3 is not installed"
    if name == "sqlite-utils" and importlib.util.find_spec("sqlite_utils") is None:
        return "sqlite-utils is not installed"
    if name == "duckdb":
        if importlib.util.find_spec("duckdb") is None:
            return "duckdb is not installed"
        asked = f"import duckdb; duckdb.connect().execute(\"LOAD '{_duckdb_extension()}'\")"
        if subprocess.run([sys.executable, "-c", asked], stderr=subprocess.DEVNULL, check=False).returncode:
            return "duckdb has no sqlite extension here (pip install duckdb-ext-sqlite)"
    return None


def _schema(data: Path) -> dict[str, list[str]]:
    """The statements that make each database's tables and indexes."""
    found = {}
    for path in sources(data):
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as connection:
            rows = connection.execute("SELECT sql FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY rowid")
            found[path.name] = [sql for (sql,) in rows]
    return found


def _tables(statements: list[str]) -> list[str]:
    return [sql.split()[2] for sql in statements if sql.startswith("CREATE TABLE")]


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    os.fsync(descriptor)
    os.close(descriptor)


CONTENDERS: dict[str, Callable[[Path, Path, Path], Timed]] = {
    "move": move,
    "build": build,
    "cp": copy,
    "insert-select": insert_select,
    "insert-select-apsw": insert_select_apsw,
    "dump": dump,
    "sqlite-utils": sqlite_utils,
    "duckdb": duckdb,
}


def main(argv: Sequence[str] | None = None) -> int:
    """Run one contender and print what it took."""
    name, data, policy, scratch = argv if argv is not None else sys.argv[1:]
    timed = CONTENDERS[name](Path(data), Path(policy), Path(scratch))
    started = time.perf_counter()
    stages = timed()
    print(json.dumps({"seconds": time.perf_counter() - started, "stages": stages or {}}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
