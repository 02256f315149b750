"""One module with references as a detector might report them: those that would harm become errors."""

import ast
import time

import pytest

from dbfold.base.text import LineTable
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.module import Accessors, rewrite_module
from dbfold.codemods.run import prepare
from dbfold.policy.loading import load_policy
from dbfold.policy.model import AccessorStyle
from dbfold.references.model import Action, Kind, Reference, Replacement, Verdict

POLICY = """
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db}
"""


@pytest.fixture
def rewrite(tmp_path):
    def run(text, *replacements, path="/app/data/zoe.db"):
        (tmp_path / "dbfold.yaml").write_text(POLICY)
        accessors = Accessors(load_policy(tmp_path / "dbfold.yaml"), AccessorStyle.CONSTANT)
        table = LineTable(text)
        references = [
            Reference(
                "module.py",
                table.span(start, end),
                "zoe.db",
                Kind.CALL_ARG,
                path,
                Verdict(Action.REWRITE, "", "zoe.db"),
                Replacement(start, end, template),
            )
            for start, end, template in replacements
        ]
        return rewrite_module(text, ast.parse(text), references, accessors)

    return run


COMMAND = "x = 'sqlite3 /app/data/zoe.db .tables'"


def test_a_text_that_says_the_same(rewrite):
    assert rewrite(COMMAND, (4, len(COMMAND), "f'sqlite3 {@} .tables'")).endswith(
        "x = f'sqlite3 {DATABASE_PATH} .tables'"
    )


@pytest.mark.parametrize(
    "template",
    ["f'sqlite3 {@} .table'", "f'sqlite {@} .tables'", "f'sqlite3 {@}{@} .tables'", "f'{@}'", "f'sqlite3 {@}.tables'"],
)
def test_a_text_that_says_something_else(rewrite, template):
    with pytest.raises(RewriteError, match=r"does not say what the old one said|fields in a text"):
        rewrite(COMMAND, (4, len(COMMAND), template))


def test_a_replacement_that_does_not_parse(rewrite):
    with pytest.raises(RewriteError):
        rewrite(COMMAND, (4, len(COMMAND), "f'{@"))


def test_two_replacements_of_one_place(rewrite):
    place = (4, len(COMMAND), "f'sqlite3 {@} .tables'")
    with pytest.raises(RewriteError, match="two replacements overlap"):
        rewrite(COMMAND, place, place)


LINES = {
    "statements": ("", 'x = "/app/data/zoe.db"  # é\n', "", 4000),
    "one statement": ("x = {\n", '    "é": "/app/data/zoe.db",\n', "}\n", 8000),
    "one definition": ("def f():\n", '    x("/app/data/zoe.db")\n', "", 2000),
}


@pytest.mark.parametrize(("start", "line", "end", "count"), LINES.values(), ids=LINES)
def test_thousands_of_places_in_a_file(rewrite, start, line, end, count):
    text = start + line * count + end
    first = line.index('"/app')
    places = [len(start) + number * len(line) + first for number in range(count)]
    begin = time.process_time()
    after = rewrite(text, *((place, place + len('"/app/data/zoe.db"'), "@") for place in places))
    assert after.count("DATABASE_PATH") == count + 1
    assert time.process_time() - begin < 10  # a quadratic search takes minutes


ENCODINGS = {
    "a mark that the codec writes": b"# coding: utf-8-sig\n",
    "two marks": b"\xef\xbb\xbf# coding: utf-8-sig\n",
    "a text that can be written in two ways": b"# coding: utf-7\n# +AGE-\n",
    "an escape that need not be one": b"# coding: raw_unicode_escape\n# \\u0061\n",
}


@pytest.mark.parametrize("start", ENCODINGS.values(), ids=ENCODINGS)
def test_an_encoding_that_would_change_other_bytes(tmp_path, start):
    (tmp_path / "dbfold.yaml").write_text(POLICY + "accessor: {roots: [.]}\n")
    file = tmp_path / "module.py"
    file.write_bytes(start + b'import sqlite3\nsqlite3.connect("/app/data/zoe.db")\n')
    prepared = prepare([file], load_policy(tmp_path / "dbfold.yaml"), jobs=1)
    assert not prepared.changes
    [error] = prepared.errors
    assert error.message == "not rewritten: its encoding cannot be written back byte for byte"
