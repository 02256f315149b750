"""The baseline: old findings are tolerated by their content, new ones fail, and it can only shrink."""

import json

import pytest

from dbfold.base.errors import UserError
from dbfold.policy.codes import Code
from dbfold.rules.baseline import Entry, baseline_text, parse_baseline, read_baseline

OLD = (
    'import sqlite3\n\nfirst = sqlite3.connect("/app/data/notes.db")\nsecond = sqlite3.connect("/app/data/audit.db")\n'
)


@pytest.fixture
def tolerated(shop):
    """A shop with two old findings, both in the baseline."""
    shop.write("services/shop/old.py", OLD.encode())
    assert shop.dbfold("check").returncode == 1
    result = shop.dbfold("check", "--write-baseline")
    assert result.returncode == 0
    assert result.stdout == (
        "wrote dbfold-baseline.json: 2 findings tolerated, 2 new, 0 gone\n"
        "  1  DBF006  notes.db is not declared in the policy\n"
        "  1  DBF009  audit.db is undecided in the policy\n"
    )
    return shop


def entries(shop):
    return json.loads(shop.read("dbfold-baseline.json"))["findings"]


def test_what_is_tolerated_does_not_fail(tolerated):
    result = tolerated.dbfold("check")
    assert result.returncode == 0, result.stdout
    assert "2 tolerated" in result.stdout
    assert "All clear" not in result.stdout
    assert "  1  DBF006  notes.db is not declared in the policy\n" in result.stdout
    assert "Nothing new: " in result.stdout
    assert tolerated.dbfold("check", "--no-baseline").returncode == 1


def test_it_holds_when_lines_move(tolerated):
    moved = '"""A module."""\n\n\n' + OLD.replace("second =", "    # a comment\nsecond =")
    tolerated.write("services/shop/old.py", moved.replace("    # a", "# a").encode())
    assert tolerated.dbfold("check").returncode == 0


def test_it_holds_when_a_line_is_indented(tolerated):
    body = "\n".join(f"    {line}" if line else "" for line in OLD.splitlines())
    tolerated.write("services/shop/old.py", f"def f():\n{body}\n".encode())
    assert tolerated.dbfold("check").returncode == 0


def test_a_new_finding_fails(tolerated):
    tolerated.write("services/shop/old.py", (OLD + 'third = sqlite3.connect("/app/data/other.db")\n').encode())
    result = tolerated.dbfold("check", "--format", "json")
    assert result.returncode == 1
    assert [found["code"] for found in json.loads(result.stdout)["findings"]] == ["DBF006"]


def test_a_second_line_of_the_same_words_is_new(tolerated):
    tolerated.write("services/shop/old.py", (OLD + OLD.splitlines()[2] + "\n").encode())
    document = json.loads(tolerated.dbfold("check", "--format", "json").stdout)
    assert [found["line"] for found in document["findings"]] == [5]


def test_the_same_line_in_another_file_is_new(tolerated):
    tolerated.write("services/shop/new.py", OLD.encode())
    document = json.loads(tolerated.dbfold("check", "--format", "json").stdout)
    assert {found["file"] for found in document["findings"]} == {"services/shop/new.py"}


def test_a_stale_entry_is_reported_where_it_stands(tolerated):
    tolerated.write("services/shop/old.py", OLD.replace("audit.db", "search.db").encode())
    tolerated.write("services/shop/old.py", "".join(OLD.splitlines(keepends=True)[:3]).encode())
    result = tolerated.dbfold("check", "--format", "json")
    assert result.returncode == 1
    (found,) = json.loads(result.stdout)["findings"]
    assert found["code"] == Code.STALE_BASELINE
    assert found["file"] == "dbfold-baseline.json"
    assert "audit.db" in tolerated.read("dbfold-baseline.json").decode().splitlines()[found["line"] - 1]


@pytest.mark.parametrize("mode", ["--write-baseline", "--fix"])
def test_what_is_mended_shrinks_it(tolerated, mode):
    tolerated.write("services/shop/old.py", "".join(OLD.splitlines(keepends=True)[:3]).encode())
    assert tolerated.dbfold("check", mode).returncode == 0
    assert [entry["code"] for entry in entries(tolerated)] == ["DBF006"]
    assert tolerated.dbfold("check").returncode == 0


def test_a_fix_tolerates_nothing_new(tolerated):
    tolerated.write("services/shop/new.py", OLD.encode())
    before = tolerated.read("dbfold-baseline.json")
    assert tolerated.dbfold("check", "--fix").returncode == 1
    assert tolerated.read("dbfold-baseline.json") == before


def test_a_file_that_is_gone_takes_its_entries_along(tolerated):
    (tolerated.root / "services/shop/old.py").unlink()
    tolerated.write("services/shop/other.py", b"x = 1\n")
    assert tolerated.dbfold("check").returncode == 1
    result = tolerated.dbfold("check", "--write-baseline")
    assert result.stdout == "nothing to tolerate: there is no dbfold-baseline.json now, 0 new, 2 gone\n"
    assert not (tolerated.root / "dbfold-baseline.json").exists()


def test_entries_of_other_files_are_not_touched_by_a_part_of_the_tree(tolerated):
    tolerated.write("services/search/new.py", OLD.encode())
    assert tolerated.dbfold("check", "--write-baseline", "services/search").returncode == 0
    assert {entry["file"] for entry in entries(tolerated)} == {"services/shop/old.py", "services/search/new.py"}
    (tolerated.root / "services/shop/old.py").unlink()
    assert tolerated.dbfold("check", "services/search").returncode == 0


def test_a_file_that_cannot_be_checked_keeps_its_entries(tolerated):
    tolerated.write("services/shop/old.py", (OLD + "x = (\n").encode())
    result = tolerated.dbfold("check", "--write-baseline")
    assert result.returncode == 2
    assert "old.py:5: does not parse" in result.stderr
    assert len(entries(tolerated)) == 2


def test_it_is_written_the_same_each_time(tolerated):
    before = tolerated.read("dbfold-baseline.json")
    assert "2 findings tolerated, 0 new, 0 gone\n" in tolerated.dbfold("check", "--write-baseline").stdout
    assert tolerated.read("dbfold-baseline.json") == before


def test_it_is_not_checked_itself(tolerated):
    assert tolerated.dbfold("check", "dbfold-baseline.json").returncode == 0


def test_one_that_git_ignores_is_told(tolerated):
    tolerated.git("init", "-q")
    assert tolerated.dbfold("check", "--write-baseline").stderr == ""
    tolerated.write(".gitignore", b"*.json\n")
    result = tolerated.dbfold("check", "--write-baseline")
    assert "warning: git ignores dbfold-baseline.json" in result.stderr
    tolerated.git("add", "-f", "dbfold-baseline.json")
    assert tolerated.dbfold("check", "--write-baseline").stderr == ""


def test_another_place_for_it(shop):
    with open(shop.root / "dbfold.yaml", "a") as stream:
        stream.write("rules: {baseline: .config/known.json}\n")
    (shop.root / ".config").mkdir()
    shop.write("services/shop/old.py", OLD.encode())
    assert shop.dbfold("check", "--write-baseline").returncode == 0
    assert (shop.root / ".config/known.json").exists()
    assert shop.dbfold("check").returncode == 0


def test_round_trip(tmp_path):
    written = (Entry("a b.py", "DBF001", 'a "message" ü', "0" * 32), Entry("b.py", "DBF006", "m", "1" * 32))
    text = baseline_text(reversed(written))
    assert [(entry, entry.line) for entry in parse_baseline(text, tmp_path)] == [
        (Entry("a b.py", "DBF001", 'a "message" ü', "0" * 32, 4), 4),
        (Entry("b.py", "DBF006", "m", "1" * 32, 5), 5),
    ]
    assert json.loads(text)["version"] == 1


def test_none_is_empty(tmp_path):
    assert read_baseline(tmp_path / "none.json") == ()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<<<<<<< HEAD\n", "not JSON"),
        ("[]", "not a baseline of version 1"),
        ('{"version": 2}', "not a baseline of version 1"),
        ('{"version": 1}', "no list of findings"),
        ('{"version": 1, "findings": [{"file": "a"}]}', "an entry without file, code, message and fingerprint"),
        ('{"version": 1, "findings": [1]}', "an entry without file, code, message and fingerprint"),
    ],
)
def test_a_broken_one_is_an_error(shop, text, message):
    shop.write("dbfold-baseline.json", text.encode())
    shop.write("services/shop/clean.py", b"x = 1\n")
    result = shop.dbfold("check")
    assert result.returncode == 2
    assert result.stderr.startswith(f"dbfold: {shop.root}/dbfold-baseline.json: {message}")
    assert "run `dbfold check --write-baseline`" in result.stderr


def test_one_that_cannot_be_read(tmp_path):
    (tmp_path / "known.json").mkdir()
    with pytest.raises(UserError, match=r"known\.json: cannot be read"):
        read_baseline(tmp_path / "known.json")


def test_a_setting_that_names_a_retired_database_is_told_although_it_is_tolerated(shop):
    """It is what will fail after the move, so a run that passes over it says so."""
    shop.write("services/shop/.env", b"SESSIONS=/app/data/sessions.db\nOTHERS=/app/data/sessions.db\n")
    written = shop.dbfold("check", "--write-baseline").stdout
    checked = shop.dbfold("check").stdout
    assert "  2  DBF002  sessions.db is retired, shop.db has its rows\n" in written
    assert "  2  DBF002  sessions.db is retired, shop.db has its rows\nNothing new: " in checked
    assert "All clear" not in checked
