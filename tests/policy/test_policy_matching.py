from __future__ import annotations

import posixpath
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dbfold.policy.directories import normal_directory, split_path
from dbfold.policy.matching import DirectoryKind, locate
from dbfold.policy.model import Database, Policy, Role


def policy_with(**changes):
    databases = [
        Database("zoe.db", Role.PRIMARY, path="/srv/db/zoe.db", env="DATABASE_PATH"),
        Database("auth.db", Role.RETIRED, into="zoe.db"),
        Database("cache_*.db", Role.RETIRED, into="zoe.db"),
        Database("cache_main.db", Role.EXTERNAL),
    ]
    settings = {
        "data_dirs": ("/app/data/", "./data", "~/zoe", "var//lib"),
        "temporary": ("/tmp/", "//var//tmp", "tests/**"),
    }
    by_name = {database.name: database for database in databases}
    return Policy(source=Path("/p/dbfold.yaml"), version=1, databases=by_name, **(settings | changes))


POLICY = policy_with()


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        # no directory
        ("zoe.db", "bare"),
        ("./zoe.db", "bare"),
        (".//./zoe.db", "bare"),
        ("", "bare"),
        ("{name}.db", "bare"),
        ("file:zoe.db", "bare"),
        # as listed
        ("/app/data/zoe.db", "data"),
        ("//app///data//zoe.db", "data"),
        ("/app/./data/zoe.db", "data"),
        ("/app/x/../data/zoe.db", "data"),
        ("/../app/data/zoe.db", "data"),
        ("data/zoe.db", "data"),
        ("./data/zoe.db", "data"),
        ("../data/zoe.db", "data"),
        ("../../data/zoe.db", "data"),
        ("./../data/zoe.db", "data"),
        ("var/lib/zoe.db", "data"),
        ("~/zoe/zoe.db", "data"),
        ("/app/data/{user}.db", "data"),
        # the directory of a kept database
        ("/srv/db/auth.db", "data"),
        # Windows
        ("C:\\app\\data\\zoe.db", "data"),
        ("c:\\\\app\\\\data\\\\zoe.db", "data"),
        ("C:/app/data/zoe.db", "data"),
        ("data\\zoe.db", "data"),
        ("..\\data\\zoe.db", "data"),
        ("{root}\\data\\zoe.db", "data"),
        ("{a / 'b'}\\data\\zoe.db", "data"),
        ("{a['\\n']}/data/zoe.db", "data"),
        ("D:\\else\\zoe.db", "other"),
        # URIs
        ("file:/app/data/zoe.db?mode=ro", "data"),
        ("file:///app/data/zoe.db?mode=ro&cache=shared#x", "data"),
        ("file://localhost/app/data/zoe.db", "data"),
        ("file:///C:/app/data/zoe.db", "data"),
        ("file:data/zoe.db?mode=ro", "data"),
        ("file:/app/d%61ta/zoe.db", "data"),
        ("file:{root}/data/zoe.db?mode=ro", "data"),
        ("file:{root}/zoe.db?mode=ro", "computed"),
        # computed
        ("{root}/zoe.db", "computed"),
        ("{root}/data/zoe.db", "data"),
        ("{root}/x/data/zoe.db", "computed"),
        ("{root}/../data/zoe.db", "data"),
        ("{root}/../../data/zoe.db", "data"),
        ("{root}/./data/zoe.db", "data"),
        ("{a}/{b}/data/zoe.db", "data"),
        ("{root}/mydata/zoe.db", "computed"),
        ("{root}/data/x/zoe.db", "computed"),
        ("{root}/data/{x}/zoe.db", "computed"),
        ("{root}data/zoe.db", "computed"),
        ("{root}/app/data/zoe.db", "computed"),
        ("{root}/srv/db/zoe.db", "computed"),  # an absolute entry is no tail
        ("/app/data/{tenant}/zoe.db", "computed"),
        ("{a / 'b'}/data/zoe.db", "data"),
        ("{a / 'b'}/zoe.db", "computed"),
        # temporary
        ("/tmp/zoe.db", "temporary"),
        ("/tmp/a/b/zoe.db", "temporary"),
        ("/var/tmp/zoe.db", "temporary"),
        ("/tmp/{x}/zoe.db", "temporary"),
        ("/tmp/../etc/zoe.db", "other"),
        ("/tmpfs/zoe.db", "other"),
        ("tmp/zoe.db", "other"),
        # others
        ("/zoe.db", "other"),
        ("/", "other"),
        ("../zoe.db", "other"),
        ("..", "bare"),  # a file name as far as text goes
        ("~/zoe.db", "other"),
        ("/app/data2/zoe.db", "other"),
        ("/app/data/sub/zoe.db", "other"),
        ("services/data/zoe.db", "other"),
        ("/data/zoe.db", "other"),
        ("/App/data/zoe.db", "other"),
        ("services/core/zoe.db", "other"),
    ],
)
def test_directory(text, kind):
    assert locate(POLICY, text).directory == kind


@pytest.mark.parametrize(
    ("text", "name", "entry"),
    [
        ("zoe.db", "zoe.db", "zoe.db"),
        ("/app/data/auth.db", "auth.db", "auth.db"),
        ("/anywhere/cache_7.db", "cache_7.db", "cache_*.db"),
        ("cache_main.db", "cache_main.db", "cache_main.db"),
        ("cache_{user}.db", "cache_{user}.db", "cache_*.db"),
        ("cache_{a / b}.db", "cache_{a / b}.db", "cache_*.db"),
        ("Zoe.db", "Zoe.db", None),
        ("zoe.db.bak", "zoe.db.bak", None),
        ("/app/data/", "", None),
        ("", "", None),
        ("C:\\app\\auth.db", "auth.db", "auth.db"),
        ("file:/x/auth.db?mode=ro", "auth.db", "auth.db"),
        ("auth.db?mode=ro", "auth.db?mode=ro", None),
        ("{root}/{name}", "{name}", None),
    ],
)
def test_name_and_entry(text, name, entry):
    location = locate(POLICY, text)
    assert location.database_name == name
    assert (location.entry.name if location.entry else None) == entry


@pytest.mark.parametrize(
    ("data_dirs", "text", "kind"),
    [
        ((".",), "zoe.db", "bare"),
        ((".",), "../zoe.db", "data"),
        ((".",), "{root}/zoe.db", "computed"),
        ((".",), "{root}/x/zoe.db", "computed"),
        (("/tmp/zoe",), "/tmp/zoe/zoe.db", "data"),
        (("{root}/store",), "{root}/store/zoe.db", "data"),
        (("${HOME}/store/",), "${HOME}/store/zoe.db", "data"),
        (("C:\\store\\",), "c:/store/zoe.db", "data"),
        (("C:\\store\\",), "D:/store/zoe.db", "other"),
        (("store\\db",), "../store/db/zoe.db", "data"),
        (("/",), "/zoe.db", "data"),
        ((), "data/zoe.db", "other"),
    ],
)
def test_spellings_of_data_dirs(data_dirs, text, kind):
    assert locate(policy_with(data_dirs=data_dirs), text).directory == kind


pieces = st.sampled_from(["/", "\\", "..", ".", "data", "{x}", "{", "}", "file:", "?", "%41", "C:", "~", "a.db", "tmp"])
texts = st.text() | st.lists(pieces, max_size=12).map("".join)


@given(texts)
def test_any_text_has_a_location(text):
    location = locate(POLICY, text)
    assert location.directory in DirectoryKind
    assert location.database_name in text or "%" in text


@given(st.lists(st.sampled_from(["a", "b", ".", "..", ""]), max_size=8), st.booleans())
def test_static_directories_agree_with_normpath(parts, absolute):
    text = ("/" if absolute else "") + "/".join([*parts, "zoe.db"])
    expected = posixpath.dirname(posixpath.normpath("/" + text.lstrip("/") if absolute else text.lstrip("/")))
    if not absolute and text.startswith("/"):
        return  # an empty first part made it absolute
    assert split_path(text) == (expected, "zoe.db")


@given(texts.filter(lambda text: "\\" not in text))
@example("./A:")
@example("x/../A:")
def test_a_normal_directory_stays_as_it_is(text):
    once = normal_directory(text)
    assert normal_directory(once) == once
