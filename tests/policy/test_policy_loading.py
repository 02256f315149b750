from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dbfold.base.errors import UserError
from dbfold.policy.loading import PolicyError, find_policy, load_policy
from dbfold.policy.model import Accessor, AccessorStyle, Policy, Role

MINIMAL = """\
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db}
"""

FULL = """\
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db, env: ZOE_DB}
  memory.db: {role: specialized, path: /app/data/memory.db, only: [a.py, "b/**"], reason: large}
  old.db: {role: retired, into: older.db}
  older.db: {role: retired, into: zoe.db, path: /app/data/older.db}
  cache_*.db: {role: retired, into: memory.db}
  litellm.db: {role: external}
  perf.db: {role: undecided}
env_aliases: {OLD_DB: ZOE_DB}
accessor: {module: db_config, style: function, roots: ["services/*", .]}
data_dirs: [/app/data, data]
temporary: [/tmp, "tests/**"]
config_files: ["**/db_config.py"]
exclude: ["docs/**"]
review: ["migrate_*.py"]
"""


def test_minimal_policy_has_the_documented_defaults(load, tmp_path):
    policy = load(MINIMAL)
    database = policy.primary
    assert policy.source == tmp_path / "dbfold.yaml"
    assert policy.root == tmp_path
    assert (database.name, database.role, database.env) == ("zoe.db", Role.PRIMARY, "DATABASE_PATH")
    assert policy.accessor == Accessor("database_config", AccessorStyle.CONSTANT, (".",))
    assert policy.temporary == ("/tmp",)
    assert (policy.data_dirs, policy.exclude, policy.review, policy.config_files) == ((), (), (), ())
    assert policy.env_aliases == {}


def test_full_policy(load):
    policy = load(FULL)
    assert list(policy.databases) == [
        "zoe.db", "memory.db", "old.db", "older.db", "cache_*.db", "litellm.db", "perf.db",
    ]  # fmt: skip
    assert [entry.env for entry in policy.kept] == ["ZOE_DB", "MEMORY_DATABASE_PATH"]
    assert policy.databases["memory.db"].only == ("a.py", "b/**")
    assert policy.target(policy.databases["old.db"]) is policy.primary
    assert policy.find("cache_7.db").into == "memory.db"
    assert policy.accessor == Accessor("db_config", AccessorStyle.FUNCTION, ("services/*", "."))
    assert policy.aliases_of(policy.primary) == ("OLD_DB",)
    assert policy.data_directories == {"/app/data", "data"}


def test_the_policy_of_the_example_loads():
    example = Path(__file__).parents[2] / "examples" / "zoe" / "dbfold.yaml"
    assert load_policy(example).primary.name == "zoe.db"


def test_a_loaded_policy_crosses_a_process(load):
    policy = load(FULL)
    assert pickle.loads(pickle.dumps(policy)) == policy


@pytest.mark.parametrize(
    ("name", "env"),
    [
        ("memory.db", "MEMORY_DATABASE_PATH"),
        ("light-rag.v2.sqlite3", "LIGHT_RAG_V2_DATABASE_PATH"),
        ("2024.db", "_2024_DATABASE_PATH"),
        ("gedächtnis.db", "GED_CHTNIS_DATABASE_PATH"),
    ],
)
def test_default_variable_of_a_specialized_database(load, name, env):
    policy = load(MINIMAL + f"  {name}: {{role: specialized, path: /app/data/{name}}}\n")
    assert policy.databases[name].env == env


# --- anchors, aliases, merge keys ---


def test_anchor_and_alias(load):
    policy = load(MINIMAL + "  a.db: &gone {role: retired, into: zoe.db}\n  b.db: *gone\n")
    assert policy.databases["b.db"].name == "b.db"
    assert policy.databases["b.db"].into == "zoe.db"


def test_merge_key_gives_what_the_mapping_does_not_say_itself(load):
    policy = load(
        MINIMAL + "  a.db: &gone {role: retired, into: zoe.db, reason: old}\n" + "  b.db: {<<: *gone, reason: older}\n"
    )
    assert policy.databases["b.db"].role is Role.RETIRED
    assert policy.databases["b.db"].reason == "older"


def test_earlier_of_two_merged_mappings_wins_and_nested_merges_follow(load):
    policy = load(
        MINIMAL
        + "  a.db: &a {role: retired, into: zoe.db, reason: a}\n"
        + "  b.db: &b {role: retired, into: a.db}\n"
        + "  c.db: {<<: [*b, *a]}\n"
        + "  d.db: &d {<<: *b}\n"
        + "  e.db: {<<: *d}\n"
    )
    assert (policy.databases["c.db"].into, policy.databases["c.db"].reason) == ("a.db", "a")
    assert policy.databases["e.db"].into == "a.db"


def test_a_mapping_that_merges_itself_ends(load):
    policy = load(MINIMAL + "  a.db: &a {<<: *a, role: external}\n")
    assert policy.databases["a.db"].role is Role.EXTERNAL


def test_an_error_in_an_aliased_mapping_is_named_where_it_is_written(load):
    with pytest.raises(PolicyError) as caught:
        load(MINIMAL + "  a.db: &gone {role: retird, into: zoe.db}\n  b.db: *gone\n")
    assert [(problem.line, problem.key_path[1]) for problem in caught.value.problems] == [
        (4, "a.db"),
        (4, "b.db"),
    ]


@pytest.mark.parametrize("prefix", [b"\xef\xbb\xbf", b"# comment\r\n", b"---\n"])
def test_byte_order_mark_comment_and_document_start(load, prefix):
    assert load(prefix + MINIMAL.encode()).primary.name == "zoe.db"


def test_windows_line_ends(load):
    assert load(MINIMAL.replace("\n", "\r\n").encode()).primary.name == "zoe.db"


# --- errors: one table, each with its exact line and key path ---

HEAD = "version: 1\ndatabases:\n  zoe.db: {role: primary, path: /d/zoe.db}\n"

ERRORS = [
    # the file as a whole
    ("", 1, "", "empty; write at least 'version: 1'"),
    ("# nothing\n\n", 1, "", "empty"),
    ("---\n", 1, "", "empty"),
    ("\n- a\n", 2, "", "expected keys and values; begin with 'version: 1'"),
    ("zoe.db\n", 1, "", "expected keys and values"),
    ("version: 1\ndatabases: {\n  a: b\n", 4, "", "not YAML: "),
    ("version: 1\n\tdatabases: 1\n", 2, "", "not YAML: found a tab"),
    ("version: 1\n---\nversion: 1\n", 2, "", "not YAML: but found another document"),
    ("version: *nowhere\n", 1, "", "not YAML: found undefined alias"),
    (b"version: 1\n# caf\xe9\n", 2, "", "not UTF-8; save the file with that encoding"),
    (b"version: 1\n# bell \x07\n", 2, "", "not YAML: a control character"),
    # keys
    (HEAD + "version: 1\n", 4, "version", "duplicate key; it is already on line 1"),
    (HEAD + "  zoe.db: {role: external}\n", 4, "databases.zoe.db", "duplicate key; it is already on line 3"),
    (HEAD + "  a.db: {role: external,\n    role: external}\n", 5, "databases.a.db.role", "duplicate key"),
    (HEAD + "acessor: {}\n", 4, "acessor", "unknown key; did you mean 'accessor'?"),
    (HEAD + "colour: red\n", 4, "colour", "unknown key; the keys here are version, databases, env_aliases, "),
    (HEAD + "  a.db:\n    rol: external\n", 5, "databases.a.db.rol", "unknown key; did you mean 'role'?"),
    (HEAD + "accessor:\n  modul: x\n", 5, "accessor.modul", "unknown key; did you mean 'module'?"),
    (HEAD + "? [a, b]\n: 1\n", 4, "", "expected text for a key, found a list"),
    (HEAD + "  a.db: {<<: text, role: external}\n", 4, "databases.a.db.<<", "expected an alias of a mapping"),
    # what is missing
    (HEAD.replace("version: 1", "#"), 1, "version", "missing; write a whole number"),
    ("version: 1\n", 1, "databases", "missing; write a mapping such as {key: value}"),
    (
        HEAD + "  a.db: {into: zoe.db}\n",
        4,
        "databases.a.db.role",
        "missing; write one of primary, specialized",
    ),
    (HEAD + "  a.db:\n", 4, "databases.a.db", "empty; write a mapping such as {role: ...}"),
    (HEAD + "accessor:\n", 4, "accessor", "empty; write a mapping such as {module: ...}"),
    (HEAD + "exclude:\n", 4, "exclude", "empty; write a list such as [a, b], or remove the key"),
    (HEAD + "exclude:\n- a\n-\n", 6, "exclude[1]", "empty; write text"),
    (HEAD + "exclude: ['']\n", 4, "exclude[0]", "empty; write text"),
    (HEAD + "env_aliases: {A: }\n", 4, "env_aliases.A", "empty; write text, or remove the key"),
    # types
    (HEAD.replace("1", "'1'"), 1, "version", "expected a whole number without quotes, found text"),
    (HEAD.replace("1", "1.0"), 1, "version", "expected a whole number without quotes, found a number with"),
    (HEAD.replace("1", "2"), 1, "version", "this dbfold reads version 1; write that"),
    (HEAD + "exclude: docs/**\n", 4, "exclude", 'expected a list; write ["docs/**"]'),
    (HEAD + "exclude: {a: b}\n", 4, "exclude", "expected a list such as [a, b], found a mapping"),
    (HEAD + "exclude: [a,\n  [b]]\n", 5, "exclude[1]", "expected text, found a list"),
    (HEAD + "exclude: [1]\n", 4, "exclude[0]", "expected text, found a number; put it in quotes: '1'"),
    (HEAD + "accessor: function\n", 4, "accessor", "expected a mapping such as {module: ...}, found text"),
    (HEAD + "accessor: {module: on}\n", 4, "accessor.module", "found true or false; put it in quotes: 'on'"),
    (HEAD + "accessor: {module: {a: b}}\n", 4, "accessor.module", "expected text, found a mapping"),
    (
        "version: 1\ndatabases: [a.db]\n",
        2,
        "databases",
        "expected a mapping such as {key: value}, found a list",
    ),
    (HEAD + "  a.db: external\n", 4, "databases.a.db", "expected a mapping such as {role: ...}, found text"),
    (HEAD + "  a.db: {role: specialised}\n", 4, "databases.a.db.role", "did you mean 'specialized'?"),
    (HEAD + "  a.db: {role: xyz}\n", 4, "databases.a.db.role", "unknown value 'xyz'; write one of primary, "),
    (HEAD + "  a.db: {role: [external]}\n", 4, "databases.a.db.role", "expected one of primary"),
    (HEAD + "accessor: {style: functions}\n", 4, "accessor.style", "did you mean 'function'?"),
    # names and paths of databases
    ("version: 1\ndatabases: {}\n", 2, "databases", "no primary database; give one of them 'role: primary'"),
    (
        HEAD + "  a.db:\n    path: /d/a.db\n    role: primary\n",
        6,
        "databases.a.db.role",
        "second primary database beside 'zoe.db' on line 3; choose one",
    ),
    (HEAD + "  d/a.db: {role: external}\n", 4, "databases.d/a.db", "expected a file name; write 'a.db'"),
    (HEAD + "  d\\a.db: {role: external}\n", 4, "databases.d\\a.db", "expected a file name; write 'a.db'"),
    (HEAD + "  '': {role: external}\n", 4, "databases.", "not a file name"),
    (HEAD + "  '..': {role: external}\n", 4, "databases...", "not a file name"),
    (HEAD + '  "a\\nb": {role: external}\n', 4, "databases.a\nb", "not a file name"),
    (
        HEAD + "  'a*.db': {role: specialized, path: '/d/a*.db'}\n",
        4,
        "databases.a*.db",
        "a specialized database is one file, not a pattern",
    ),
    (
        "version: 1\ndatabases:\n  a.db: {role: primary}\n",
        3,
        "databases.a.db.path",
        "missing; a primary database",
    ),
    (
        HEAD + "  a.db: {role: specialized}\n",
        4,
        "databases.a.db.path",
        "missing; a specialized database needs one",
    ),
    (
        HEAD + "  a.db:\n    role: specialized\n    path: /d/b.db\n",
        6,
        "databases.a.db.path",
        "ends in 'b.db', the key is 'a.db'; make them equal",
    ),
    (HEAD + "  a.db: {role: specialized, path: /d/}\n", 4, "databases.a.db.path", "ends in ''"),
    (
        HEAD + "  a.db: {role: specialized, path: 'sqlite:////d/a.db'}\n",
        4,
        "databases.a.db.path",
        "a URL; write the path of the file",
    ),
    # environment variables
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db,\n    env: A-DB}\n",
        5,
        "databases.a.db.env",
        "'A-DB' is not a variable name; use letters, digits and _",
    ),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db, env: CLASS}\n",
        4,
        "databases.a.db.env",
        "'CLASS' makes an accessor that hides a name of Python; choose another",
    ),
    (HEAD + "  a.db: {role: specialized, path: /d/a.db, env: OS}\n", 4, "databases.a.db.env", "hides a name"),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db, env: Str}\n",
        4,
        "databases.a.db.env",
        "hides a name",
    ),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db, env: _ALIAS}\n",
        4,
        "databases.a.db.env",
        "hides a name",
    ),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db, env: DATABASE_PATH}\n",
        4,
        "databases.a.db.env",
        "'DATABASE_PATH' already belongs to 'zoe.db' on line 3; write another",
    ),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db}\n  a.db3: {role: specialized, path: /d/a.db3}\n",
        5,
        "databases.a.db3.env",
        "'A_DATABASE_PATH' already belongs to 'a.db' on line 4",
    ),
    (
        HEAD + "  a.db: {role: retired, into: zoe.db, env: A}\n",
        4,
        "databases.a.db.env",
        "unused for role retired; remove the key, or move it to 'env_aliases'",
    ),
    # into and only
    (
        HEAD + "  a.db: {role: retired}\n",
        4,
        "databases.a.db.into",
        "missing; a retired database needs the database",
    ),
    (HEAD + "  a.db: {role: external, into: zoe.db}\n", 4, "databases.a.db.into", "unused for role external"),
    (
        HEAD + "  a.db: {role: retired, into: zoo.db}\n",
        4,
        "databases.a.db.into",
        "'zoo.db' is not declared under 'databases'; did you mean 'zoe.db'?",
    ),
    (
        HEAD + "  a.db: {role: retired, into: elsewhere.sqlite}\n",
        4,
        "databases.a.db.into",
        "'elsewhere.sqlite' is not declared under 'databases'; the databases that remain are zoe.db",
    ),
    (
        HEAD + "  a.db: {role: retired, into: 'c*.db'}\n  'c*.db': {role: retired, into: zoe.db}\n",
        4,
        "databases.a.db.into",
        "'c*.db' is a pattern; name one database",
    ),
    (
        HEAD + "  a.db: {role: retired, into: b.db}\n  b.db: {role: undecided}\n",
        4,
        "databases.a.db.into",
        "'b.db' is undecided; name a primary or specialized database",
    ),
    (
        HEAD + "  a.db: {role: retired, into: b.db}\n  b.db: {role: retired, into: c.db}\n  c.db: {role: external}\n",
        5,
        "databases.b.db.into",
        "'c.db' is external",
    ),
    (
        HEAD
        + "  x.db: {role: retired, into: b.db}\n"
        + "  a.db: {role: retired, into: b.db}\n"
        + "  b.db: {role: retired, into: a.db}\n",
        5,
        "databases.a.db.into",
        "goes in a circle: a.db -> b.db -> a.db; let it end in a database that remains",
    ),
    (
        HEAD + "  a.db: {role: retired, into: a.db}\n",
        4,
        "databases.a.db.into",
        "goes in a circle: a.db -> a.db",
    ),
    (HEAD + "  a.db: {role: external, only: [x.py]}\n", 4, "databases.a.db.only", "unused for role external"),
    (
        HEAD + "  a.db: {role: specialized, path: /d/a.db, only: ['!x.py']}\n",
        4,
        "databases.a.db.only[0]",
        "exceptions with '!' are not supported",
    ),
    # aliases
    (
        HEAD + "env_aliases:\n  OLD: DATABASE_PAHT\n",
        5,
        "env_aliases.OLD",
        "'DATABASE_PAHT' is not the variable of a database that remains; did you mean 'DATABASE_PATH'?",
    ),
    (
        HEAD + "env_aliases: {OLD: X}\n",
        4,
        "env_aliases.OLD",
        "database that remains; there are DATABASE_PATH",
    ),
    (
        HEAD + "env_aliases: {OLD-DB: DATABASE_PATH}\n",
        4,
        "env_aliases.OLD-DB",
        "'OLD-DB' is not a variable name",
    ),
    (
        HEAD + "env_aliases: {DATABASE_PATH: DATABASE_PATH}\n",
        4,
        "env_aliases.DATABASE_PATH",
        "is the variable of a database that remains; remove the alias",
    ),
    # accessor
    (HEAD + "accessor: {module: db-config}\n", 4, "accessor.module", "'db-config' is not a module name"),
    (HEAD + "accessor: {module: db_config.py}\n", 4, "accessor.module", "not a module name"),
    (HEAD + "accessor: {module: class}\n", 4, "accessor.module", "not a module name"),
    (HEAD + "accessor: {module: __init__}\n", 4, "accessor.module", "not a module name"),
    (
        HEAD + "accessor: {module: sqlite3}\n",
        4,
        "accessor.module",
        "'sqlite3' would hide a module of Python's",
    ),
    (HEAD + "accessor: {roots: []}\n", 4, "accessor.roots", 'empty; write ["."]'),
    (
        HEAD + "accessor:\n  roots:\n  - ok\n  - ../up\n",
        7,
        "accessor.roots[1]",
        "'../up' is not below the policy's",
    ),
    (HEAD + "accessor: {roots: [/app]}\n", 4, "accessor.roots[0]", "write it relative, without '..'"),
    (HEAD + "accessor: {roots: ['C:\\app']}\n", 4, "accessor.roots[0]", "not below"),
    # directories and patterns
    (HEAD + "data_dirs: [a, /d/*]\n", 4, "data_dirs[1]", "a directory cannot be a pattern; list each one"),
    (HEAD + "temporary: [/d, /d/**]\n", 4, "temporary[1]", "a directory cannot be a pattern; cut it before"),
    (HEAD + "exclude: [a, '!b']\n", 4, "exclude[1]", "exceptions with '!' are not supported"),
    (HEAD + "review: ['!b']\n", 4, "review[0]", "exceptions with '!'"),
    (HEAD + "config_files: ['!b']\n", 4, "config_files[0]", "exceptions with '!'"),
    (HEAD + "temporary: ['!b']\n", 4, "temporary[0]", "exceptions with '!'"),
    # rules
    (HEAD + "rules: {ignore: [DBF01]}\n", 4, "rules.ignore[0]", "unknown value 'DBF01'; did you mean 'DBF0"),
    (HEAD + "rules: {ignore: DBF001}\n", 4, "rules.ignore", 'expected a list; write ["DBF001"]'),
    (
        HEAD + "rules:\n  per_file_ignores:\n    a.py: [DBF999]\n",
        6,
        "rules.per_file_ignores.a.py[0]",
        "unknown value 'DBF999'",
    ),
    (HEAD + "rules: {per_file_ignores: {'!a.py': [DBF001]}}\n", 4, "rules.per_file_ignores.!a.py", "exceptions"),
    (HEAD + "rules: {connect_in: ['!b']}\n", 4, "rules.connect_in[0]", "exceptions with '!'"),
    (HEAD + "rules: {baseline: /tmp/x.json}\n", 4, "rules.baseline", "not a file below the policy's directory"),
    (HEAD + "rules: {baseline: a/../../x}\n", 4, "rules.baseline", "write it relative, without '..'"),
    (HEAD + "rules: {ignores: [DBF001]}\n", 4, "rules.ignores", "did you mean 'ignore'?"),
]


@pytest.mark.parametrize(("text", "line", "key", "message"), ERRORS)
def test_error_names_file_line_key_and_remedy(write_policy, monkeypatch, text, line, key, message):
    path = write_policy(text)
    monkeypatch.chdir(path.parent)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert len(caught.value.problems) == 1
    shown = f"dbfold.yaml:{line}: {key}: " if key else f"dbfold.yaml:{line}: "
    assert str(caught.value).startswith(shown)
    assert message in str(caught.value)[len(shown) :]


def test_all_problems_are_named_at_once_in_the_order_of_the_file(write_policy, monkeypatch):
    path = write_policy(
        """\
        version: 1
        databases:
          a.db: {role: primary, path: /d/b.db, colour: red}
          b.db: {role: specialised}
          c.db: {role: retired, into: x.db}
        data_dirs: data
        accessor: {module: json, roots: []}
        """
    )
    monkeypatch.chdir(path.parent)
    with pytest.raises(PolicyError) as caught:
        load_policy(path)
    assert [line.split(": ")[:2] for line in str(caught.value).splitlines()] == [
        ["dbfold.yaml:3", "databases.a.db.colour"],
        ["dbfold.yaml:4", "databases.b.db.role"],
        ["dbfold.yaml:5", "databases.c.db.into"],
        ["dbfold.yaml:6", "data_dirs"],
        ["dbfold.yaml:7", "accessor.module"],
        ["dbfold.yaml:7", "accessor.roots"],
    ]


@pytest.mark.parametrize(
    "text",
    [
        # the broken database is the primary one, the target of another, and the owner of a variable
        "version: 1\ndatabases:\n"
        "  zoe.db: {rol: primary, path: /d/zoe.db}\n"
        "  a.db: {role: retired, into: zoe.db}\n"
        "env_aliases: {OLD: DATABASE_PATH}\n",
        HEAD.replace("path:", "pth:") + "  a.db: {role: retired, into: zoe.db}\n",
    ],
)
def test_one_slip_makes_one_problem(load, text):
    with pytest.raises(PolicyError) as caught:
        load(text)
    assert len(caught.value.problems) == 1


# --- the file itself ---


def test_missing_file(tmp_path):
    with pytest.raises(PolicyError, match=r"dbfold\.yaml: no such file; write it, or name another with --policy"):
        load_policy(tmp_path / "dbfold.yaml")


def test_directory_in_place_of_the_file(tmp_path):
    with pytest.raises(PolicyError, match=r"is a directory; name the file: .*dbfold\.yaml$"):
        load_policy(tmp_path)


def test_unreadable_file(write_policy, monkeypatch):
    path = write_policy(MINIMAL)

    def refuse(self):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "read_bytes", refuse)
    with pytest.raises(PolicyError, match=r"cannot be read \(Permission denied\); check the file's permissions"):
        load_policy(path)


def test_deep_nesting_is_an_error_of_the_user(load):
    with pytest.raises(PolicyError):
        load("version: " + "[" * 5000 + "]" * 5000)


def test_error_is_a_user_error_and_survives_pickling(load):
    with pytest.raises(UserError) as caught:
        load("version: 2\ndatabases: {}\n")
    copy = pickle.loads(pickle.dumps(caught.value))
    assert (str(copy), copy.problems) == (str(caught.value), caught.value.problems)


def test_source_is_absolute_for_a_relative_path(write_policy, monkeypatch):
    path = write_policy(MINIMAL)
    (path.parent / "below").mkdir()
    monkeypatch.chdir(path.parent / "below")
    assert load_policy(Path("../dbfold.yaml")).source == path


# --- finding ---


def test_find_walks_up_from_a_file_a_directory_and_a_file_to_be(tmp_path):
    policy = tmp_path / "dbfold.yaml"
    policy.touch()
    deep = tmp_path / "a" / "b"
    deep.mkdir(parents=True)
    (deep / "c.py").touch()
    for start in (tmp_path, deep, deep / "c.py", deep / "new.py", policy):
        assert find_policy(start) == policy


def test_find_takes_the_nearest_and_passes_over_directories_of_that_name(tmp_path):
    (tmp_path / "dbfold.yaml").touch()
    inner = tmp_path / "a"
    (inner / "b" / "dbfold.yaml").mkdir(parents=True)
    assert find_policy(inner / "b") == tmp_path / "dbfold.yaml"
    (inner / "dbfold.yaml").touch()
    assert find_policy(inner / "b") == inner / "dbfold.yaml"


def test_find_from_a_relative_path(tmp_path, monkeypatch):
    (tmp_path / "dbfold.yaml").touch()
    (tmp_path / "a").mkdir()
    monkeypatch.chdir(tmp_path / "a")
    assert find_policy(Path()) == tmp_path / "dbfold.yaml"


def test_find_names_the_directories_it_searched(tmp_path, monkeypatch):
    monkeypatch.setattr("dbfold.policy.loading.POLICY_FILE_NAME", "surely-nowhere.yaml")
    with pytest.raises(UserError) as caught:
        find_policy(tmp_path)
    message = str(caught.value)
    assert f"(searched: {tmp_path}, {tmp_path.parent}, " in message
    assert message.endswith("or name the file with --policy")


def test_find_passes_over_a_directory_that_may_not_be_read(tmp_path, monkeypatch):
    (tmp_path / "dbfold.yaml").touch()
    (tmp_path / "a").mkdir()
    is_file = Path.is_file

    def refuse(self):
        if self.parent.name == "a":
            raise PermissionError(13, "Permission denied")
        return is_file(self)

    monkeypatch.setattr(Path, "is_file", refuse)
    assert find_policy(tmp_path / "a") == tmp_path / "dbfold.yaml"


# --- costs ---


def test_loading_imports_nothing_heavy():
    code = "import sys, dbfold.policy.loading, dbfold.policy.matching; print(*sys.modules)"
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    modules = subprocess.run(
        [sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"difflib", "jsonschema", "json", "libcst", "rich", "subprocess"} & set(modules)


def test_without_the_c_parser(load, monkeypatch):
    import yaml

    monkeypatch.setattr("dbfold.policy.loading._LOADER", yaml.SafeLoader)
    assert isinstance(load(FULL), Policy)
    for data in (b"version: 1\n# bell \x07\n", b"version: [\n"):
        with pytest.raises(PolicyError, match=r"dbfold.yaml:2: not YAML"):
            load(data)


BASE = "version: 1\ndatabases:\n  zoe.db: {role: primary, path: /d/zoe.db}\n  auth.db: {role: retired, into: zoe.db}\n"


def test_the_decisions_of_the_move_are_read(load):
    policy = load(
        BASE + "tables: {users: {key: [username], on_conflict: newest, newest_by: seen, columns: unify}}\n"
        "rename: {auth.db: {sessions: login_sessions}}\n"
        "foreign_keys: {auth.db: {sessions.user_id: users.id, sessions.place_id: none}}\n"
        "services: {stop: ./stop, start: ./start, health: [curl x]}\n"
    )
    assert policy.tables["users"].key == ("username",)
    assert policy.tables["users"].name == "users"
    assert policy.rename == {"auth.db": {"sessions": "login_sessions"}}
    assert policy.foreign_keys["auth.db"]["sessions.place_id"] == "none"
    assert policy.services.health == ("curl x",)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("tables: {users: {on_conflict: newest}}", "tables.users.newest_by: missing"),
        ("tables: {users: {newest_by: seen}}", "tables.users.newest_by: unused"),
        ("tables: {users: {on_conflict: keep_target}}", "did you mean 'keep-target'?"),
        ("rename: {oauth.db: {a: b}}", "rename.oauth.db: 'oauth.db' is not declared"),
        ("rename: {zoe.db: {a: b}}", "only what moves out of a retired database is renamed"),
        ("rename: {auth.db: {a: sqlite_a}}", "SQLite keeps for itself"),
        ("foreign_keys: {auth.db: {user_id: users.id}}", "write table.column"),
        ("foreign_keys: {auth.db: {a.user_id: users}}", "write table.column, or none"),
        ("services: {stop: ./stop}", "services.start: missing"),
    ],
)
def test_decisions_that_contradict_themselves_are_errors(load, text, message):
    with pytest.raises(PolicyError, match=re.escape(message)):
        load(BASE + text + "\n")
