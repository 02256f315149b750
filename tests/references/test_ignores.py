"""Ignore comments: which lines they cover, what they accept, and what is wrong with one."""

import pytest

from dbfold.policy.codes import Code
from dbfold.policy.loading import load_policy
from dbfold.references.detection import detect
from dbfold.references.discovery import source_file
from dbfold.references.model import Action
from dbfold.references.roots import Roots
from dbfold.references.verdicts import Judge

CONNECT = 'import sqlite3\nc = sqlite3.connect("/app/data/auth.db")'


@pytest.fixture
def examined(project):
    """Examines a text as the file `name` of the project."""

    def run(text, name="services/core/a.py"):
        policy = load_policy(project.root / "dbfold.yaml")
        judge = Judge(policy, Roots(policy), policy.accessor.style)
        file = source_file(project.root / name, policy, project.root)
        return judge.examine(file, detect(text.encode(), file.path, file.in_policy))

    return run


def actions(result):
    return [str(found.verdict.action) for found in result.references if found.kind != "comment"]


ACCEPTED = {
    "beside it": f"{CONNECT}  # dbfold: ignore[DBF002] read once by the import\n",
    "above it": 'import sqlite3\n# dbfold: ignore[DBF002] read once\nc = sqlite3.connect("/app/data/auth.db")\n',
    "above it, with more comments between": (
        'import sqlite3\n# dbfold: ignore[DBF002] read once\n\n# why\nc = sqlite3.connect("/app/data/auth.db")\n'
    ),
    "several codes": f"{CONNECT}  # dbfold: ignore[DBF001, DBF002] read once\n",
    "after another comment": f"{CONNECT}  # noqa: E501  # dbfold: ignore[DBF002] read once\n",
    "before another comment": f"{CONNECT}  # dbfold: ignore[DBF002] see issue #12  # noqa: E501\n",
    "without a blank": f"{CONNECT}  #dbfold:ignore[DBF002]: read once\n",
    "end of a text over several lines": (
        'import os\nos.system("""\nsqlite3 /app/data/auth.db .dump\n""")  # dbfold: ignore[DBF002] a backup\n'
    ),
    "above a text over several lines": (
        'import os\n# dbfold: ignore[DBF002] a backup\nos.system("""\nsqlite3 /app/data/auth.db .dump\n""")\n'
    ),
    "windows newlines": f"{CONNECT}  # dbfold: ignore[DBF002] read once\n".replace("\n", "\r\n"),
    "a file that does not parse": 'print "/app/data/auth.db"  # dbfold: ignore[DBF002] Python 2\n',
}


@pytest.mark.parametrize("text", ACCEPTED.values(), ids=ACCEPTED)
def test_what_a_comment_accepts(examined, text):
    result = examined(text)
    assert actions(result) == ["leave"]
    assert result.references[0].verdict.reason.startswith("ignored by a comment: ")
    assert result.references[0].code is None
    assert all(ignore.ignore.problem is None for ignore in result.ignores)


def test_the_reason_ends_before_the_next_comment(examined):
    reason = examined(ACCEPTED["before another comment"]).ignores[0].ignore.reason
    assert reason == "see issue #12"


NOT_ACCEPTED = {
    "another code": f"{CONNECT}  # dbfold: ignore[DBF001] read once\n",
    "another line": 'import sqlite3  # dbfold: ignore[DBF002] read once\nc = sqlite3.connect("/app/data/auth.db")\n',
    "below it": f"{CONNECT}\n# dbfold: ignore[DBF002] read once\n",
    "a string that says so": (
        'import sqlite3\nc = sqlite3.connect("/app/data/auth.db"), "# dbfold: ignore[DBF002] read once"\n'
    ),
    "no reason": f"{CONNECT}  # dbfold: ignore[DBF002]\n",
    "a reason of dots": f"{CONNECT}  # dbfold: ignore[DBF002] ...\n",
    "no code": f"{CONNECT}  # dbfold: ignore read once\n",
    "empty brackets": f"{CONNECT}  # dbfold: ignore[] read once\n",
    "an unknown code": f"{CONNECT}  # dbfold: ignore[DBF002, DBF999] read once\n",
    "a comment about comments": f"{CONNECT}  # write `# dbfold: ignore[DBF002] why` here\n",
    "another tool's": f"{CONNECT}  # notdbfold: ignore[DBF002] why\n",
}


@pytest.mark.parametrize("text", NOT_ACCEPTED.values(), ids=NOT_ACCEPTED)
def test_what_a_comment_does_not_accept(examined, text):
    assert actions(examined(text)) == ["rewrite"]


@pytest.mark.parametrize(
    ("case", "problem"),
    [
        ("no reason", "gives no reason; write `dbfold: ignore[DBF001] reason`"),
        ("a reason of dots", "gives no reason; write `dbfold: ignore[DBF001] reason`"),
        ("no code", "names no code; write `dbfold: ignore[DBF001] reason`"),
        ("empty brackets", "names no code; write `dbfold: ignore[DBF001] reason`"),
        ("an unknown code", "names DBF999, which is no code of dbfold; did you mean 'DBF009'?"),
    ],
)
def test_what_is_wrong_with_a_comment(examined, case, problem):
    (ignore,) = examined(NOT_ACCEPTED[case]).ignores
    assert ignore.ignore.problem == problem


def test_codes_that_ignore_nothing_are_told(examined):
    (ignore,) = examined(ACCEPTED["several codes"]).ignores
    assert ignore.unused == (Code.HARDCODED_PATH,)
    assert examined(ACCEPTED["beside it"]).ignores[0].unused == ()


def test_a_file_that_names_no_database_may_hold_a_comment(examined):
    (ignore,) = examined("import os  # dbfold: ignore[DBF002] gone\n").ignores
    assert ignore.unused == (Code.RETIRED_DATABASE,)
    assert (ignore.ignore.span.line, ignore.ignore.span.column) == (1, 12)


PLAIN = {
    "a.sh": "sqlite3 /app/data/auth.db .dump  # dbfold: ignore[DBF002] a backup\n",
    "Dockerfile": "# dbfold: ignore[DBF002] a backup\nRUN sqlite3 /app/data/auth.db .dump\n",
    "a.js": 'open("/app/data/auth.db"); // dbfold: ignore[DBF002] a backup\n',
    "a.css": 'open("/app/data/auth.db"); /* dbfold: ignore[DBF002] a backup */\n',
    "compose.yml": "test: sqlite3 /app/data/auth.db # dbfold: ignore[DBF002] a backup\n",
}


@pytest.mark.parametrize("name", PLAIN)
def test_files_that_are_no_python(examined, name):
    result = examined(PLAIN[name], f"services/core/{name}")
    assert [found.verdict.reason for found in result.references] == ["ignored by a comment: a backup"]
    assert result.ignores[0].unused == ()


@pytest.mark.parametrize("name", ["docs/a.md", "a.txt", ".dockerignore"])
def test_prose_may_show_one(examined, name):
    result = examined("Write it so:\n\n    # dbfold: ignore[DBF002] a backup\n    open /app/data/auth.db\n", name)
    assert result.ignores == ()
    assert len(result.references) == 1


def test_a_comment_about_comments_is_none(examined):
    assert examined(NOT_ACCEPTED["a comment about comments"]).ignores == ()


def test_the_rewrite_leaves_what_is_ignored(project):
    path = project.write("services/core/a.py", ACCEPTED["beside it"])
    assert project.dbfold("rewrite", "services").returncode == 0
    assert path.read_text() == ACCEPTED["beside it"]


def test_the_rewrite_leaves_what_the_policy_accepts(project):
    with open(project.root / "dbfold.yaml", "a") as stream:
        stream.write('rules: {per_file_ignores: {"services/old/**": [DBF002]}}\n')
    project.write("services/old/a.py")
    project.write("services/new/a.py")
    result = project.dbfold("rewrite", "--check", "services", "--format", "json")
    assert '"changed": [\n    "services/new/a.py"\n  ]' in result.stdout
    assert "accepted by the policy (rules.per_file_ignores: services/old/**)" in result.stdout


@pytest.mark.parametrize(
    ("line", "action"),
    [
        ("DATABASE_PATH=/app/data/zoe.db", Action.LEAVE),
        ("DATABASE_PATH=/srv/shop/zoe.db", Action.LEAVE),
        ("MEMORY_DATABASE_PATH=/app/data/memory.db", Action.LEAVE),
        ("DATABASE_PATH=/app/data/auth.db", Action.REVIEW),
        ("DATABASE_PATH=/app/data/memory.db", Action.REVIEW),
        ("AUTH_DB=/app/data/zoe.db", Action.REVIEW),
    ],
)
def test_configuration_may_set_the_variable_of_a_database_to_its_file(examined, line, action):
    (found,) = examined(f"{line}\n", "services/core/.env").references
    assert found.verdict.action is action
    assert (found.code is None) == (action is Action.LEAVE)
