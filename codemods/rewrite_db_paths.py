"""`python -m codemods.rewrite_db_paths PATH…` (= `dbfold rewrite`): hardcoded database paths become the accessor.

    sqlite3.connect("/app/data/auth.db")    ->    sqlite3.connect(DATABASE_PATH)

Writes by default; `--diff` shows, `--check` only tells. `RewriteDbPaths` is the same as a LibCST codemod command:
`python -m libcst.tool codemod -x codemods.rewrite_db_paths.RewriteDbPaths services/`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dbfold.commands.rewrite import main

if TYPE_CHECKING:
    from dbfold.codemods.libcst_command import RewriteDbPaths as RewriteDbPaths


def __getattr__(name: str) -> object:
    """`RewriteDbPaths`, on demand: importing LibCST takes twenty times as long as this module."""
    if name == "RewriteDbPaths":
        from dbfold.codemods.libcst_command import RewriteDbPaths

        return RewriteDbPaths
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


if __name__ == "__main__":
    raise SystemExit(main())
