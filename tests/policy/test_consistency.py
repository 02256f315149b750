"""Rules that span several keys: each contradiction is one problem, and one slip of the pen brings forth no second."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbfold.policy.consistency import check, with_default_env
from dbfold.policy.model import Accessor, Database, OnConflict, Policy, Role, Rules, Services, Table
from dbfold.policy.problems import Problems

ZOE = Database("zoe.db", Role.PRIMARY, path="/app/data/zoe.db", env="DATABASE_PATH")
AUTH = Database("auth.db", Role.RETIRED, into="zoe.db")


def policy(*entries, **sections):
    databases = {entry.name: entry for entry in entries}
    return Policy(source=Path("/project/dbfold.yaml"), version=1, databases=databases, **sections)


def problems_of(checked, *broken):
    """What `check` finds, as (key, message); `broken` databases stand in the file and could not be read."""
    problems = Problems()
    for line, name in enumerate([*checked.databases, *broken], start=3):
        problems.note_line(("databases", name), line)
    check(checked, problems)
    return [(".".join(found.key_path), found.message) for found in problems.found]


def retired(name, into):
    return Database(name, Role.RETIRED, into=into)


ENVIRONMENTS = {
    "primary": (Database("zoe.db", Role.PRIMARY), "DATABASE_PATH"),
    "its own": (Database("zoe.db", Role.PRIMARY, env="ZOE"), "ZOE"),
    "specialized": (Database("billing.db", Role.SPECIALIZED), "BILLING_DATABASE_PATH"),
    "other characters": (Database("my-own data.v2.db", Role.SPECIALIZED), "MY_OWN_DATA_V2_DATABASE_PATH"),
    "a digit first": (Database("2024.db", Role.SPECIALIZED), "_2024_DATABASE_PATH"),
    "not kept": (AUTH, None),
}


@pytest.mark.parametrize(("entry", "expected"), ENVIRONMENTS.values(), ids=ENVIRONMENTS)
def test_default_env(entry, expected):
    assert with_default_env(policy(entry)).databases[entry.name].env == expected


def test_what_is_consistent_has_no_problem():
    sections = {
        "env_aliases": {"OLD_PATH": "DATABASE_PATH"},
        "rename": {"auth.db": {"users": "auth_users"}},
        "foreign_keys": {"auth.db": {"a.user": "users.id", "a.note": "none"}},
        "tables": {"t": Table("t", on_conflict=OnConflict.NEWEST, newest_by="at")},
        "services": Services(stop="x", start="y"),
    }
    assert problems_of(policy(ZOE, AUTH, **sections)) == []


CYCLES = {
    "itself": ([ZOE, retired("a.db", "a.db")], ["a.db"], "a.db -> a.db"),
    "two, named once": ([ZOE, retired("a.db", "b.db"), retired("b.db", "a.db")], ["a.db"], "a.db -> b.db -> a.db"),
    "a chain that leads into it is not named": (
        [ZOE, retired("c.db", "a.db"), retired("a.db", "b.db"), retired("b.db", "a.db")],
        ["a.db"],
        "a.db -> b.db -> a.db",
    ),
}


@pytest.mark.parametrize(("entries", "named", "cycle"), CYCLES.values(), ids=CYCLES)
def test_cycles(entries, named, cycle):
    message = f"goes in a circle: {cycle}; let it end in a database that remains"
    assert problems_of(policy(*entries)) == [(f"databases.{name}.into", message) for name in named]


def test_two_cycles_are_two_problems():
    entries = [retired(one, other) for one, other in (("a.db", "b.db"), ("b.db", "a.db"), ("c.db", "c.db"))]
    assert [key for key, _ in problems_of(policy(ZOE, *entries))] == ["databases.a.db.into", "databases.c.db.into"]


BROKEN = {
    "the target of a retired one": (policy(ZOE, retired("a.db", "lost.db")), "lost.db"),
    "the primary, and target of a retired one": (policy(AUTH), "zoe.db"),
    "the owner of a variable": (policy(ZOE, env_aliases={"OLD": "LOST_DATABASE_PATH"}), "lost.db"),
    "what is renamed": (policy(ZOE, rename={"lost.db": {"a": "b"}}), "lost.db"),
    "what has foreign keys": (policy(ZOE, foreign_keys={"lost.db": {"a.b": "c.d"}}), "lost.db"),
}


@pytest.mark.parametrize(("checked", "broken"), BROKEN.values(), ids=BROKEN)
def test_a_database_that_could_not_be_read_still_counts_as_declared(checked, broken):
    assert problems_of(checked), "without it there is a problem"
    assert problems_of(checked, broken) == []


NAMES = {
    "a directory": ("data/zoe.db", "expected a file name; write 'zoe.db', and the directory under 'path'"),
    "a directory of Windows": ("data\\zoe.db", "expected a file name; write 'zoe.db', and the directory under 'path'"),
    "blank": (" ", "not a file name; write one such as zoe.db"),
    "the directory above": ("..", "not a file name; write one such as zoe.db"),
    "a line break": ("a\n.db", "not a file name; write one such as zoe.db"),
}


@pytest.mark.parametrize(("name", "message"), NAMES.values(), ids=NAMES)
def test_names(name, message):
    assert problems_of(policy(ZOE, Database(name, Role.EXTERNAL))) == [(f"databases.{name}", message)]


VARIABLES = {
    "a keyword of Python": ("CLASS", "makes an accessor that hides a name of Python; choose another"),
    "a function of Python": ("Open", "makes an accessor that hides a name of Python; choose another"),
    "a name of the generated module": ("OS", "makes an accessor that hides a name of Python; choose another"),
    "a digit first": ("2DB", "is not a variable name; use letters, digits and _"),
    "a hyphen": ("ZOE-DB", "is not a variable name; use letters, digits and _"),
    "a line break at its end": ("ZOE\n", "is not a variable name; use letters, digits and _"),
}


@pytest.mark.parametrize(("variable", "message"), VARIABLES.values(), ids=VARIABLES)
def test_variables(variable, message):
    entry = Database("zoe.db", Role.PRIMARY, path="/app/zoe.db", env=variable)
    assert problems_of(policy(entry)) == [("databases.zoe.db.env", f"{variable!r} {message}")]


def test_variables_are_compared_without_case():
    other = Database("b.db", Role.SPECIALIZED, path="/app/b.db", env="database_path")
    message = "'database_path' already belongs to 'zoe.db' on line 3; write another"
    assert problems_of(policy(ZOE, other)) == [("databases.b.db.env", message)]


def test_a_second_primary_is_one_problem_though_it_has_the_same_variable():
    other = Database("b.db", Role.PRIMARY, path="/app/b.db", env="DATABASE_PATH")
    message = "second primary database beside 'zoe.db' on line 3; choose one"
    assert problems_of(policy(ZOE, other)) == [("databases.b.db.role", message)]


SECTIONS = {
    "a module of Python": ({"accessor": Accessor(module="json")}, "accessor.module"),
    "a module with its suffix": ({"accessor": Accessor(module="a.py")}, "accessor.module"),
    "no roots": ({"accessor": Accessor(roots=())}, "accessor.roots"),
    "a root above": ({"accessor": Accessor(roots=(".", "a/../b"))}, "accessor.roots.[1]"),
    "a directory as a pattern": ({"data_dirs": ("data", "/app/*")}, "data_dirs.[1]"),
    "a temporary directory as a pattern": ({"temporary": ("/tmp/*",)}, "temporary.[0]"),
    "an exception": ({"exclude": ("a/**", "!a/b")}, "exclude.[1]"),
    "an exception in a rule": ({"rules": Rules(per_file_ignores={"!a": ()})}, "rules.per_file_ignores.!a"),
    "a baseline above": ({"rules": Rules(baseline="../b.json")}, "rules.baseline"),
    "newest by nothing": ({"tables": {"t": Table("t", on_conflict=OnConflict.NEWEST)}}, "tables.t.newest_by"),
    "newest_by for nothing": ({"tables": {"t": Table("t", newest_by="at")}}, "tables.t.newest_by"),
    "a name that SQLite keeps": ({"rename": {"auth.db": {"a": "SQLite_a"}}}, "rename.auth.db.a"),
    "a rename of what remains": ({"rename": {"zoe.db": {"a": "b"}}}, "rename.zoe.db"),
    "no column": ({"foreign_keys": {"auth.db": {"a": "b.c"}}}, "foreign_keys.auth.db.a"),
    "to no column": ({"foreign_keys": {"auth.db": {"a.b": "c."}}}, "foreign_keys.auth.db.a.b"),
    "stopped and not started": ({"services": Services(stop="x")}, "services.start"),
    "an alias of nothing": ({"env_aliases": {"OLD": "DATABASE_PTH"}}, "env_aliases.OLD"),
    "an alias that is a variable": ({"env_aliases": {"DATABASE_PATH": "DATABASE_PATH"}}, "env_aliases.DATABASE_PATH"),
}


@pytest.mark.parametrize(("sections", "key"), SECTIONS.values(), ids=SECTIONS)
def test_one_contradiction_is_one_problem_at_its_key(sections, key):
    assert [found for found, _ in problems_of(policy(ZOE, AUTH, **sections))] == [key]
