"""Tables that many cases use, and looking at what became of them."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from dbfold.sqlite.engine import quoted

LARGEST = 9223372036854775807

SETTINGS = "CREATE TABLE settings (name TEXT PRIMARY KEY, value, note TEXT, updated_at TEXT);"
NOTES = "CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT, mood TEXT);"
USERS = "CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT NOT NULL UNIQUE);"
CHILDREN = """
    CREATE TABLE sessions (token TEXT PRIMARY KEY, user_id INTEGER REFERENCES users(id));
    CREATE TABLE posts (id INTEGER PRIMARY KEY, author INTEGER REFERENCES users, title TEXT);
    CREATE TABLE likes (post INTEGER REFERENCES posts(id), fan INTEGER REFERENCES users(id), PRIMARY KEY (post, fan));
"""
LOG = "CREATE TABLE log (at TEXT, what);"


def by_key(table, *columns, policy="keep-target"):
    return f"tables: {{{table}: {{key: [{', '.join(columns)}], on_conflict: {policy}}}}}\n"


def settings(*rows):
    return SETTINGS, ("INSERT INTO settings VALUES (?, ?, ?, ?)", rows)


def users(*names, first=1):
    return USERS, ("INSERT INTO users VALUES (?, ?)", list(enumerate(names, first)))


def notes(*rows):
    return NOTES, ("INSERT INTO notes VALUES (?, ?, ?)", rows)


def execute(estate, *statements):
    """Use the database as its application does."""
    with closing(sqlite3.connect(estate.data / "zoe.db", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def rows_with_types(estate, table, name="zoe.db", order="rowid"):
    columns = [column for (column,) in estate.query("SELECT name FROM pragma_table_xinfo(?)", table, name=name)]
    values = ", ".join(f"{quoted(column)}, typeof({quoted(column)})" for column in columns)
    return estate.query(f"SELECT {values} FROM {quoted(table)} ORDER BY {order}", name=name, text_factory=bytes)


def found(outcome, word, table="docs"):
    return sorted(row[0] for row in outcome.query(f"SELECT title FROM {table} WHERE {table} MATCH ?", word))
