"""All forms in which `dbfold check` reports. A new one is a module beside this one and a line here."""

from __future__ import annotations

from importlib import import_module
from typing import Protocol, cast

from rules.model import Checked

FORMATS = {
    "text": "rules.output.text",
    "concise": "rules.output.concise",
    "json": "rules.output.json_document",
    "github": "rules.output.github",
    "gitlab": "rules.output.gitlab",
    "sarif": "rules.output.sarif",
    "junit": "rules.output.junit",
}


class Form(Protocol):
    """A module of this package."""

    def render(self, checked: Checked, *, color: bool = False) -> str:
        """The whole report, with a newline at its end."""


def render(name: str, checked: Checked, *, color: bool = False) -> str:
    """The report in the form `name`; `color` is for terminals. Its module is imported only now."""
    return cast(Form, import_module(FORMATS[name])).render(checked, color=color)
