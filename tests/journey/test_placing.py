"""Where the characters of a text are written: the value that Python gives, character by character."""

from __future__ import annotations

import ast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbfold.code.texts import literal_places

LITERALS = [
    '"plain"',
    "'it''s' \"joined\"",
    '"a\\n\\t\\\\ \\x41 \\u00e9 \\N{BULLET} \\101 \\q \\\n b"',
    'r"raw \\n \\" end"',
    '"""three\n"quoted" lines\\\n"""',
    "('one' # sessions 'no'\n   'two')",
    "u'old' 'ü𝄞'",
    "b'bytes'",
]


@pytest.mark.parametrize("literal", LITERALS)
def test_the_value_is_pythons(literal):
    source = f"x = {literal}\n"
    tokens = literal_places(source, 4, len(source) - 1)
    value = ast.literal_eval(literal)
    assert "".join(character for token in tokens for character, _ in token) == (
        value.decode() if isinstance(value, bytes) else value
    )


def test_fields_are_one_character_each():
    source = """f"a {x} {{b}} {y['k']:>{width}} {'}'} c" """
    tokens = literal_places(source, 0, len(source))
    assert "".join(character for token in tokens for character, _ in token) == "a \ufffc {b} \ufffc \ufffc c"
    (places,) = tokens
    assert source[places[2][1].start : places[2][1].end] == "{x}"


def test_names_between_literals_are_no_prefixes():
    source = "buffer + 'a' + rb + f'b'"
    assert ["".join(c for c, _ in token) for token in literal_places(source, 0, len(source))] == ["a", "b"]


@given(st.text(), st.sampled_from(["'", '"', "'''", '"""']))
def test_any_text_is_found_again(text, quote):
    literal = (
        repr(text)
        if quote == "'"
        else f"{quote}{text.encode('unicode_escape').decode().replace(quote[0], chr(92) + quote[0])}{quote}"
    )
    value = ast.literal_eval(literal)
    (token,) = literal_places(literal, 0, len(literal))
    assert "".join(character for character, _ in token) == value
    assert all(literal[place.start : place.end] for _, place in token)
