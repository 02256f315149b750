"""Random databases under random policies, moved, and compared with a model that folds them row by row in Python."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from hypothesis import HealthCheck, event, given, note, settings
from hypothesis import strategies as st

from dbfold import datamove
from dbfold.base.errors import UserError
from dbfold.policy.loading import load_policy

EXAMPLES = int(os.environ.get("DBFOLD_EXAMPLES", "300"))
OPTIONAL = {  # column → type, what it gets in rows of databases that do not have it, values
    "email": ("TEXT", None, ["x", "y", "", None]),
    "age": ("INTEGER DEFAULT 7", 7, [0, 7, None]),
    "score": ("REAL", None, [0.5, 1.0, None]),
    "anything": ("", None, [1, 1.0, "1", b"1", None]),
}
KEYS = ["ann", "bob", "cyd", "dan", "eve", "fay"]


# -- what there is ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Shape:
    """A table: `create` up to its optional columns, what identifies its rows, and the policy's answers."""

    name: str
    fixed: str
    tail: str
    key: tuple[str, ...]
    has_id: bool = False
    refers: bool = False
    on_conflict: str = "fail"
    unify: bool = False
    tells_key: bool = False

    def create(self, columns):
        optional = "".join(f", {name} {OPTIONAL[name][0]}" for name in columns)
        reference = ", user_id INTEGER REFERENCES users(id)" if self.refers else ""
        return f"CREATE TABLE {self.name} ({self.fixed}{optional}{reference}{self.tail}"

    @property
    def keeps_both(self):
        return self.on_conflict == "keep-both"

    def policy(self):
        entries = [f"on_conflict: {self.on_conflict}"]
        entries += ["newest_by: stamp"] if self.on_conflict == "newest" else []
        entries += ["columns: unify"] if self.unify else []
        entries += [f"key: [{', '.join(self.key)}]"] if self.tells_key else []
        return f"  {self.name}: {{{', '.join(entries)}}}\n"


@dataclass
class Database:
    name: str
    columns: dict[str, tuple[str, ...]] = field(default_factory=dict)
    rows: dict[str, list[dict]] = field(default_factory=dict)


ANSWERS = ["fail", "keep-target", "keep-source", "newest", "fill-nulls"]


@st.composite
def shapes(draw):
    """The table users, and up to two that refer to it."""
    by_name = draw(st.booleans())
    unique = draw(st.sampled_from(["", " UNIQUE"]))
    answers = ANSWERS if by_name else [*ANSWERS, "keep-both"]
    yield_unify = st.booleans()
    found = [
        Shape(
            "users",
            f"id INTEGER PRIMARY KEY, username TEXT{unique}, stamp INTEGER",
            ")",
            ("username",) if by_name else ("id",),
            has_id=True,
            on_conflict=draw(st.sampled_from(answers)),
            unify=draw(yield_unify),
            tells_key=True,
        )
    ]
    children = {
        "posts": ("id INTEGER PRIMARY KEY, stamp INTEGER", ")", ("id",), [*ANSWERS, "keep-both"], False),
        "pages": ("slug TEXT PRIMARY KEY, stamp INTEGER", ")", ("slug",), ANSWERS, False),
        "marks": (
            "slug TEXT, n INTEGER, stamp INTEGER",
            ", PRIMARY KEY (slug, n)) WITHOUT ROWID",
            ("slug", "n"),
            ANSWERS,
            False,
        ),
        "lines": ("stamp INTEGER", ")", (), ["fail"], False),
        "named": ("slug TEXT, stamp INTEGER", ")", ("slug",), ANSWERS, True),
    }
    for name in draw(st.lists(st.sampled_from(sorted(children)), unique=True, max_size=2)):
        fixed, tail, key, possible, tells_key = children[name]
        found.append(
            Shape(
                name,
                fixed,
                tail,
                key,
                has_id=name == "posts",
                refers=True,
                on_conflict=draw(st.sampled_from(possible)),
                unify=draw(yield_unify),
                tells_key=tells_key,
            )
        )
    return found


@st.composite
def rows_of(draw, shape, columns, users):
    """Rows with distinct keys."""
    fixed = {"stamp": st.sampled_from([1, 2, 3, None])}
    if shape.has_id:
        fixed["id"] = st.integers(1, 8)
    if shape.name == "users":
        fixed["username"] = st.sampled_from([*KEYS, None]) if shape.key == ("username",) else st.sampled_from(KEYS)
    if "slug" in shape.fixed:
        fixed["slug"] = st.sampled_from(KEYS)
    if "n" in shape.key:
        fixed["n"] = st.integers(1, 2)
    if shape.refers:
        fixed["user_id"] = st.sampled_from([*users, None])
    fixed |= {name: st.sampled_from(OPTIONAL[name][2]) for name in columns}
    distinct = [
        lambda row: tuple(row[part] for part in shape.key) if None not in (row[p] for p in shape.key) else object()
    ]
    distinct += [lambda row: row["id"]] if shape.has_id else []
    if "UNIQUE" in shape.fixed:
        distinct += [lambda row: row["username"] if row["username"] is not None else object()]
    return draw(st.lists(st.fixed_dictionaries(fixed), max_size=5, unique_by=tuple(distinct) if shape.key else None))


@st.composite
def estates(draw):
    tables = draw(shapes())
    usual = {shape.name: draw(st.sets(st.sampled_from(sorted(OPTIONAL)), max_size=2)) for shape in tables}
    databases = []
    for number in range(draw(st.integers(2, 6))):
        database = Database(f"d{number}.db" if number else "zoe.db")
        for shape in tables:
            if (shape.refers and "users" not in database.rows) or draw(st.integers(0, 4)) == 0:
                continue
            own = usual[shape.name]
            if draw(st.integers(0, 2 if shape.unify else 60)) == 0:
                own = draw(st.sets(st.sampled_from(sorted(OPTIONAL)), max_size=3))
            database.columns[shape.name] = tuple(sorted(own))
            users = [row["id"] for row in database.rows.get("users", ())]
            database.rows[shape.name] = draw(rows_of(shape, database.columns[shape.name], users))
        databases.append(database)
    return tables, databases


# -- the model --------------------------------------------------------------------------------------------------------


@dataclass(eq=False)
class Row:
    """A row of the outcome: `provided` are columns that it has a value for, `is_renumbered` if the move gave the id."""

    values: dict
    id: int | None
    provided: set[str]
    is_renumbered: bool = False


def same(one, other):
    return one is other if isinstance(one, Row) or isinstance(other, Row) else (type(one), one) == (type(other), other)


@dataclass
class Model:
    """What must come of it: rows, accounts (moved, identical, mapped, conflict), losing values, reasons to refuse."""

    shapes: list[Shape]
    databases: list[Database]
    rows: dict[str, list[Row]] = field(default_factory=dict)
    accounts: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    lost: list[tuple] = field(default_factory=list)
    reasons: set[str] = field(default_factory=set)

    def fold(self):
        for shape in self.shapes:
            having = [d.columns[shape.name] for d in self.databases if shape.name in d.columns]
            if len(set(having)) > 1 and not shape.unify:
                self.reasons.add("other columns")
            self.rows[shape.name] = []
        for database in self.databases:
            users: dict[int, Row] = {}
            for shape in self.shapes:
                if shape.name in database.rows:
                    self._merge(shape, database, users)
        return self

    def _columns(self, shape):
        return {name for d in self.databases for name in d.columns.get(shape.name, ())}

    def _is_first(self, shape, database):
        return next(d for d in self.databases if shape.name in d.rows) is database

    def _merge(self, shape, database, users):
        there = list(self.rows[shape.name])
        is_first = self._is_first(shape, database)
        is_unified = len({d.columns[shape.name] for d in self.databases if shape.name in d.columns}) > 1
        taken = {row.id for row in there}
        names = {row: row.values.get("username") for row in there}
        account = [0, 0, 0, 0]
        renumbered: dict[int, Row] = {}
        for raw in database.rows[shape.name]:
            old = raw.get("id")
            values = {name: value for name, value in raw.items() if name != "id"}
            if shape.refers:
                values["user_id"] = users.get(raw["user_id"])
            own = set(values)
            match = None if is_first else self._match(shape, there, raw)
            if match is not None and shape.keeps_both:
                equal = all(same(match.values[name], values[name]) for name in own)
                if equal and not is_unified and not match.is_renumbered:
                    account[1] += 1
                    row = match
                else:
                    match = None
                    row = self._add(shape, values, own, None)
                    account[0] += 1
                    self._watch_unique(shape, names, row)
            elif match is None:
                row = self._add(shape, values, own, old if old is None or is_first or old not in taken else None)
                account[0] += 1
                self._watch_unique(shape, names, row)
            else:
                row = match
                account[self._settle(shape, database, names, match, values, old)] += 1
                if shape.key == ("id",) and is_unified and not shape.tells_key and account[1] + account[2]:
                    self.reasons.add("are they the same rows?")
            if shape.has_id and row.id is None:
                renumbered[old] = row
            if shape.name == "users":
                users[old] = row
        last = max([0, *filter(None, taken), *(raw.get("id", 0) for raw in database.rows[shape.name])])
        for number, old in enumerate(sorted(renumbered), 1):
            renumbered[old].id, renumbered[old].is_renumbered = last + number, True
        if database.name != "zoe.db":
            self.accounts[database.name, shape.name] = account

    def _match(self, shape, there, raw):
        key = tuple(raw[part] for part in shape.key)
        if not key or None in key:
            return None
        return next((row for row in there if self._key(shape, row) == key), None)

    @staticmethod
    def _key(shape, row):
        return tuple(row.id if part == "id" else row.values[part] for part in shape.key)

    def _add(self, shape, values, own, id):
        lacking = {name: OPTIONAL[name][1] for name in self._columns(shape) - own}
        row = Row(lacking | values, id, own)
        self.rows[shape.name].append(row)
        return row

    def _settle(self, shape, database, names, match, values, old):
        """A row that is there: fills it, or decides a conflict; returns the place in the account."""
        free = [name for name in values if name not in shape.key]
        differing = [name for name in free if not same(match.values[name], values[name])]
        gaps = [name for name in differing if name not in match.provided]
        conflicts = [name for name in differing if name in match.provided]
        if shape.on_conflict == "fill-nulls":
            gaps += [name for name in conflicts if match.values[name] is None]
            conflicts = [n for n in conflicts if match.values[n] is not None and values[n] is not None]
        wins = shape.on_conflict == "keep-source" or (
            shape.on_conflict == "newest" and (match.values["stamp"] or 0) < (values["stamp"] or 0)
        )
        for name in conflicts:
            lost, kept = (match.values[name], values[name]) if wins else (values[name], match.values[name])
            self.lost.append((database.name, shape.name, name, *(("?", "?") if name == "user_id" else (lost, kept))))
            if wins:
                match.values[name] = values[name]
        if conflicts and shape.on_conflict == "fail":
            self.reasons.add("which one stays?")
        match.values |= {name: values[name] for name in gaps}
        match.provided |= set(values)
        self._watch_unique(shape, names, match)
        if conflicts:
            return 3
        return 2 if gaps or (shape.has_id and match.id != old) else 1

    def _watch_unique(self, shape, names, row):
        """May SQLite see two equal user names, be it for a moment? `names` are those of before, by row."""
        name = row.values.get("username")
        if "UNIQUE" in shape.fixed and name is not None:
            others = [other for other in self.rows[shape.name] if other is not row]
            if any(name in (other.values["username"], names.get(other)) for other in others):
                self.reasons.add("UNIQUE")

    def outcome(self, name):
        """The rows of a table, parents instead of their ids."""
        return Counter(self._shown(row) for row in self.rows[name])

    def _shown(self, row):
        values = {n: self._shown(v) if isinstance(v, Row) else (type(v).__name__, v) for n, v in row.values.items()}
        return (row.id, *sorted(values.items()))


# -- what comes of it -------------------------------------------------------------------------------------------------


def write(root, tables, databases):
    (root / "data").mkdir()
    for database in databases:
        with closing(sqlite3.connect(root / "data" / database.name)) as connection:
            for shape in tables:
                if shape.name not in database.rows:
                    continue
                connection.execute(shape.create(database.columns[shape.name]))
                for row in database.rows[shape.name]:
                    places = ", ".join(f":{name}" for name in row)
                    connection.execute(f"INSERT INTO {shape.name} ({', '.join(row)}) VALUES ({places})", row)
            connection.commit()
    retired = "".join(f"  {d.name}: {{role: retired, into: zoe.db}}\n" for d in databases[1:])
    decisions = "".join(shape.policy() for shape in tables)
    path = root / "dbfold.yaml"
    path.write_text(
        f"version: 1\ndatabases:\n  zoe.db: {{role: primary, path: data/zoe.db}}\n{retired}tables:\n{decisions}"
    )
    return load_policy(path)


class Outcome:
    """The moved database, read with the standard library."""

    def __init__(self, path, model):
        self.model = model
        with closing(sqlite3.connect(path)) as connection:
            connection.row_factory = sqlite3.Row
            present = {row[0] for row in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
            self.rows = {
                shape.name: [dict(row) for row in connection.execute(f"SELECT * FROM {shape.name}")]
                for shape in model.shapes
                if shape.name in present
            }
            self.accounts = {
                (row["database"], row["table_name"]): [row[n] for n in ("moved", "identical", "mapped", "conflict")]
                for row in connection.execute("SELECT * FROM _dbfold_rows")
            }
            self.lost = [
                (*row[:3], *(("?", "?") if row[2] == "user_id" else row[3:]))
                for row in connection.execute(
                    'SELECT "database", table_name, column_name, lost, kept FROM _dbfold_conflicts'
                )
            ]
            self.violations = connection.execute("PRAGMA foreign_key_check").fetchall()
        self.users = {row["id"]: row for row in self.rows.get("users", ())}

    def of(self, name):
        return Counter(self._shown(name, row) for row in self.rows.get(name, ()))

    def _shown(self, name, row):
        values = {}
        for column, value in row.items():
            if column == "user_id" and value is not None:
                values[column] = self._shown("users", self.users[value])
            elif column != "id":
                values[column] = (type(value).__name__, value)
        return (row.get("id"), *sorted(values.items()))


def typed(rows):
    return Counter(tuple((type(value).__name__, value) for value in row) for row in rows)


def check(root, tables, databases):
    """Move, compare, and go back; returns what became of it."""
    policy = write(root, tables, databases)
    model = Model(tables, databases).fold()
    before = files_without_backup(root)
    try:
        result = datamove.run(policy, root / "data")
    except UserError as error:
        assert files_without_backup(root) == before
        assert any(reason in str(error) for reason in model.reasons), (model.reasons, str(error))
        return "refused"
    assert model.reasons <= {"UNIQUE"}
    outcome = Outcome(root / "data" / "zoe.db", model)
    for shape in tables:
        assert outcome.of(shape.name) == model.outcome(shape.name), shape.name
    assert outcome.accounts == model.accounts
    for database in databases[1:]:
        for name, rows in database.rows.items():
            assert sum(outcome.accounts[database.name, name]) == len(rows)
    assert typed(outcome.lost) == typed(model.lost)
    assert outcome.violations == []
    assert set(result.moved[0].retired) == {database.name for database in databases[1:]}
    assert files_without_backup(root).keys() == {"zoe.db"}
    assert all(verified.passed for verified in datamove.verify(policy, root / "data"))
    datamove.rollback(policy, root / "data")
    assert files_without_backup(root) == before
    merged = sum(sum(account[1:]) for account in model.accounts.values())
    return "moved, some rows were there" if merged else "moved"


def files_without_backup(root):
    return {path.name: path.read_bytes() for path in (root / "data").iterdir() if path.is_file()}


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    derandomize="DBFOLD_EXAMPLES" not in os.environ,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(estates())
def test_a_move_is_what_the_model_says(estate):
    with tempfile.TemporaryDirectory() as place:
        note("".join(shape.policy() for shape in estate[0]))
        event(check(Path(place).resolve(), *estate))


@pytest.mark.parametrize("on_conflict", [*ANSWERS, "keep-both"])
def test_an_answer_about_a_table_that_only_one_database_has_does_no_harm(tmp_path, on_conflict):
    users = Shape(
        "users", "id INTEGER PRIMARY KEY, username TEXT, stamp INTEGER", ")", ("id",), True, False, on_conflict
    )
    rows = [{"id": 4, "username": "ann", "stamp": None}]
    check(tmp_path, [users], [Database("zoe.db"), Database("d1.db", {"users": ()}, {"users": rows})])


def numbered(*rows):
    return [{"id": id, "username": name, "stamp": None} for id, name in rows]


def test_rows_that_were_given_an_id_are_not_taken_for_those_that_had_it(tmp_path):
    users = Shape(
        "users", "id INTEGER PRIMARY KEY, username TEXT, stamp INTEGER", ")", ("id",), True, False, "keep-both"
    )
    databases = [
        Database("zoe.db", {"users": ()}, {"users": numbered((1, "first"))}),
        Database("d1.db", {"users": ()}, {"users": numbered((1, "tick"))}),
        Database("d2.db", {"users": ()}, {"users": numbered((2, "tick"))}),
    ]
    assert check(tmp_path, [users], databases) == "moved"


def test_keep_both_does_not_add_the_rows_of_an_earlier_move_again(tmp_path):
    users = Shape(
        "users", "id INTEGER PRIMARY KEY, username TEXT, stamp INTEGER", ")", ("id",), True, False, "keep-both"
    )
    rows = numbered((1, "one"), (2, "two"))
    databases = [
        Database("zoe.db", {"users": ()}, {"users": numbered((1, "other"))}),
        Database("d1.db", {"users": ()}, {"users": rows}),
    ]
    policy = write(tmp_path, [users], databases)
    source = tmp_path / "data" / "d1.db"
    kept = source.read_bytes()
    datamove.run(policy, tmp_path / "data")
    source.write_bytes(kept)
    with closing(sqlite3.connect(source)) as connection:
        connection.execute("INSERT INTO users VALUES (3, 'three', NULL)")
        connection.commit()
    before = files_without_backup(tmp_path)
    with pytest.raises(UserError, match="would be there twice; choose another"):
        datamove.run(policy, tmp_path / "data")
    assert files_without_backup(tmp_path) == before
