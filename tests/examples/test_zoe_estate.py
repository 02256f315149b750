"""The example estate is what examples/zoe/README.md and the consolidation plan say it is."""

import ast
import os
import re
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest

EXAMPLE = Path(__file__).parents[2] / "examples" / "zoe"

# The plan's table, written down a second time: database → (references, files).
PLAN = {
    "zoe.db": (204, 52),
    "developer_tasks.db": (151, 22),
    "memory.db": (37, 13),
    "auth.db": (6, 2),
    "sessions.db": (2, 2),
    "satisfaction.db": (2, 1),
    "self_awareness.db": (2, 2),
    "learning.db": (4, 2),
    "agent_planning.db": (3, 1),
    "tool_registry.db": (3, 1),
    "snapshots.db": (4, 2),
    "model_performance.db": (4, 2),
    "context_cache.db": (2, 1),
    "knowledge.db": (1, 1),
    "aider_conversations.db": (6, 3),
}
OTHERS = {"performance.db", "vector_search.db", "litellm.db", "tasks.db"}
SERVICES = ("zoe-core", "zoe-auth", "zoe-mcp-server", "people-service", "collections-service", "mem-agent")
NAMED_BY_THE_PLAN = {
    "services/zoe-auth/simple_main.py": "auth.db",
    "services/zoe-auth/Dockerfile": "auth.db",
    "services/zoe-core/routers/auth.py": "zoe.db",
    "services/zoe-core/routers/developer_tasks.py": "developer_tasks.db",
    "services/zoe-core/session_manager.py": "sessions.db",
    "services/zoe-core/user_satisfaction.py": "satisfaction.db",
    "services/zoe-core/self_awareness.py": "self_awareness.db",
    "services/zoe-core/learning_system.py": "learning.db",
}


def generate(*arguments):
    command = [sys.executable, "-B", str(EXAMPLE / "generate.py"), *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.fixture(scope="module")
def estate(tmp_path_factory):
    output = tmp_path_factory.mktemp("estate") / "zoe"
    result = generate(output, "--git")
    assert result.returncode == 0, result.stderr
    return output


def sources(estate):
    """Every file that may name a database: not the policy, the databases, or git's own."""
    for path in sorted(path for path in estate.rglob("*") if path.is_file()):
        relative = path.relative_to(estate)
        if relative.parts[0] not in ("data", ".git") and relative.name != "dbfold.yaml":
            yield relative.as_posix(), path.read_bytes()


def places(estate):
    """(file, database) → number of places, by looking for whole file names one after the other."""
    found = Counter()
    for path, content in sources(estate):
        text = content.decode("latin-1").replace('" ".db', ".db")
        for database in {*PLAN, *OTHERS}:
            number = len(re.findall(r"(?<![\w*-])" + re.escape(database) + r"(?!\w)", text))
            if number:
                found[path, database] = number
    return found


def test_references_and_files_of_every_database(estate):
    found = places(estate)
    for database, (references, files) in PLAN.items():
        numbers = [number for (_, name), number in found.items() if name == database]
        assert (sum(numbers), len(numbers)) == (references, files), database


def test_totals(estate):
    found = places(estate)
    assert sum(found.values()) == 441
    assert len({path for path, _ in found}) == 95
    assert sum(number for (_, name), number in found.items() if name in OTHERS) == 10
    assert {name for _, name in found} == {*PLAN, *OTHERS}


@pytest.mark.parametrize(("path", "database"), NAMED_BY_THE_PLAN.items())
def test_files_that_the_plan_names(estate, path, database):
    assert places(estate)[path, database]


def test_no_other_database_file_is_named_but_throw_away_ones(estate):
    names = set()
    for _, content in sources(estate):
        names.update(re.findall(r"(?<![\w*-])\w+\.(?:db|sqlite)\b", content.decode("latin-1")))
    assert names - {*PLAN, *OTHERS} == {"Thumbs.db", "test_zoe.db", "scratch_tasks.db", "test_lists.db"}


def test_every_python_file_compiles(estate):
    paths = list(estate.rglob("*.py"))
    assert len(paths) > 80
    for path in paths:
        compile(path.read_bytes(), str(path), "exec")


def test_peculiarities(estate):
    core = estate / "services" / "zoe-core"
    assert (core / "routers" / "weather.py").read_bytes().startswith(b"# -*- coding: latin-1 -*-\n")
    assert b"\xe9" in (core / "routers" / "weather.py").read_bytes()
    assert b"\r\n" in (core / "routers" / "roadmap.py").read_bytes()
    assert not (core / "routers" / "onboarding.py").read_bytes().endswith(b"\n")
    assert b"\n\tconn = " in (core / "project_analyzer.py").read_bytes()
    assert (estate / "services/zoe-mcp-server/simple_server.py").read_bytes().startswith(b"\xef\xbb\xbf")
    assert (estate / "scripts" / "repair lists.py").is_file()
    assert os.access(estate / "scripts" / "backup.sh", os.X_OK)


def test_the_memory_agents_dockerfile_lists_every_module(estate):
    service = estate / "services" / "mem-agent"
    copied = re.findall(r"^COPY (\w+\.py) \.$", (service / "Dockerfile").read_text(), re.MULTILINE)
    assert sorted(copied) == sorted(path.name for path in service.glob("*.py"))


# Imports everything in the directory of a service and calls each function and method that executes SQL on a
# connection of its own, with the databases of the estate in the place of /app/data. Constraints may refuse the
# arguments (1, 1, …) and a query may find nothing; what must not happen is an unknown table or column.
EXERCISE = """
import asyncio, gc, importlib, inspect, pathlib, sqlite3, sys
data = pathlib.Path(sys.argv[1])
sys.path.insert(0, "")
connect = sqlite3.connect

def from_the_estate(database, **options):
    return connect(data / pathlib.Path(str(database).partition("?")[0]).name)

def call(function):
    needed = [p.name for p in inspect.signature(function).parameters.values() if p.default is p.empty]
    if "connection" in needed or "path" in needed or ".execute(" not in inspect.getsource(function):
        return 0
    try:
        result = function(*[1] * len(needed))
        if inspect.iscoroutine(result):
            asyncio.run(result)
    except sqlite3.IntegrityError:
        pass
    except TypeError as error:
        assert "subscriptable" in str(error), error
    gc.collect()  # closes the connection of a function that failed
    return 1

sqlite3.connect = from_the_estate
called = 0
for path in sorted(pathlib.Path().rglob("*.py")):
    parts = path.with_suffix("").parts
    module = importlib.import_module(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    for name, member in inspect.getmembers(module):
        ours = getattr(member, "__module__", None) == module.__name__
        if not ours or name in ("main", "PathHolder", "Handler"):
            continue
        if inspect.isfunction(member):
            called += call(member)
        elif inspect.isclass(member):
            methods = inspect.getmembers(member(), inspect.ismethod)
            called += sum(call(method) for name, method in methods if not name.startswith("__"))
print(called)
"""


@pytest.mark.parametrize("service", SERVICES)
def test_the_modules_of_a_service_import_and_run(estate, service, tmp_path):
    data = tmp_path / "data"
    data.mkdir()
    for path in (estate / "data").iterdir():
        (data / path.name).write_bytes(path.read_bytes())
    result = subprocess.run(
        [sys.executable, "-B", "-c", EXERCISE, data],
        cwd=estate / "services" / service,
        capture_output=True,
        text=True,
        check=False,
    )
    assert result.returncode == 0, result.stderr
    assert int(result.stdout.split()[-1]) >= 3


def test_the_estates_own_tests_pass(estate):
    command = [sys.executable, "-B", "-m", "unittest", "discover", "-q", "-s", "tests"]
    result = subprocess.run(command, cwd=estate, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_every_operation_is_valid_on_its_database(estate, monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from estate.operations import OPERATIONS

    for database, subjects in OPERATIONS.items():
        with closing(sqlite3.connect(estate / "data" / database)) as connection:
            for operation in (operation for group in subjects.values() for operation in group):
                values = [None] * len(operation.parameters)
                connection.execute(f"EXPLAIN {operation.sql}", values)


def test_every_style_is_used(monkeypatch):
    monkeypatch.syspath_prepend(str(EXAMPLE))
    from estate.files import expand
    from estate.styles import STYLES
    from estate.table import FILES

    used = {name for file in FILES for styles in file.places.values() for name, _ in expand(styles)}
    assert used == set(STYLES)


# -- the databases ----------------


def query(estate, database, sql):
    with closing(sqlite3.connect(estate / "data" / database)) as connection:
        return connection.execute(sql).fetchall()


def columns(estate, database, table):
    return {row[1] for row in query(estate, database, f"PRAGMA table_info({table})")}


def test_the_databases_are_those_of_the_plan(estate):
    assert {path.name for path in (estate / "data").iterdir()} == {*PLAN, *OTHERS}
    for name in (*PLAN, *OTHERS):
        assert query(estate, name, "PRAGMA integrity_check") == [("ok",)]
        assert query(estate, name, "PRAGMA foreign_key_check") == []


@pytest.mark.parametrize(
    ("database", "users"),
    [
        ("zoe.db", {1: "testuser", 2: "admin", 3: "user", 4: "system"}),
        ("auth.db", {1: "admin", 2: "user"}),
        ("developer_tasks.db", {2: "developer"}),
    ],
)
def test_users_conflict_by_id(estate, database, users):
    assert dict(query(estate, database, "SELECT id, username FROM users")) == users


def test_people(estate):
    assert query(estate, "zoe.db", "SELECT COUNT(*) FROM people") == [(17,)]
    assert query(estate, "memory.db", "SELECT COUNT(*) FROM people") == [(0,)]


@pytest.mark.parametrize(
    ("table", "databases"),
    [
        ("users", ["zoe.db", "auth.db", "developer_tasks.db"]),
        ("sessions", ["auth.db", "sessions.db"]),
        ("task_executions", ["developer_tasks.db", "agent_planning.db"]),
        ("performance_metrics", ["model_performance.db", "performance.db"]),
    ],
)
def test_tables_of_one_name_have_different_columns(estate, table, databases):
    sets = [columns(estate, database, table) for database in databases]
    assert all(sets)
    assert len({frozenset(names) for names in sets}) == len(databases)


def test_what_makes_a_move_difficult(estate):
    zoe = {kind for (kind,) in query(estate, "zoe.db", "SELECT DISTINCT type FROM sqlite_master")}
    assert zoe == {"table", "index", "view", "trigger"}
    index = "SELECT COUNT(*) FROM sqlite_master WHERE name = 'idx_sessions_user'"
    assert query(estate, "auth.db", index) == query(estate, "sessions.db", index) == [(1,)]
    assert query(estate, "zoe.db", "SELECT seq FROM sqlite_sequence WHERE name = 'people'") == [(17,)]
    assert query(estate, "memory.db", "SELECT DISTINCT typeof(vector) FROM entity_embeddings") == [("blob",)]
    assert query(estate, "knowledge.db", "SELECT title FROM articles WHERE articles MATCH 'zuge'") == [("Züge",)]
    children = query(estate, "developer_tasks.db", "SELECT DISTINCT user_id FROM tasks")
    assert children == [(2,)]


# -- the generator ----------------


def dump(path):
    with closing(sqlite3.connect(path)) as connection:
        return list(connection.iterdump())


def test_two_runs_make_the_same(estate, tmp_path):
    assert generate(tmp_path).returncode == 0
    assert dict(sources(tmp_path)) == dict(sources(estate))
    assert (tmp_path / "dbfold.yaml").read_bytes() == (EXAMPLE / "dbfold.yaml").read_bytes()
    for name in (*PLAN, *OTHERS):
        assert dump(tmp_path / "data" / name) == dump(estate / "data" / name)


def test_a_directory_with_content_is_refused_unless_forced(tmp_path):
    (tmp_path / "precious.txt").write_text("keep me")
    refused = generate(tmp_path)
    assert refused.returncode == 2
    assert "--force" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["precious.txt"]
    assert generate(tmp_path, "--force").returncode == 0
    assert generate(tmp_path, "--force").returncode == 0
    assert (tmp_path / "precious.txt").read_text() == "keep me"


def test_git_holds_everything_but_the_data(estate):
    tracked = subprocess.check_output(["git", "ls-files", "-z"], cwd=estate, text=True).split("\0")[:-1]
    assert set(tracked) == {path for path, _ in sources(estate)} | {"dbfold.yaml"}


def test_the_generator_needs_the_standard_library_only():
    allowed = {*sys.stdlib_module_names, "estate"}
    for path in EXAMPLE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                assert {alias.name.split(".")[0] for alias in node.names} <= allowed, path
            elif isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] in allowed, path


def test_the_policy_knows_every_database(estate):
    yaml = pytest.importorskip("yaml")
    policy = yaml.safe_load((estate / "dbfold.yaml").read_text())
    assert {*PLAN, *OTHERS} <= policy["databases"].keys()
    retired = {name for name, entry in policy["databases"].items() if entry["role"] == "retired"}
    assert retired == PLAN.keys() - {"zoe.db", "memory.db"}
