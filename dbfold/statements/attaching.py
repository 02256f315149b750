"""ATTACH: which database is attached to a connection to which, whatever module its path is from."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from dbfold.code.expressions import Attribute, Sql
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.project import Project
from dbfold.code.values import Database, Frame, SqlValue

_ATTACHES = re.compile(r"(?i)\battach\s")


@dataclass(frozen=True, slots=True)
class Attachment:
    """A call that attaches the databases `attached` to a connection to one of `to`, which may not be known."""

    file: str
    line: int
    to: tuple[str, ...]
    attached: tuple[str, ...]


def attachments(project: Project) -> Iterator[Attachment]:
    """All of them whose path is a value: a parameter of the statement, or a field of an f-string."""
    for facts in list(project.modules.values()):
        if any(_ATTACHES.search(text.text) for text in facts.texts) or _has_queries(facts):
            for site in facts.calls:
                if (found := _attachment(project, facts, site)) is not None:
                    yield found


def _has_queries(facts: ModuleFacts) -> bool:
    """May it execute the statements of other modules?"""
    return bool(facts.imports) and any(
        isinstance(site.call.function, Attribute) and site.call.function.name == "execute" for site in facts.calls
    )


def _attachment(project: Project, facts: ModuleFacts, site: CallSite) -> Attachment | None:
    call = site.call
    if not isinstance(call.function, Attribute) or call.function.name != "execute" or not call.arguments:
        return None
    frame = Frame(facts.file, site.scope)
    first = call.arguments[0]
    texts = (
        {SqlValue(facts.file, first.number)}
        if isinstance(first, Sql)
        else {one for one in project.evaluate(first, frame, call.line, site.branches) if isinstance(one, SqlValue)}
    )
    paths = list(call.arguments[1:])
    attaches = False
    for text in texts:
        written = project.modules[text.module].texts[text.number]
        if _ATTACHES.search(written.text):
            attaches = True
            paths += [part for part in written.parts if part is not None and not isinstance(part, str)]
    if not attaches:
        return None
    values = [one for path in paths if path for one in project.evaluate(path, frame, call.line, site.branches)]
    attached = {one.name for one in values if isinstance(one, Database)}
    on = project.evaluate(call.function.base, frame, call.line, site.branches)
    to = {one.name for one in on if isinstance(one, Database)}
    return Attachment(facts.file, call.line, tuple(sorted(to)), tuple(sorted(attached))) if attached else None
