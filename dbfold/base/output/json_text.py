"""JSON as every command prints it."""

from __future__ import annotations

import json


def json_text(document: object) -> str:
    """The document, indented, ASCII alone (so that names that are no UTF-8 survive), with a newline at its end."""
    return json.dumps(document, indent=2) + "\n"
