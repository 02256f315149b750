"""Which modules are looked at without SQL or a database in them: those that name what holds one, and import it."""

from __future__ import annotations

import pytest

from dbfold.references.discovery import SourceFile
from dbfold.references.survey import Survey
from dbfold.statements.reach import Imports, Reach, imports_in

STORE = "class Store:\n    def __init__(self, path):\n        self.connection = sqlite3.connect(path)\n"
STORE = f"import sqlite3\n\n\n{STORE}"
QUERIES = 'FIND = "SELECT id FROM events"\nCOUNT = {"all": "SELECT count(*) FROM events"}\nLIMIT = 10\n'


def reached(contents, names=()):
    """The files that are looked at, beginning with those that pass the first gate."""
    files = [SourceFile(name, name, name, text.encode()) for name, text in contents.items()]
    survey, reach = Survey(jobs=1), Reach(frozenset(names))
    found = survey.look(files, gate=reach.begins)
    seen = list(found)
    while found:
        modules = [facts.module for _, facts in found if facts.module is not None]
        found = survey.look(reach.further(modules), gate=reach.reaches)
        seen += found
    assert len({file.in_policy for file, _ in seen}) == len(seen)
    return {file.in_policy for file, _ in seen} - {"store.py", "queries.py", "app/store.py"}


@pytest.mark.parametrize(
    "main",
    [
        "from store import Store\nStore(path)\n",
        "from store import (\n    Other,\n    Store,  # the one\n)\nStore(path)\n",
        "from store import Store as Events\nEvents(path)\n",
        "from app.store import Store\nStore(path)\n",
        "import store\nstore.Store(path)\n",
        "import app.store\napp.store.Store(path)\n",
        "from app import store\nstore.Store(path)\n",
        "from store import *\nStore(path)\n",
        "def later():\n    from store import Store\n    return Store(path)\n",
        "from queries import FIND\nrun(FIND)\n",
        "from queries import COUNT\nrun(COUNT['all'])\n",
    ],
)
def test_who_names_what_a_module_tells_is_reached(main):
    assert reached({"store.py": STORE, "queries.py": QUERIES, "main.py": main}) == {"main.py"}


@pytest.mark.parametrize(
    "main",
    [
        "Store(path)\n",  # it is not imported
        "from shop import Store\nStore(path)\n",  # it is another one
        "import store\nstore.other(path)\n",
        "from queries import LIMIT\nrun(LIMIT)\n",
        "# from the store: see Store\n",
    ],
)
def test_others_are_not(main):
    assert reached({"store.py": STORE, "queries.py": QUERIES, "main.py": main}) == set()


def test_what_is_no_python_is_not_reached():
    assert reached({"store.py": STORE, "notes.md": "from store import Store\n"}) == set()


def test_who_hands_on_what_it_is_given_tells_it_to_others():
    contents = {
        "main.py": "from service import open_service\nopen_service(settings.path)\n",
        "service.py": "from store import Store\n\ndef open_service(path):\n    return Store(path)\n",
        "store.py": STORE,
    }
    assert reached(contents) == {"service.py", "main.py"}


def test_who_only_uses_what_it_has_itself_does_not():
    contents = {
        "main.py": "from service import open_service\nopen_service(settings.path)\n",
        "service.py": 'from store import Store\n\ndef open_service(path):\n    Store("nowhere").read()\n',
        "store.py": STORE,
    }
    assert reached(contents) == {"service.py"}


def test_an_heir_tells_what_its_class_does():
    contents = {
        "heir.py": "from store import Store\n\n\nclass Events(Store):\n    table = 1\n",
        "main.py": "from heir import Events\nEvents(path)\n",
        "store.py": STORE,
    }
    assert reached(contents) == {"heir.py", "main.py"}


def test_a_package_hands_on_what_it_imports_to_the_inside_and_to_the_outside():
    contents = {
        "app/__init__.py": "from .store import Store\n",
        "app/store.py": STORE,
        "app/inner/deep.py": "from .. import Store\nStore(path)\n",
        "app/beside.py": "from . import Store\nStore(path)\n",
        "main.py": "from app import Store\nStore(path)\n",
        "other/beside.py": "from . import Store\nStore(path)\n",
    }
    assert reached(contents) == set(contents) - {"app/store.py", "other/beside.py"}


@pytest.mark.parametrize("main", ["import database_config\n", 'PATH = os.environ["EVENTS_DATABASE"]\n'])
def test_the_names_of_the_policy_are_enough(main):
    names = {"database_config", "EVENTS_DATABASE"}
    assert reached({"main.py": main, "other.py": 'print("EVENTS_DATABASE")\n'}, names) == {"main.py"}


def test_imports_are_read_as_they_are_written():
    source = b"import os, a.b as c\nfrom .. import d\nfrom e.f import (g,\n    h)\n"
    source += b"from i import j \\\n    , k\nfrom l import *\n"
    assert imports_in(source, "pack/age/module.py") == Imports(
        frozenset({"pack/", "e", "f", "i", "l"}), frozenset({"os", "a", "b", "as", "c", "d", "g", "h", "j", "k"}), True
    )
