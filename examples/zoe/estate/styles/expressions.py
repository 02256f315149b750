"""Styles that are an expression: the argument of a connect call, a constant, an item of a collection."""

from __future__ import annotations

from estate.draft import Draft
from estate.styles.site import Site, Style


def connecting(template: str, *before: str, needs: str = "", reading: bool = False) -> Style:
    """A function whose connection is opened by `template`; {path} and the like are filled in."""

    def style(draft: Draft, site: Site) -> None:
        if needs:
            draft.require(needs)
        if "DATA_DIR" in template + "".join(before):
            draft.constant("DATA_DIR", f'"{site.directory}"')
        lines = [_fill(line, site) for line in before]
        draft.add_function(draft.take(site.database, reading), _fill(template, site), *lines)

    return style


def _fill(template: str, site: Site) -> str:
    fields = ("path", "database", "directory", "stem", "variable")
    for field in fields:
        template = template.replace(f"<{field}>", getattr(site, field))
    return template


def constant(value: str, opener: str = "sqlite3.connect({})", annotation: str = "", needs: str = "") -> Style:
    """A module constant and a function that opens it."""

    def style(draft: Draft, site: Site) -> None:
        if needs:
            draft.require(*needs.split("; "))
        if "DATA_DIR" in value:
            draft.constant("DATA_DIR", f'"{site.directory}"')
        name = draft.new_constant(site.database, _fill(value, site), annotation)
        draft.add_function(draft.take(site.database), opener.format(name))

    return style


def settings(draft: Draft, site: Site) -> None:
    """A dictionary of options."""
    name = draft.constant(f"{site.stem.upper()}_OPTIONS", f'{{"database": "{site.path}", "timeout": 5.0}}')
    draft.add_function(draft.take(site.database), f"sqlite3.connect(**{name})")


def listing(draft: Draft, site: Site) -> None:
    """A list of files to look after."""
    draft.require("import os")
    name = draft.constant(f"WATCHED_{site.stem.upper()}", f'["{site.path}", "/app/data/logs"]')
    draft.add(f'''
        def {draft.claim(f"missing_of_{site.stem}")}():
            """Which of the watched files are not there."""
            return [path for path in {name} if not os.path.exists(path)]
    ''')


def mapping(draft: Draft, site: Site) -> None:
    """A dictionary with file names for keys."""
    name = draft.constant(f"{site.stem.upper()}_LABELS", f'{{"{site.database}": "{site.noun} data"}}')
    draft.add(f'''
        def {draft.claim(f"label_of_{site.stem}")}(file_name):
            """What people call a database file."""
            return {name}.get(file_name, file_name)
    ''')


def prompt(draft: Draft, site: Site) -> None:
    """A text for the language model."""
    name = draft.constant(
        f"{site.stem.upper()}_PROMPT",
        f'"""You are Zoe, an assistant.\n- Storage: SQLite database at {site.path}\n- Be brief.\n"""',
    )
    draft.add(f'''
        def {draft.claim(f"prompt_about_{site.stem}")}(question):
            """The prompt that goes to the model."""
            return {name} + question
    ''')


def embedded_code(draft: Draft, site: Site) -> None:
    """Python source inside a string."""
    draft.require("import subprocess", "import sys")
    name = draft.constant(
        f"COUNT_IN_{site.stem.upper()}",
        f'"""\nimport sqlite3\nconn = sqlite3.connect(\'{site.path}\')\n'
        'print(conn.execute("SELECT COUNT(*) FROM sqlite_master").fetchone()[0])\n"""',
    )
    draft.add(f'''
        def {draft.claim(f"count_in_{site.stem}")}():
            """Count the tables in another process, as a worker sees them."""
            return subprocess.check_output([sys.executable, "-c", {name}], text=True)
    ''')
