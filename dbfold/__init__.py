"""Fold many SQLite files into the few an application should have, and keep it so.

`audit`, `check`, `rewrite`, `plan` and `move` are what the commands of these names do, as functions (see `dbfold.api`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dbfold.base.version import VERSION as __version__

if TYPE_CHECKING:
    from dbfold.api import audit, check, move, plan, rewrite
    from dbfold.base.errors import UserError

__all__ = ["UserError", "__version__", "audit", "check", "move", "plan", "rewrite"]


def __getattr__(name: str) -> Any:
    """The functions, on demand: every command and hook imports this module, and few need them."""
    if name in __all__:
        from importlib import import_module

        return getattr(import_module("dbfold.base.errors" if name == "UserError" else "dbfold.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*globals(), *__all__]
