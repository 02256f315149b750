"""The one exception that user input raises on purpose."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can mend: the message says what, where, and what to do. Exit code 2."""
