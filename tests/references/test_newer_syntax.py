"""Source in syntax newer than the running Python is looked at and rewritten like any other."""

import ast

import pytest

from dbfold.code.newer_syntax import lowered
from dbfold.codemods.run import prepare
from dbfold.codemods.writing import write
from dbfold.policy.loading import load_policy

POLICY = """
version: 1
databases: {zoe.db: {role: primary, path: /app/data/zoe.db}}
accessor: {roots: [.]}
"""
HEAD = "import sqlite3\n\n"
NEWER = {
    "PEP 695 function": "def first[T: (int, str)](items: list[T]) -> T:\n    return PATH\n",
    "PEP 695 class": "class Store[T](dict[str, T]):\n    path: str = PATH\n",
    "PEP 695 alias": "type Rows[T] = list[T]\nDB = PATH\n",
    "PEP 695 alias in a block": "if True:\n    type Rows = list\n    DB = PATH\n",
    "PEP 701 same quotes": 'row = {"a": 1}\ntext = f"{row["a"]} {row["a"]!r:>10}"\nDB = PATH\n',
    "PEP 701 backslash": 'text = f"{"\\n".join(["ü"])}"\nDB = PATH\n',
    "PEP 701 both quotes": 'text = f"{"a" + \'b\'}"\nDB = PATH\n',
    "PEP 701 nested": 'text = f"{f"{f"{1}"}"}"\nDB = PATH\n',
    "PEP 758": "try:\n    DB = PATH\nexcept ValueError, TypeError:\n    pass\n",
    "PEP 750": 't = t"{1 + 1} and {HEAD}"\nDB = PATH\n'.replace("HEAD", "2"),
}


@pytest.mark.parametrize("source", NEWER.values(), ids=NEWER)
def test_lowered_source_parses_and_has_the_same_lines_and_columns(source):
    text = HEAD + source.replace("PATH", '"/app/data/zoe.db"')
    older = lowered(text)
    ast.parse(older)
    assert [len(line) for line in older.split("\n")] == [len(line) for line in text.split("\n")]


@pytest.mark.parametrize("source", NEWER.values(), ids=NEWER)
def test_newer_syntax_is_rewritten(tmp_path, source):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    file = tmp_path / "module.py"
    file.write_text(HEAD + source.replace("PATH", '"/app/data/zoe.db"'))
    policy = load_policy(tmp_path / "dbfold.yaml")
    prepared = prepare([file], policy, jobs=1)
    assert prepared.errors == ()
    write(prepared)
    expected = "import sqlite3\n\nfrom database_config import DATABASE_PATH\n\n"
    assert file.read_text() == expected + source.replace("PATH", "DATABASE_PATH")


def test_a_path_in_the_field_of_a_newer_f_string_is_reported(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    file = tmp_path / "module.py"
    file.write_text('import sqlite3\nprint(f"{sqlite3.connect("/app/data/zoe.db")}")\n')
    prepared = prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)
    assert not prepared.changes
    [reference] = prepared.scan.references
    assert (reference.span.line, reference.verdict.action) == (2, "review")


def test_what_no_parser_accepts_is_reported_with_its_line(tmp_path):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    file = tmp_path / "module.py"
    file.write_text('x = "/app/data/zoe.db"\nif x\n    pass\n')
    prepared = prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)
    assert not prepared.changes
    [error] = prepared.errors
    assert (error.line, error.message) == (2, "does not parse: expected ':'")
    [reference] = prepared.scan.references
    assert (reference.kind, reference.verdict.reason) == ("unparsed", "the file does not parse")


@pytest.mark.parametrize(
    "expression", ["(" * 3000 + "PATH" + ")" * 3000, "1+" * 5000 + "PATH"], ids=["brackets", "chain"]
)
def test_nesting_beyond_every_parser_is_reported_not_followed(tmp_path, expression):
    (tmp_path / "dbfold.yaml").write_text(POLICY)
    file = tmp_path / "module.py"
    file.write_text("type Alias = int\nX = " + expression.replace("PATH", '"/app/data/zoe.db"') + "\n")
    prepared = prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)
    assert not prepared.changes
    assert len(prepared.errors) == 1
    [reference] = prepared.scan.references
    assert reference.verdict.action == "review"
