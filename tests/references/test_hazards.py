"""What the code around a site does with the files, and why its rewrite would do harm."""

from __future__ import annotations

from pathlib import Path

import pytest

from dbfold.base.spans import Span
from dbfold.code.uses import MODULE, Doing, Use
from dbfold.policy.matching import locate
from dbfold.policy.model import Database, Policy, Role
from dbfold.references.hazards import Found, hazards
from dbfold.references.languages.python.embedded import ATTACHES
from dbfold.references.model import Kind, Site

POLICY = Policy(
    source=Path("/project/dbfold.yaml"),
    version=1,
    databases={
        entry.name: entry
        for entry in (
            Database("zoe.db", Role.PRIMARY, path="/app/data/zoe.db"),
            Database("billing.db", Role.SPECIALIZED, path="/app/data/billing.db"),
            Database("auth.db", Role.RETIRED, into="zoe.db"),
            Database("users.db", Role.RETIRED, into="zoe.db"),
            Database("odd.db", Role.UNDECIDED),
        )
    },
    data_dirs=("/app/data", "data"),
)


def site(name, *inside, kind=Kind.LOCAL, obstacle=None, prose=None):
    return Site(f"/app/data/{name}", kind, Span(1, 1, 1, 2), obstacle=obstacle, prose=prose, inside=inside)


def place(number):
    return "m.py", number, 1


def found(sites, opened=(), destroyed=(), paired=(), more=()):
    """The reasons by the number of the site, for uses by the number of the site, all in the file of the sites."""
    at = {place(number): Found(one, locate(POLICY, one.text)) for number, one in enumerate(sites)}
    uses = [Use(Doing.OPENED, (place(n),), "m.py", 9, by) for n in opened for by in opened[n]]
    uses += [Use(Doing.DESTROYED, (place(n),), "m.py", 9, destroyed[n], n in paired) for n in destroyed]
    return {number: reason for (_, number, _), reason in hazards(POLICY, at, [*uses, *more]).items()}


def migration(scope, *names):
    listed = f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{scope} opens {listed}, which would become one file, zoe.db: a migration?"


MOVE = migration("move", "auth.db", "zoe.db")
SIDE_BY_SIDE = {
    "two that become one": ([site("auth.db"), site("zoe.db")], {0: ("move",), 1: ("move",)}, {0: MOVE, 1: MOVE}),
    "three, by name": (
        [site("zoe.db"), site("users.db"), site("auth.db")],
        {0: ("move",), 1: ("move",), 2: ("move",)},
        dict.fromkeys((0, 1, 2), migration("move", "auth.db", "users.db", "zoe.db")),
    ),
    "one that is opened twice": ([site("auth.db"), site("auth.db")], {0: ("move",), 1: ("move",)}, {}),
    "in different functions": ([site("auth.db"), site("zoe.db")], {0: ("one",), 1: ("other",)}, {}),
    "into different files": ([site("auth.db"), site("billing.db")], {0: ("move",), 1: ("move",)}, {}),
    "one that is undecided": ([site("odd.db"), site("zoe.db")], {0: ("move",), 1: ("move",)}, {}),
    "one that is only text": ([site("auth.db", prose="text"), site("zoe.db")], {0: ("move",), 1: ("move",)}, {}),
    "a site of the function that is not opened": (
        [site("auth.db"), site("zoe.db"), site("auth.db", "move")],
        {0: ("move",), 1: ("move",)},
        dict.fromkeys((0, 1, 2), MOVE),
    ),
    "a site of the function with a database that is not concerned": (
        [site("auth.db"), site("zoe.db"), site("billing.db", "move")],
        {0: ("move",), 1: ("move",)},
        dict.fromkeys((0, 1), MOVE),
    ),
    "the method before its class": (
        [site("auth.db"), site("zoe.db"), site("users.db")],
        {0: ("Store", "Store.move"), 1: ("Store", "Store.move"), 2: ("Store",)},
        {
            **dict.fromkeys((0, 1), migration("Store.move", "auth.db", "zoe.db")),
            2: migration("Store", "auth.db", "users.db", "zoe.db"),
        },
    ),
}


@pytest.mark.parametrize(("sites", "opened", "expected"), SIDE_BY_SIDE.values(), ids=SIDE_BY_SIDE)
def test_databases_that_become_one_are_opened_side_by_side(sites, opened, expected):
    assert found(sites, opened=opened) == expected


WITHOUT_A_CALL = {
    "options of a command line": ({"kind": Kind.CLI_DEFAULT}, ("main",), "main"),
    "options outside of a function": ({"kind": Kind.CLI_DEFAULT}, (), MODULE),
    "attached in a method": ({"obstacle": ATTACHES}, ("Store", "Store.move"), "Store.move"),
}


@pytest.mark.parametrize(("how", "inside", "scope"), WITHOUT_A_CALL.values(), ids=WITHOUT_A_CALL)
def test_options_and_attach_open_too(how, inside, scope):
    sites = [site("auth.db", *inside, **how), site("zoe.db", *inside, **how)]
    assert found(sites) == dict.fromkeys((0, 1), migration(scope, "auth.db", "zoe.db"))


DESTROYED = "os.remove deletes, moves or overwrites the file, and would do so to zoe.db"


@pytest.mark.parametrize(
    ("name", "expected"), [("auth.db", {0: DESTROYED}), ("zoe.db", {}), ("odd.db", {}), ("unknown.db", {})]
)
def test_only_a_retired_file_that_is_deleted_is_a_hazard(name, expected):
    assert found([site(name)], destroyed={0: "os.remove"}) == expected


def test_several_paths_in_one_call_are_a_hazard_where_they_become_a_database():
    sites = [site("auth.db"), site("zoe.db"), site("unknown.db")]
    reason = "shutil.copy is given several paths: what becomes of which file?"
    uses = dict.fromkeys((0, 1, 2), "shutil.copy")
    assert found(sites, paired=uses, destroyed=uses) == {0: reason, 1: reason}
