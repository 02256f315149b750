"""Tables that libraries name: the new name is written where the text is, or the database waits."""

from __future__ import annotations

import textwrap

import pytest

from tests.programs import Program

SCHEMAS = {
    "app.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, login TEXT)",
    "users.db": "CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT); CREATE TABLE posts (id INTEGER, user_id)",
}
RENAME = "rename: {users.db: {users: people}}\n"


def rewritten(root, code, decisions=RENAME, **files):
    """The code of a module after a rewrite, and what dbfold said. The libraries need not be there."""
    program = Program(root / "program", ("true",), schemas=SCHEMAS)
    sources = {
        "main.py": textwrap.dedent(code),
        **{f"{name}.py": textwrap.dedent(text) for name, text in files.items()},
    }
    outcome = program.fold(sources, decisions, move=False)
    return outcome.code["main.py"], outcome.said


SQLALCHEMY = """
    from sqlalchemy import Column, ForeignKey, Integer, String, create_engine
    from sqlalchemy.orm import DeclarativeBase
    engine = create_engine("sqlite:///data/users.db")
    class Base(DeclarativeBase):
        pass
    class User(Base):
        __tablename__ = "users"
        id = Column(Integer, primary_key=True)
        name = Column("users", String)
    class Post(Base):
        __tablename__ = "posts"
        user_id = Column(Integer, ForeignKey("users.id"))
"""
RENAMED = {
    "items of dataset": 'import dataset\ndb = dataset.connect("sqlite:///data/users.db")\nprint(list(db["users"]))\n',
    "items of sqlite_utils": """
        import sqlite_utils
        class Store:
            def __init__(self):
                self.db = sqlite_utils.Database("data/users.db")
            def all(self):
                return list(self.db["users"].rows), self.db.table("users").count
    """,
    "a frame": """
        import sqlite3
        import pandas as pd
        con = sqlite3.connect("data/users.db")
        pd.DataFrame({"name": ["x"]}).to_sql("users", con, if_exists="append", index=False)
        TABLE = "users"
        pd.DataFrame({"name": ["y"]}).to_sql(name=TABLE, con=con, if_exists="append")
    """,
    "a table of SQLAlchemy": """
        from sqlalchemy import Column, ForeignKey, Integer, MetaData, Table, create_engine
        engine = create_engine("sqlite:///data/users.db")
        users = Table("users", MetaData(), Column("id", Integer))
        posts = Table("posts", MetaData(), Column("user_id", Integer, ForeignKey("users.id")))
    """,
    "a model of peewee that names it": """
        from peewee import Model, SqliteDatabase, TextField
        db = SqliteDatabase("data/users.db")
        class User(Model):
            name = TextField()
            class Meta:
                database = db
                table_name = "users"
    """,
}
HELD = {
    "models of SQLAlchemy that name a column so": SQLALCHEMY,
    "a model of peewee": """
        from peewee import *
        db = SqliteDatabase("data/users.db")
        class Users(Model):
            name = TextField()
            class Meta:
                database = db
    """,
    "a model of SQLModel": """
        from sqlmodel import Field, SQLModel, create_engine
        engine = create_engine("sqlite:///data/users.db")
        class Users(SQLModel, table=True):
            id: int = Field(primary_key=True)
    """,
    "an entity of Pony": """
        from pony.orm import Database, PrimaryKey
        db = Database()
        db.bind(provider="sqlite", filename="data/users.db")
        class Users(db.Entity):
            id = PrimaryKey(int)
    """,
    "a table that is asked for": """
        from sqlalchemy import MetaData, create_engine
        engine = create_engine("sqlite:///data/users.db")
        class Other: pass
        metadata = MetaData()
        metadata.reflect(engine)
        users = metadata.tables["users"]
    """,
    "a computed item": 'import dataset, sys\ndb = dataset.connect("sqlite:///data/users.db")\nprint(db[sys.argv[1]])\n',
    "a frame that replaces": """
        import sqlite3
        import pandas as pd
        con = sqlite3.connect("data/users.db")
        pd.DataFrame({"name": ["x"]}).to_sql(open("t").read(), con, if_exists="replace")
    """,
}


@pytest.mark.parametrize("name", RENAMED)
def test_a_table_that_is_named_by_a_literal_is_renamed(tmp_path, name):
    code, said = rewritten(tmp_path, RENAMED[name])
    assert "users.db" not in code, said
    assert "people" in code
    assert '"users"' not in code


@pytest.mark.parametrize("name", HELD)
def test_a_table_that_nobody_can_rename_holds_the_database(tmp_path, name):
    code, said = rewritten(tmp_path, HELD[name])
    assert "data/users.db" in code, code
    assert "waits for main.py:" in said or "review" in said


def test_foreign_keys_follow(tmp_path):
    code, said = rewritten(tmp_path, SQLALCHEMY.replace('Column("users", String)', "Column(String)"))
    assert '__tablename__ = "people"' in code, said
    assert 'ForeignKey("people.id")' in code
    assert '__tablename__ = "posts"' in code


def test_a_model_of_one_of_two_databases_holds(tmp_path):
    both = SQLALCHEMY.replace('Column("users", String)', "Column(String)")
    code, _ = rewritten(tmp_path, both + '    other = create_engine("sqlite:///data/app.db")\n')
    assert "data/users.db" in code
    assert '__tablename__ = "users"' in code


def test_without_new_names_models_are_left_alone(tmp_path):
    code, _ = rewritten(tmp_path, HELD["a model of peewee"], "tables: {users: {columns: unify, key: [id]}}\n")
    assert "data/users.db" not in code


SCRIPT = "-- the users\nCREATE TABLE IF NOT EXISTS posts (id INTEGER, user_id INTEGER);\nDELETE FROM users;\n"


@pytest.mark.parametrize("reads", ["con.executescript(Path('schema.sql').read_text())", "run(con, 'sql/*.sql')"])
def test_a_script_that_names_it_holds(tmp_path, reads):
    program = Program(tmp_path / "program", ("true",), schemas=SCHEMAS)
    main = f'import sqlite3\nfrom pathlib import Path\ncon = sqlite3.connect("data/users.db")\n{reads}\n'
    outcome = program.fold({"main.py": main, "schema.sql": SCRIPT}, RENAME, move=False)
    assert "waits for schema.sql:3" in outcome.said
    assert "data/users.db" in outcome.code["main.py"]
    harmless = program.fold({"main.py": main, "schema.sql": SCRIPT.replace("FROM users", "FROM posts")}, RENAME, False)
    assert "schema.sql" not in harmless.said


FACTORIES = {
    "an alias": "import sqlalchemy as sa\nmake = sa.create_engine\n",
    "what a function returns": "from sqlalchemy import create_engine\ndef make(path):\n    return factory()(path)\n"
    "def factory():\n    return create_engine\n",
    "a parameter": "from sqlalchemy import create_engine\ndef run(of, path):\n    return of(path)\n"
    "def make(path):\n    return run(create_engine, path)\n",
}


@pytest.mark.parametrize("factory", FACTORIES.values(), ids=FACTORIES)
def test_a_mapper_that_is_called_by_another_name_is_one(tmp_path, factory):
    main = 'from engines import make\nengine = make("sqlite:///data/users.db")\n'
    models = textwrap.dedent(HELD["a model of SQLModel"]).replace(
        'engine = create_engine("sqlite:///data/users.db")', ""
    )
    code, said = rewritten(tmp_path, main, engines=factory, models=models)
    assert "data/users.db" in code, code
    assert "waits for models.py:" in said


def test_items_of_a_mapping_are_no_tables(tmp_path):
    main = """
        import sqlite3, sys  # no pandas
        SETTINGS = {"path": "data/users.db"}
        def names():
            with sqlite3.connect(SETTINGS[sys.argv[1]]) as con:
                return con.execute("SELECT name FROM users").fetchall()
    """
    code, said = rewritten(tmp_path, main)
    assert "FROM people" in code, said
