"""Positions as people, parsers and editors count them; bytes to text and back."""

from __future__ import annotations

import ast

import pytest

from dbfold.base.text import LineTable, decode_python

LINES = ["x = 1", "é = 'zoe'", "名前, é, x = '€€', '😀é😀', f", "'aé' + 'ßb'; z = '名é😀x' + w", "'\ud800' + é"]


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_offsets_are_those_of_the_names_and_strings_that_the_parser_sees(newline):
    text = newline.join(line for line in LINES if line.isprintable())
    table = LineTable(text)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, (ast.Name, ast.Constant))]
    assert len(nodes) == 15
    for node in nodes:
        start = table.offset(node.lineno, node.col_offset)
        end = table.offset(node.end_lineno, node.end_col_offset)
        assert text[start:end] == (node.id if isinstance(node, ast.Name) else repr(node.value))


def test_offsets_are_those_of_every_character():
    text = "\n".join(LINES)
    table = LineTable(text)
    for number, line in enumerate(LINES, start=1):
        for column in range(len(line) + 1):
            utf8 = len(line[:column].encode("utf-8", "surrogatepass"))
            assert table.offset(number, utf8) == table.starts[number - 1] + column


COOKIES = [
    (b"x = 1\n", "utf-8"),
    (b"# coding: latin-1\n", "latin-1"),
    (b"#!/usr/bin/env python\n# -*- coding: cp1252 -*-\n", "cp1252"),
    (b"#!/usr/bin/env python\r# vim: set fileencoding=cp1252 :\rx = 1\r", "cp1252"),
    (b"\r# coding: latin-1\r", "latin-1"),
    (b"x = 1\n# coding: latin-1\n", "utf-8"),
    (b"\n\n# coding: latin-1\n", "utf-8"),
    (b"# one\r# two\r# coding: latin-1\r", "utf-8"),
    (b"x = '# coding: latin-1'\n", "utf-8"),
]


@pytest.mark.parametrize(("data", "encoding"), COOKIES)
def test_the_declared_encoding(data, encoding):
    """As https://peps.python.org/pep-0263/ says: a comment in the first line, or in the second after a blank one."""
    source = decode_python(data)
    assert source.encoding == encoding
    assert source.encode(source.text) == data
