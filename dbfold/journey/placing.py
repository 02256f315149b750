"""Where the words of a statement are written: edits of its text as edits of the file."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dbfold.code.texts import HOLE, Place, literal_places, template_parts
from dbfold.journey.renaming import Edit
from dbfold.statements.model import Statement


class UnplacedError(ValueError):
    """An edit cannot be made in the file. The message says why."""


def placed(source: str, statement: Statement, edits: Sequence[Edit]) -> list[Edit]:
    """The edits of `statement.text` as edits of `source`, the text of its file. Raises UnplacedError."""
    written = [
        (character, place)
        for start, end in statement.literals
        for token in literal_places(source, start, end)
        for character, place in token
        if character != HOLE
    ]
    offsets = [offset for start, end in statement.pieces for offset in range(start, end)]
    expected = [statement.text[offset] for offset in offsets]
    templates = ("", "%", "{}")
    for template in templates:
        places = _without_fields(written, percent=template == "%") if template else written
        if [character for character, _ in places] == expected:
            known = {offset: place for offset, (_, place) in zip(offsets, places, strict=True)}
            return [_placed(edit, source, statement.text, known, template) for edit in edits]
    raise UnplacedError("it is put together in a way that cannot be followed")


def _without_fields(written: list[tuple[str, Place]], *, percent: bool) -> list[tuple[str, Place]]:
    """The characters of a template of `%` or `format` that are not its fields."""
    text = "".join(character for character, _ in written)
    kept: list[tuple[str, Place]] = []
    offset = 0
    for part in template_parts(text, percent=percent):
        if isinstance(part, str):
            offset = text.index(part, offset)
            kept += written[offset : offset + len(part)]
            offset += len(part)
    return kept


def _placed(edit: Edit, source: str, text: str, known: dict[int, Place], template: str) -> Edit:
    places = [known[offset] for offset in range(edit.start, edit.end) if offset in known]
    if len(places) < edit.end - edit.start:
        raise UnplacedError(f"{text[edit.start : edit.end]} comes from a name, not from the string itself")
    if any(one.end != other.start for one, other in pairwise(places)):
        raise UnplacedError(f"{text[edit.start : edit.end]} is written in several pieces")
    new = edit.text
    for sign in template:  # which begins a field
        new = new.replace(sign, sign * 2)
    end = places[-1].end
    try:
        return Edit(places[0].start, end, places[0].spelled(new, source[end : end + 1]))
    except ValueError as error:
        raise UnplacedError(f"the new name {edit.text!r} cannot be written into that string: {error}") from error
