"""Code and data move by the same decision: what the code reads and writes before the move, it reads and writes after.

Random databases, and a random program for each. The programs run on the databases as they are; then dbfold decides,
rewrites the programs and moves the rows, and they run again.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from dbfold import datamove
from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.journey.checking import check
from dbfold.journey.judging import Effect
from dbfold.journey.proposals import propose, written
from dbfold.policy.loading import load_policy
from dbfold.references.model import Action

EXAMPLES = int(os.environ.get("DBFOLD_EXAMPLES", "25"))
DATABASES = ("main.db", "one.db", "two.db")
TABLES = ("users", "items", "odd name", "select")
COLUMNS = ("users", "items", "value", "Note")
POLICY = """\
version: 1
databases:
  main.db: {{role: primary, path: {data}/main.db, env: DATABASE_PATH}}
  one.db: {{role: retired, into: main.db}}
  two.db: {{role: retired, into: main.db}}
accessor: {{roots: ["."]}}
data_dirs: ["{data}"]
temporary: ["nothing/**"]
"""


def quotings(name):
    forms = [f'"{name}"', f"[{name}]", f"`{name}`"]
    return st.sampled_from([*forms, name, name.upper()] if name in ("users", "items") else forms)


@st.composite
def tables(draw):
    """Names with columns and rows; every table has an id."""
    found = {}
    for name in draw(st.lists(st.sampled_from(TABLES), min_size=1, max_size=3, unique=True)):
        columns = draw(st.lists(st.sampled_from(COLUMNS), max_size=3, unique=True))
        row = st.tuples(*(st.none() | st.integers(0, 3) | st.sampled_from(["users", "x"]) for _ in columns))
        found[name] = (columns, draw(st.lists(row, max_size=3)))
    return found


@st.composite
def statements(draw, schema):
    """One statement, and whether it writes."""
    name = draw(st.sampled_from(sorted(schema)))
    columns, _ = schema[name]
    other = draw(st.sampled_from(sorted(schema)))
    table, again, second = draw(quotings(name)), draw(quotings(name)), draw(quotings(other))
    column = f'"{draw(st.sampled_from(columns))}"' if columns else "id"
    return draw(
        st.sampled_from(
            [
                f"SELECT * FROM {table} ORDER BY id",
                f"SELECT {again}.id, {again}.* FROM {table} WHERE {again}.{column} IS NOT NULL ORDER BY {again}.id",
                f"SELECT x.id, x.{column} FROM {table} AS x JOIN {second} AS users ON users.id = x.id ORDER BY 1",
                f"SELECT count(*) FROM {table} WHERE id IN (SELECT id FROM {second} /* {name} */)",
                f"WITH {second} AS (SELECT 1 AS id) SELECT id, 'users' FROM {second} -- {name}",
                f"WITH x AS (SELECT * FROM {table}) SELECT x.id FROM x ORDER BY id",
                f"SELECT (SELECT max({again}.id) FROM {again}), '{name}' FROM {table} ORDER BY id",
                f"SELECT name FROM pragma_table_info('{name}')",
                f"INSERT INTO {table} (id, {column}) VALUES (9, 'users') ON CONFLICT (id) DO UPDATE SET id = {again}.id"
                if column != "id"
                else f"INSERT INTO {table} (id) SELECT 99 + count(*) FROM {second}",
                f"UPDATE {table} SET {column} = {again}.id + 50 WHERE {again}.id = 1",
                f"DELETE FROM {table} WHERE id IN (SELECT max(id) FROM {second})",
                f"REPLACE INTO {table} VALUES ({', '.join(['1'] * (len(columns) + 1))})",
            ]
        )
    )


STYLES = ("plain", "triple", "pieces", "constant", "list", "raw")


def as_code(number, sql, style):
    """Python that puts a statement into `sql_N`, and what is executed."""
    middle = sql.index(" ") + 1
    match style:
        case "triple":
            return f'sql_{number} = """\n    {sql}\n"""', f"sql_{number}"
        case "pieces":
            return "", f"{sql[:middle]!r} {sql[middle:]!r}"
        case "constant":
            return f"SQL_{number} = {sql!r}", f"SQL_{number}"
        case "list":
            return f"LIST_{number} = [{sql!r}]", f"LIST_{number}[0]"
        case "raw":
            return f"RAW_{number} = r'''{sql}'''", f"RAW_{number}"
    return "", repr(sql)


def program(database, data, texts):
    """A module that runs its statements and prints what they give, and what is in the tables then."""
    above, body = [], []
    for number, (sql, style) in enumerate(texts):
        constant, used = as_code(number, sql, style)
        above += [constant] if constant else []
        body += ["    try:", f"        show(connection.execute({used}))", "    except sqlite3.Error as error:"]
        body += ["        print(type(error).__name__)"]
    return "\n".join(
        [
            "import sqlite3",
            "",
            f'PATH = "{data}/{database}"',
            *above,
            "",
            "",
            "def show(cursor):",
            "    print(sorted(map(repr, cursor.fetchall())), cursor.description and len(cursor.description))",
            "",
            "",
            "def main():",
            "    connection = sqlite3.connect(PATH)",
            *body,
            "    connection.rollback()",
            "",
            "",
            'if __name__ == "__main__":',
            "    main()",
            "",
        ]
    )


def run(file):
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_PATH"}
    command = [sys.executable, "-S", "-E", str(file)]
    return subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout


@st.composite
def applications(draw):
    found = {}
    for database in DATABASES:
        schema = draw(tables())
        texts = draw(st.lists(st.tuples(statements(schema), st.sampled_from(STYLES)), min_size=1, max_size=4))
        found[database] = (schema, texts)
    return found


@pytest.mark.slow
@settings(
    max_examples=EXAMPLES,
    deadline=None,
    phases=[Phase.generate],  # an example is long as it is, and shrinking one takes minutes
    derandomize="DBFOLD_EXAMPLES" not in os.environ,
    suppress_health_check=list(HealthCheck),
)
@given(applications())
def test_programs_give_the_same_after_the_move(application):
    root = Path(tempfile.mkdtemp(prefix="differential-"))
    try:
        data = root / "data"
        data.mkdir()
        for database, (schema, texts) in application.items():
            with closing(sqlite3.connect(data / database)) as connection:
                for name, (columns, rows) in schema.items():
                    listed = ", ".join(["id INTEGER PRIMARY KEY", *(f'"{column}"' for column in columns)])
                    connection.execute(f'CREATE TABLE "{name}" ({listed})')
                    for number, row in enumerate(rows):
                        marks = ", ".join(["?"] * (len(columns) + 1))
                        connection.execute(f'INSERT INTO "{name}" VALUES ({marks})', (number, *row))
                connection.commit()
            (root / f"{database[:-3]}.py").write_text(program(database, data, texts))
        policy_file = root / "dbfold.yaml"
        policy_file.write_text(POLICY.format(data=data))
        before = {database: run(root / f"{database[:-3]}.py") for database in application}

        _decide(policy_file, application)
        policy = load_policy(policy_file)
        checked = check(policy)
        assert not checked.judged.of(Effect.BREAKS), checked.judged.of(Effect.BREAKS)
        prepared = prepare([root], policy, jobs=1)
        assert not prepared.scan.errors, prepared.scan.errors
        waiting = [one for one in prepared.scan.references if one.verdict.action is Action.REVIEW]
        assert not waiting, waiting
        write(prepared)
        datamove.run(policy, data)

        after = {database: run(root / f"{database[:-3]}.py") for database in application}
        assert after == before
        assert not prepare([root], policy, jobs=1).changes
    finally:
        shutil.rmtree(root, ignore_errors=True)


def _decide(policy_file, application):
    """The proposals; and other names for tables whose columns agree, or the rows of others would be seen, too."""
    policy = load_policy(policy_file)
    checked = check(policy)
    text = written(policy_file.read_text(), propose(policy, checked.outlook.before, checked.code.statements.statements))
    policy_file.write_text(text)
    renamed = load_policy(policy_file).rename
    seen = {name.lower() for name in application["main.db"][0]}
    from dbfold.policy.editing import with_entry

    for database in DATABASES[1:]:
        for name in application[database][0]:
            if name not in renamed.get(database, {}) and name.lower() in seen:
                text = with_entry(text, ("rename", database, name), f"{database[:-3]}_own_{name.replace(' ', '_')}")
            seen.add(name.lower())
    for _, names in list(load_policy(policy_file).tables.items()):
        assert names.columns is None, "rename is the safest where statements read all columns"
    policy_file.write_text(text)
