"""Paths inside longer texts: what kind of text it is, and which shell commands can be rewritten."""

from __future__ import annotations

import pytest

from dbfold.references.languages.python.context import Context
from dbfold.references.languages.python.embedded import EmbeddedPath, paths_in, shell_word
from dbfold.references.model import Kind, Replacement

CODE = Context(Kind.CONSTANT)
SHELL = Context(Kind.CALL_ARG, shell=True)
MESSAGE = Context(Kind.MESSAGE, prose="text for people")
DOCUMENTATION = Context(Kind.DOCSTRING, prose="documentation")

PATH = "/app/zoe.db"
TEXTS = {
    "prose": (f"see {PATH} there", CODE, Kind.MESSAGE, "text for people"),
    "prose by its place": (f"see {PATH} there", MESSAGE, Kind.MESSAGE, "text for people"),
    "documentation": (f"ls {PATH} there", DOCUMENTATION, Kind.DOCSTRING, "documentation"),
    "a command by its program": (f"ls {PATH} now", CODE, Kind.EMBEDDED_SHELL, "a shell command in a string"),
    "a command after another": (f"cd x && /bin/cat {PATH}", CODE, Kind.EMBEDDED_SHELL, "a shell command in a string"),
    "a command by its place": (f"mytool {PATH}", SHELL, Kind.EMBEDDED_SHELL, "a shell command in a string"),
    "a message that begins like a command": (f"find {PATH} there", MESSAGE, Kind.MESSAGE, "text for people"),
    "SQL": (f"attach '{PATH}' as old", CODE, Kind.EMBEDDED_CODE, "SQL that names a database file"),
    "SQL in a message": (f"ATTACH '{PATH}' as old", MESSAGE, Kind.EMBEDDED_CODE, "SQL that names a database file"),
    "source": (f"import os\nx({PATH})", CODE, Kind.EMBEDDED_CODE, "source text in a string"),
    "JSON": (f'{{"db": {{"old": "{PATH}"}}}}', CODE, Kind.EMBEDDED_CODE, "data in a string"),
    "JSON in lines": (f'\n[\n  1, "{PATH}"\n]\n', CODE, Kind.EMBEDDED_CODE, "data in a string"),
    "YAML": (f"db:\n  old: {PATH}\n  size: 3\n", CODE, Kind.EMBEDDED_CODE, "data in a string"),
    "an INI file": (f"[db]\nold={PATH}\n", CODE, Kind.EMBEDDED_CODE, "data in a string"),
    "JSON for people": (f'{{"db": "{PATH}", "a": 1}}', MESSAGE, Kind.MESSAGE, "text for people"),
    "prose with a colon": (f"the database: {PATH}", CODE, Kind.MESSAGE, "text for people"),
    "prose in lines": (f"It reads\nthe file {PATH}: all of it.\n", CODE, Kind.MESSAGE, "text for people"),
    "no prose": (f"a|{PATH}|b", CODE, Kind.EMBEDDED_CODE, "part of a longer text that is no prose"),
    "configuration": (
        f"the text DB_PATH={PATH} in it",
        CODE,
        Kind.ENV_ASSIGNMENT,
        "a configuration file's text in a string",
    ),
    "configuration in a command": (f"ls DB_PATH={PATH}", CODE, Kind.EMBEDDED_SHELL, "a shell command in a string"),
    "configuration in a message": (f"set DB_PATH={PATH} there", MESSAGE, Kind.MESSAGE, "text for people"),
}


@pytest.mark.parametrize(("text", "context", "kind", "why"), TEXTS.values(), ids=TEXTS)
def test_kinds_of_texts(text, context, kind, why):
    assert [found[:3] for found in paths_in(text, context)] == [(PATH, kind, why)]


def test_a_url_is_named_by_its_path():
    found = list(paths_in(f"connect to sqlite:///{PATH} there", CODE))
    assert found == [EmbeddedPath(PATH, Kind.URL, "a URL inside a longer text", False)]


def test_patterns_are_told_from_the_files_beside_them_and_the_order_is_that_of_the_text():
    found = list(paths_in("see /a/*.db and /a/zoe.db there", CODE))
    assert [(one.text, one.kind) for one in found] == [("/a/*.db", Kind.GLOB), ("/a/zoe.db", Kind.MESSAGE)]


def test_only_the_line_of_the_path_says_what_stands_before_it():
    found = list(paths_in("DB_PATH=\n/app/zoe.db is it\n", CODE))
    assert [one.kind for one in found] == [Kind.MESSAGE]


WORDS = {
    "a word": ('"ls /app/zoe.db now"', 'f"ls {@} now"'),
    "the last word": ("'ls /app/zoe.db'", "f'ls {@}'"),
    "braces are doubled": ('"ls {a} /app/zoe.db"', 'f"ls {{a}} {@}"'),
    "part of a word": ('"ls x/app/zoe.db"', None),
    "an option's value": ('"ls --db=/app/zoe.db"', None),
    "in quotes of the shell": ("\"ls '/app/zoe.db'\"", None),
    "twice": ('"ls /app/zoe.db /app/zoe.db"', None),
    "beside another": ('"ls /app/zoe.db /app/auth.db"', None),
    "deleted": ('"rm /app/zoe.db"', None),
    "deleted later": ('"ls; sudo rm /app/zoe.db"', None),
    "overwritten": ('"ls > /app/zoe.db"', None),
    "an escape": ('"ls\\t /app/zoe.db"', None),
    "three quotes": ('"""ls /app/zoe.db"""', None),
    "two tokens": ('"ls " "/app/zoe.db"', None),
    "a prefix": ('r"ls /app/zoe.db"', None),
    "the accessor's own sign": ('"ssh a@b /app/zoe.db"', None),
}


@pytest.mark.parametrize(("token", "template"), WORDS.values(), ids=WORDS)
def test_a_shell_command_becomes_an_f_string_where_the_path_is_a_word(token, template):
    expected = template and Replacement(7, 7 + len(token), template)
    assert shell_word(token, 7, 7 + len(token), PATH) == expected
