"""Paths made of module constants: each constant is worked out once, however they are made of one another."""

import ast

import pytest

from dbfold.code.names import ModuleNames
from dbfold.references.languages.python.composition import compose


def last_value(source):
    tree = ast.parse(source)
    return compose(tree.body[-1].value, ModuleNames(tree))


def test_constants_of_constants():
    source = 'A = "/app"\nB = A + "/data"\nC = B + "/sub"\nD = f"{C}/zoe.db"\n'
    assert last_value(source).text == "/app/data/sub/zoe.db"


@pytest.mark.parametrize(
    "source",
    [
        'from s import N\nN = f"{N}-{N}"\n',
        'N = f"{M}"\nM = f"{N}"\n',
        "N0 = 'x'\n" + "".join(f"N{n + 1} = f'{{N{n}}}{{N{n}}}'\n" for n in range(60)) + "N = N60 + N60\n",
    ],
    ids=["of itself", "in a circle", "doubled sixty times"],
)
def test_what_grows_without_end_is_a_computed_part(source):
    assert last_value(source + 'D = f"{N}/zoe.db"\n').text == "{N}/zoe.db"
