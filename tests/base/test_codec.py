"""Values come back as they were, and what is no value of a type is an error that a cache can catch."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dbfold.base.codec import DECODING_ERRORS, Codec


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Leaf(NamedTuple):
    name: str


class Branch(NamedTuple):
    left: Tree
    right: Tree | None
    labels: tuple[str | None, ...] = ()


Tree = Leaf | Branch


@dataclass(frozen=True)
class Record:
    tree: Tree
    colour: Colour = Colour.RED
    pairs: dict[tuple[str, int], list[Leaf]] = field(default_factory=dict)
    names: Mapping[str, frozenset[tuple[int, int]]] = field(default_factory=dict)
    text: str | None = None


texts = st.text()  # with lone surrogates, as in names of files that are no UTF-8
trees = st.recursive(
    st.builds(Leaf, texts),
    lambda inner: st.builds(Branch, inner, st.none() | inner, st.lists(st.none() | texts, max_size=3).map(tuple)),
    max_leaves=8,
)
records = st.builds(
    Record,
    trees,
    st.sampled_from(Colour),
    st.dictionaries(st.tuples(texts, st.integers()), st.lists(st.builds(Leaf, texts), max_size=2), max_size=3),
    st.dictionaries(texts, st.frozensets(st.tuples(st.integers(), st.integers()), max_size=3), max_size=3),
    st.none() | texts,
)


@given(records)
def test_what_is_encoded_comes_back(record):
    codec = Codec(Record)
    assert codec.decode(codec.encode(record)) == record


def test_a_class_that_nobody_knows_the_fields_of():
    with pytest.raises(TypeError, match="no fields are known"):
        Codec(object).encode(object())


def test_a_value_that_is_none_of_a_union():
    with pytest.raises(TypeError):
        Codec(Tree).encode(3.5j)


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"[9, []]", b'[1, ["x"]]', b"[[0, []], 1]", b"\xff", b"3", b"null"])
def test_other_data_is_one_of_the_errors_that_are_announced(data):
    with pytest.raises(DECODING_ERRORS):
        Codec(Record).decode(data)
