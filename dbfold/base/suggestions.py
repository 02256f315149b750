"""What was probably meant by a word that is not known."""

from __future__ import annotations

from collections.abc import Iterable


def suggestion(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """`"; did you mean 'role'?"` for the closest of `known`, else `otherwise`."""
    closest = closest_to(word, known)
    return f"; did you mean {closest!r}?" if closest else otherwise


def closest_to(word: str, known: Iterable[str]) -> str | None:
    """The one of `known` that `word` most likely is a slip of; None if it resembles none."""
    from difflib import get_close_matches  # only on an error: the import costs more than most runs

    return next(iter(get_close_matches(word, list(known), n=1)), None)
