"""The one form of JSON that commands print: byte for byte, since scripts compare it."""

from __future__ import annotations

import json
import os

import pytest

from dbfold.base.output.json_text import json_text

CASES = {
    "nested, in the order given": ({"b": [1, None], "a": {}}, '{\n  "b": [\n    1,\n    null\n  ],\n  "a": {}\n}\n'),
    "an empty list": ([], "[]\n"),
    "letters beyond ASCII": ("größe", '"gr\\u00f6\\u00dfe"\n'),
    "a line break": ("a\nb", '"a\\nb"\n'),
}


@pytest.mark.parametrize(("document", "expected"), CASES.values(), ids=CASES)
def test_the_text(document, expected):
    assert json_text(document) == expected


def test_a_name_that_is_no_utf_8_is_still_the_same_name_when_it_is_read():
    name = b"caf\xe9.db"
    text = json_text(os.fsdecode(name))
    text.encode("ascii")
    assert os.fsencode(json.loads(text)) == name
