"""All forms in which `dbfold check` reports. A new one is a module beside this one and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from dbfold.rules.model import Checked

FORMATS = {
    "text": "dbfold.rules.output.text",
    "concise": "dbfold.rules.output.concise",
    "json": "dbfold.rules.output.json_document",
    "github": "dbfold.rules.output.github",
    "gitlab": "dbfold.rules.output.gitlab",
    "sarif": "dbfold.rules.output.sarif",
    "junit": "dbfold.rules.output.junit",
}


class Form(Protocol):
    """A module of this package."""

    def render(self, checked: Checked, *, color: bool = False) -> str:
        """The whole report, with a newline at its end."""


def render(name: str, checked: Checked, *, color: bool = False) -> str:
    """The report in the form `name`; `color` is for terminals. Its module is imported only now."""
    return cast(Form, import_module(FORMATS[name])).render(checked, color=color)
