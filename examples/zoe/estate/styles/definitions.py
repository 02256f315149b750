"""Styles that are a class or a function of their own."""

from __future__ import annotations

from estate.draft import Draft, finish
from estate.styles.site import Site


def attribute(draft: Draft, site: Site) -> None:
    setup = f'def __init__(self):\n    self.db_path = "{site.path}"\n    self.timeout = 30.0'
    draft.add_class(f"{site.noun}Store", setup, site.database)


def default(draft: Draft, site: Site) -> None:
    setup = f'def __init__(self, db_path="{site.path}"):\n    self.db_path = db_path'
    draft.add_class(f"{site.noun}Repository", setup, site.database)


def annotated(draft: Draft, site: Site) -> None:
    head = f'def __init__(self, db_path: str = "{site.path}", timeout: float = 5.0) -> None:'
    setup = head + "\n    self.db_path = db_path"
    draft.add_class(f"{site.noun}Gateway", setup, site.database)


def class_attribute(draft: Draft, site: Site) -> None:
    draft.add_class(f"{site.noun}Table", f"db_path = '{site.path}'", site.database)


def dataclass(draft: Draft, site: Site) -> None:
    draft.require("from dataclasses import dataclass")
    setup = f'user_id: int = 1\ndb_path: str = "{site.path}"'
    draft.add_class(f"{site.noun}Settings", setup, site.database, decorator="@dataclass")


def factory(draft: Draft, site: Site) -> None:
    draft.require("from dataclasses import dataclass, field")
    path = f'db_path: str = field(default_factory=lambda: "{site.path}")'
    setup = f"tags: list = field(default_factory=list)\n{path}"
    draft.add_class(f"{site.noun}Options", setup, site.database, decorator="@dataclass(frozen=True)")


def inherited(draft: Draft, site: Site) -> None:
    """A path handed to the constructor of a base class."""
    if not draft.defines("PathHolder"):
        draft.claim("PathHolder")
        draft.add('''
            class PathHolder:
                """Something that lives in a file."""

                def __init__(self, db_path):
                    self.db_path = db_path
        ''')
    setup = f'def __init__(self):\n    super().__init__("{site.path}")'
    draft.add_class(f"{site.noun}Holder(PathHolder)", setup, site.database)


def keyword_only(draft: Draft, site: Site) -> None:
    operation = draft.take(site.database)
    parameters = ", ".join((*operation.parameters, "*", f'database: str = "{site.path}"'))
    body = "\n".join(f"    {line}" for line in ["connection = sqlite3.connect(database)", *finish(operation)])
    draft.add(f'def {draft.claim(operation.name)}({parameters}):\n    """{operation.summary}"""\n{body}')


def call_argument(draft: Draft, site: Site) -> None:
    if not draft.defines("open_database"):
        draft.claim("open_database")
        draft.add('''
            def open_database(path, timeout=5.0):
                """A connection that enforces foreign keys."""
                connection = sqlite3.connect(path, timeout=timeout)
                connection.execute("PRAGMA foreign_keys = ON")
                return connection
        ''')
    draft.add_function(draft.take(site.database), f'open_database("{site.path}", timeout=10.0)')


def returned(draft: Draft, site: Site) -> None:
    name = draft.claim(f"path_of_{site.stem}")
    draft.add(f'def {name}():\n    """Where the data lies."""\n    return "{site.path}"')
    draft.add_function(draft.take(site.database), f"sqlite3.connect({name}())")


def argument_parser(draft: Draft, site: Site) -> None:
    draft.require("import argparse")
    operation = draft.take(site.database, reading=True)
    names = operation.parameters
    margin = "\n" + " " * 12
    flags = "".join(f'{margin}parser.add_argument("{name}")' for name in names)
    values = "".join(f"{margin}{name} = options.{name}" for name in names)
    work = margin.join(finish(operation)).replace("return ", "found = ", 1)
    draft.add_main(f'''
        def main(argv=None):
            """{operation.summary}"""
            parser = argparse.ArgumentParser(description="{operation.summary}")
            parser.add_argument("--database", default="{site.path}", help="database file"){flags}
            options = parser.parse_args(argv){values}
            connection = sqlite3.connect(options.database)
            {work}
            print(found)
            return 0
    ''')


def comparison(draft: Draft, site: Site) -> None:
    draft.require("import os")
    draft.add(f'''
        def {draft.claim(f"is_{site.stem}_file")}(path):
            """Is that the file, wherever it lies?"""
            return os.path.basename(path) == "{site.database}"
    ''')


def membership(draft: Draft, site: Site) -> None:
    draft.add(f'''
        def {draft.claim(f"may_delete_beside_{site.stem}")}(name):
            """Files that the clean-up may remove."""
            return name not in ("{site.database}", "README.md")
    ''')


def exists(draft: Draft, site: Site) -> None:
    draft.require("import os")
    draft.add(f'''
        def {draft.claim(f"{site.stem}_is_ready")}():
            """Has the first start created the database?"""
            if not os.path.exists("{site.path}"):
                return False
            return True
    ''')


def size(draft: Draft, site: Site) -> None:
    draft.require("from pathlib import Path")
    draft.add(f'''
        def {draft.claim(f"size_of_{site.stem}")}():
            """Bytes on disk, 0 before the first start."""
            path = Path("{site.path}")
            return path.stat().st_size if path.exists() else 0
    ''')


def copy(draft: Draft, site: Site) -> None:
    draft.require("import shutil")
    draft.add(f'''
        def {draft.claim(f"copy_{site.stem}")}(destination):
            """Copy the file while nothing writes to it."""
            return shutil.copy2("{site.path}", destination)
    ''')
