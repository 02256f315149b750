"""Styles that are text: shell commands, docstrings, comments, messages."""

from __future__ import annotations

from estate.draft import Draft, finish
from estate.styles.site import Site


def shell(draft: Draft, site: Site) -> None:
    draft.require("import subprocess")
    draft.add(f'''
        def {draft.claim(f"tables_of_{site.stem}")}():
            """The tables, as the command line shows them."""
            command = "sqlite3 {site.path} '.tables' 2>/dev/null || echo 'no access'"
            return subprocess.run(command, shell=True, capture_output=True, text=True).stdout
    ''')


def shell_words(draft: Draft, site: Site) -> None:
    draft.require("import subprocess")
    draft.add(f'''
        def {draft.claim(f"{site.stem}_is_intact")}():
            """Ask SQLite itself."""
            words = ["sqlite3", "{site.path}", "PRAGMA integrity_check"]
            return subprocess.run(words, capture_output=True, text=True).stdout.strip() == "ok"
    ''')


def system(draft: Draft, site: Site) -> None:
    draft.require("import os")
    draft.add(f'''
        def {draft.claim(f"vacuum_{site.stem}")}():
            """Give free pages back to the file system."""
            return os.system("sqlite3 {site.path} VACUUM") == 0
    ''')


def _on_connection(draft: Draft, site: Site, docstring: str, *before: str) -> None:
    operation = draft.take(site.database)
    head = f"def {draft.claim(operation.name)}({', '.join(('connection', *operation.parameters))}):"
    lines = [docstring.format(operation.summary), *before, *finish(operation)]
    draft.add("\n".join([head, *(f"    {line}" for line in lines)]))


def docstring(draft: Draft, site: Site) -> None:
    _on_connection(draft, site, f'"""{{}} The connection is one to {site.database}."""')


def comment(draft: Draft, site: Site) -> None:
    _on_connection(draft, site, '"""{}"""', f"# One writer at a time: {site.path} is shared by all workers.")


def trailing_comment(draft: Draft, site: Site) -> None:
    line = f"connection.row_factory = sqlite3.Row  # the callers of {site.database} want names"
    _on_connection(draft, site, '"""{}"""', line)


def message(draft: Draft, site: Site) -> None:
    draft.require("import logging")
    draft.constant("logger", "logging.getLogger(__name__)")
    line = f'logger.info("%s: using {site.path}", __name__)'
    _on_connection(draft, site, '"""{}"""', line)


def error(draft: Draft, site: Site) -> None:
    draft.add(f'''
        def {draft.claim(f"require_{site.stem}")}(connection):
            """Refuse to work without tables."""
            if connection.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0] == 0:
                raise RuntimeError("{site.database} is empty, run the migrations first")
    ''')
