"""What may name a database at all: suffixes in any case, and files that need none."""

from __future__ import annotations

import pytest

from dbfold.base.text import LineTable
from dbfold.references.candidates import is_candidate, path_spans, url_spans
from dbfold.references.detection import detect
from dbfold.references.languages.plain_text import scan_plain
from dbfold.references.model import Kind

NAMES = ["Notes.Db", "NOTES.DB", "notes.dB", "Notes.Sqlite", "notes.SQLite3", "Notes.Db3", "notes.SQLITE"]


@pytest.mark.parametrize("name", NAMES)
def test_a_suffix_in_any_case(name):
    source = f'open("{name}")\n'
    assert is_candidate(source.encode())
    assert [site.text for site in detect(source.encode(), "a.py", "a.py").sites] == [name]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"import apsw", True),
        (b"from peewee import SqliteDatabase", True),
        (b"import diskcache", True),
        (b"import requests_cache", True),
        (b"db.execute('ATTACH ? AS n')", True),
        (b"attachment = email.attach(part)", False),
        (b"print(1)", False),
    ],
)
def test_files_without_a_suffix_to_look_for(data, expected):
    assert is_candidate(data) is expected


SPANS = {
    "ATTACH 'data/notes' AS n": ["data/notes"],
    'attach database "notes" as n': ["notes"],
    "ATTACH 'file:data/notes?mode=ro' AS n": ["file:data/notes?mode=ro"],
    "VACUUM INTO 'data/notes'": ["data/notes"],
    "ATTACH 'data/a.db' AS a; ATTACH 'data/b' AS b": ["data/a.db", "data/b"],
    "sqlite3 data/notes .dump": ["data/notes"],
    "sqlite3 -readonly '/srv/data/notes' .dump": ["/srv/data/notes"],
    "/usr/bin/sqlite3 ${DATA}/notes": ["${DATA}/notes"],
    "ATTACH ':memory:' AS n": [],
    "ATTACH '{path}' AS n": [],
    "ATTACH '%s' AS n": [],
    "apt-get install sqlite3 libsqlite3-dev": [],
    "mv old.sqlite3 /srv/data": ["old.sqlite3"],
    "sqlite3 and/or others": [],
    "insert into 'data/notes'": [],
}


@pytest.mark.parametrize(("text", "found"), SPANS.items(), ids=SPANS)
def test_what_sql_and_the_shell_name(text, found):
    assert [text[start:end] for start, end in path_spans(text)] == found


URLS = {
    "sqlalchemy.url = sqlite:///data/notes": ["data/notes"],
    "url: sqlite+aiosqlite:////srv/notes": ["/srv/notes"],
    "DATABASE_URL=sqlite://data/notes?mode=ro": ["data/notes"],
    "jdbc:sqlite:data/notes": ["data/notes"],
    "sqlite:///data/notes.db": [],
    "sqlite:///:memory:": [],
    "sqlite:///${DB}": [],
    "postgresql://host/notes": [],
}


@pytest.mark.parametrize(("text", "found"), URLS.items(), ids=URLS)
def test_urls_without_a_suffix(text, found):
    assert [text[start:end] for start, end in url_spans(text)] == found


def test_a_url_in_the_configuration_of_alembic():
    text = "[alembic]\nsqlalchemy.url = sqlite:///data/notes\n# sqlite:///data/old\n"
    sites = scan_plain(text, LineTable(text), "alembic.ini")
    assert [(site.text, site.kind, site.span.line) for site in sites] == [
        ("data/notes", Kind.URL, 2),
        ("data/old", Kind.COMMENT, 3),
    ]
    assert scan_plain(text, LineTable(text), "README.md") == []
