"""A piece of SQL that nobody sees the whole of keeps its file from being rewritten."""

from __future__ import annotations

import pytest

from dbfold.base.spans import Span
from dbfold.code.parsing import parse
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.guided import require_whole
from dbfold.references.model import Action, Kind, Reference, Verdict


def reference(action):
    return Reference("a.py", Span(1, 1, 1, 2), "auth.db", Kind.LOCAL, "auth.db", Verdict(action, ""))


def require(text, known=(), action=Action.REWRITE, names=frozenset({"users", "a.b"})):
    require_whole(text, parse(text), [reference(action)], names, frozenset(known))


PIECES = {
    "joined": 'q += " JOIN users ON 1"\n',
    "in small letters": 'q += " from users"\n',
    "quoted": "q += ' FROM \"users\"'\n",
    "in brackets": 'q += " FROM [users]"\n',
    "in an f-string": 'q += f" FROM users WHERE {x}"\n',
    "a name that is a pattern": 'q += " FROM a.b"\n',
    "over several lines": 'q += """ FROM\n  users"""\n',
}


@pytest.mark.parametrize("text", PIECES.values(), ids=PIECES)
def test_a_piece_of_sql_is_refused(text):
    with pytest.raises(RewriteError, match=r"line 1 has a piece of SQL that names what gets another name"):
        require(text)


HARMLESS = {
    "a longer name": 'q += " FROM users_old"\n',
    "another word before it": 'q += " SELECT users"\n',
    "another name": 'q += " FROM axb"\n',
    "documentation": '"""Reads FROM users."""\n',
    "a comment": "x = 1  # FROM users\n",
    "an import": "from users import x\n",
}


@pytest.mark.parametrize("text", HARMLESS.values(), ids=HARMLESS)
def test_what_is_no_piece_of_sql_passes(text):
    require(text)


def test_a_statement_that_is_known_passes_and_one_beside_it_does_not():
    text = 'x(" FROM users")\ny(" FROM users")\n'
    first = (2, 15)
    with pytest.raises(RewriteError, match="line 2"):
        require(text, [first])
    require(text, [first, (19, 32)])


@pytest.mark.parametrize("action", [Action.REVIEW, Action.LEAVE])
def test_a_file_with_nothing_to_rewrite_is_not_asked(action):
    require(PIECES["joined"], action=action)
