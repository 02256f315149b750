"""Databases to move: rows in many small files, BLOBs in one, and two files that have a table in common.

    python benchmarks/move_data.py apart DIRECTORY --rows N --blob-mb MB
    python benchmarks/move_data.py shared DIRECTORY --rows N --twice PERCENT

`move.py` calls it in a process of its own, so that its memory is not counted. The rows are the same each time.
"""

from __future__ import annotations

import argparse
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

TARGET = "zoe.db"
BLOBS = "attachments"
NAMES = (
    *("visits", "notes", "reminders", "lists", "journal", "contacts", "messages", "readings"),
    *("tasks", "memories", "meals", "trips", "songs", "alarms", "searches"),
)
_BLOB_BYTES = 100_000
_COLUMNS = (
    "id INTEGER PRIMARY KEY, person TEXT NOT NULL, subject TEXT, body TEXT, weight REAL, created_at TEXT NOT NULL"
)
# Multiplying by an odd number scatters a counter: index entries do not come in the order of the rows.
_ROW = (
    "n, 'person-' || (n * 7919 % 1009), 'subject ' || hex(n * 2654435761 % 4294967291),"
    " 'It was ' || (n % 97) || ' o''clock, and what there was to say about ' || hex(n * 40503) || ' had been said.',"
    " n * 0.37, datetime(1700000000 + n * 61, 'unixepoch')"
)
_COUNTER = "WITH RECURSIVE c(n) AS (SELECT ? UNION ALL SELECT n + 1 FROM c WHERE n < ?) "


def apart(directory: Path, rows: int, blob_mb: int) -> None:
    """`rows` in 15 databases of one table each, every second with two indexes; BLOBs in one more; a small target."""
    directory.mkdir(parents=True)
    each, more = divmod(rows, len(NAMES))
    for number, name in enumerate(NAMES):
        with _database(directory / f"{name}.db") as connection:
            connection.execute(f"CREATE TABLE {name} ({_COLUMNS})")
            last = each + (number < more)
            connection.execute(f"{_COUNTER} INSERT INTO {name} SELECT {_ROW} FROM c", (1, last))
            connection.execute(f"CREATE INDEX {name}_person ON {name} (person, created_at)")
            if number % 2:
                connection.execute(f"CREATE INDEX {name}_subject ON {name} (subject)")
    if blob_mb:
        with _database(directory / f"{BLOBS}.db") as connection:
            connection.execute(
                f"CREATE TABLE {BLOBS} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, content BLOB NOT NULL)"
            )
            connection.execute(
                f"{_COUNTER} INSERT INTO {BLOBS} SELECT n, 'photo-' || n || '.jpg', randomblob({_BLOB_BYTES}) FROM c",
                (1, blob_mb * 1_000_000 // _BLOB_BYTES),
            )
            connection.execute(f"CREATE INDEX {BLOBS}_name ON {BLOBS} (name)")
    _write_target(directory)


def shared(directory: Path, rows: int, twice: int) -> None:
    """`rows` events in two databases that both count from 1, reminders that refer to them; `twice` percent in both."""
    directory.mkdir(parents=True)
    each = rows // 2
    in_both = each * twice // 100
    for number, name in enumerate(("home", "office")):
        first = 1 + number * (each - in_both)
        with _database(directory / f"{name}.db") as connection:
            connection.execute(
                "CREATE TABLE events (id INTEGER PRIMARY KEY, uid TEXT NOT NULL UNIQUE, person TEXT NOT NULL,"
                " subject TEXT, created_at TEXT NOT NULL)"
            )
            connection.execute(
                f"{_COUNTER} INSERT INTO events SELECT n - ? + 1, 'event-' || n, 'person-' || (n * 7919 % 1009),"
                " 'subject ' || hex(n * 2654435761 % 4294967291), datetime(1700000000 + n * 61, 'unixepoch') FROM c",
                (first, first + each - 1, first),
            )
            connection.execute("CREATE INDEX events_person ON events (person, created_at)")
            connection.execute(
                f"CREATE TABLE {name}_reminders (id INTEGER PRIMARY KEY,"
                " event_id INTEGER NOT NULL REFERENCES events (id), text TEXT)"
            )
            connection.execute(
                f"INSERT INTO {name}_reminders (event_id, text) SELECT id, subject FROM events WHERE id % 5 = 0"
            )
    _write_target(directory)


def write_policy(directory: Path, decisions: str = "") -> Path:
    """A policy that folds every database in `directory` into the target; `decisions` are YAML for `tables`."""
    databases = [f"  {TARGET}: {{role: primary, path: /app/data/{TARGET}}}"]
    databases += [f"  {path.name}: {{role: retired, into: {TARGET}}}" for path in sources(directory)]
    policy = directory.with_name(f"{directory.name}.yaml")
    tables = f"tables: {decisions}\n" if decisions else ""
    policy.write_text("version: 1\ndatabases:\n" + "\n".join(databases) + f"\n{tables}", encoding="utf-8")
    return policy


def sources(directory: Path) -> list[Path]:
    """The databases that are to move, in order."""
    return sorted(path for path in directory.glob("*.db") if path.name != TARGET)


def _write_target(directory: Path) -> None:
    with _database(directory / TARGET) as connection:
        connection.execute("CREATE TABLE settings (name TEXT PRIMARY KEY, value TEXT)")
        connection.execute(f"{_COUNTER} INSERT INTO settings SELECT 'setting-' || n, n FROM c", (1, 1000))


@contextmanager
def _database(path: Path) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        connection.execute("PRAGMA cache_size = -200000")
        yield connection


def main(argv: Sequence[str] | None = None) -> int:
    """Write the databases."""
    parser = argparse.ArgumentParser(prog="move_data.py", description=__doc__.partition("\n")[0])
    parser.add_argument("kind", choices=("apart", "shared"))
    parser.add_argument("directory", type=Path)
    parser.add_argument("--rows", type=int, required=True)
    parser.add_argument("--blob-mb", type=int, default=0)
    parser.add_argument("--twice", type=int, default=0, metavar="PERCENT")
    arguments = parser.parse_args(argv)
    if arguments.kind == "apart":
        apart(arguments.directory, arguments.rows, arguments.blob_mb)
    else:
        shared(arguments.directory, arguments.rows, arguments.twice)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
