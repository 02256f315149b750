from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile

import pytest

from dbfold.policy.accessor import (
    accessor_file_name,
    accessor_import,
    accessor_name,
    accessor_source,
    is_generated,
)
from dbfold.policy.model import AccessorStyle, Database, Role

CONSTANT, FUNCTION, INLINE = AccessorStyle.CONSTANT, AccessorStyle.FUNCTION, AccessorStyle.INLINE

KEPT = """
version: 1
databases:
  zoe.db: {role: primary, path: /app/data/zoe.db}
  memory.db: {role: specialized, path: /app/data/memory.db}
"""
ALIASES = "env_aliases: {ZOE_DB_PATH: DATABASE_PATH, SESSION_DB_PATH: DATABASE_PATH}\n"
RETIRED = "  auth.db: {role: retired, into: zoe.db}\n"
PATTERN = "  cache_*.db: {role: retired, into: zoe.db}\n"
CATCH_ALL = "  '*.db': {role: retired, into: zoe.db}\n"
UGLY = """
version: 1
databases:
  "it's \\"odd\\" \\xe4.db": {role: primary, path: "/d/it's \\"odd\\" \\xe4.db", env: odd}
  "say \\"a\\".db": {role: specialized, path: "/d/\\ttab\\\\back/say \\"a\\".db"}
  long.db: {role: specialized, path: /a/directory/that/needs/one/operand/on/each/line/long.db}
  mid.db: {role: specialized, path: /a/path/that/needs/brackets/and/fits/in/mid.db}
"""
VARIANTS = {
    "plain": KEPT,
    "retired, no alias": KEPT + RETIRED,
    "alias, nothing retired": KEPT + ALIASES,
    "alias, retired": KEPT + RETIRED + ALIASES,
    "alias, long list of retired": KEPT + "".join(RETIRED.replace("auth", f"auth{n}") for n in range(9)) + ALIASES,
    "alias, pattern": KEPT + RETIRED + PATTERN + ALIASES,
    "alias, pattern over kept": KEPT + CATCH_ALL + ALIASES,
    "quotes and lengths": UGLY,
}


@pytest.fixture(params=VARIANTS.values(), ids=VARIANTS.keys())
def any_policy(request, load):
    return load(request.param)


def run(source, directory, environment, interpreter=sys.executable):
    """The values of all accessors, as a fresh interpreter with that environment alone sees them."""
    (directory / "database_config.py").write_text(source, encoding="utf-8")
    code = (
        "import json, database_config as module\n"
        "public = {n: v for n, v in vars(module).items() if not n.startswith('_') and 'database_path' in n.lower()}\n"
        "print(json.dumps({n.upper(): v() if callable(v) else v for n, v in public.items()}))"
    )
    system = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    result = subprocess.run(
        [interpreter, "-B", "-c", code],
        cwd=directory,
        env=system | {"PYTHONIOENCODING": "utf-8"} | environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return json.loads(result.stdout)


SCRATCH = f"{tempfile.gettempdir()}/test-7/auth.db"
ZOE, MEMORY = "/app/data/zoe.db", "/app/data/memory.db"


@pytest.mark.parametrize("style", [CONSTANT, FUNCTION])
@pytest.mark.parametrize(
    ("policy", "environment", "zoe"),
    [
        ("plain", {}, ZOE),
        ("plain", {"DATABASE_PATH": ""}, ZOE),
        ("plain", {"DATABASE_PATH": "/x/zoe.db"}, "/x/zoe.db"),
        ("plain", {"ZOE_DB_PATH": "/x/zoe.db"}, ZOE),
        ("alias, nothing retired", {"ZOE_DB_PATH": "/x/auth.db"}, "/x/auth.db"),
        ("alias, retired", {}, ZOE),
        ("alias, retired", {"ZOE_DB_PATH": "", "SESSION_DB_PATH": ""}, ZOE),
        ("alias, retired", {"ZOE_DB_PATH": "/x/zoe.db"}, "/x/zoe.db"),
        ("alias, retired", {"SESSION_DB_PATH": "/y/zoe.db"}, "/y/zoe.db"),
        ("alias, retired", {"ZOE_DB_PATH": "/x/zoe.db", "SESSION_DB_PATH": "/y/zoe.db"}, "/x/zoe.db"),
        ("alias, retired", {"DATABASE_PATH": "/z/zoe.db", "ZOE_DB_PATH": "/x/zoe.db"}, "/z/zoe.db"),
        ("alias, retired", {"DATABASE_PATH": "", "ZOE_DB_PATH": "/x/zoe.db"}, "/x/zoe.db"),
        ("alias, retired", {"ZOE_DB_PATH": "/x/auth.db"}, ZOE),
        ("alias, retired", {"ZOE_DB_PATH": "auth.db"}, ZOE),
        ("alias, retired", {"ZOE_DB_PATH": "/x/auth.db", "SESSION_DB_PATH": "/y/zoe.db"}, "/y/zoe.db"),
        ("alias, retired", {"DATABASE_PATH": "/x/auth.db"}, "/x/auth.db"),  # said on purpose
        (
            "alias, retired",
            {"ZOE_DB_PATH": f"{tempfile.gettempdir()}/test-7/auth.db"},
            f"{tempfile.gettempdir()}/test-7/auth.db",
        ),
        ("alias, retired", {"ZOE_DB_PATH": "/app/data/auth.db"}, ZOE),
        ("alias, retired", {"ZOE_DB_PATH": "sqlite:////y/zoe.db"}, "/y/zoe.db"),
        ("alias, retired", {"ZOE_DB_PATH": "sqlite+aiosqlite:///y/zoe.db?mode=ro"}, "y/zoe.db"),
        ("alias, retired", {"ZOE_DB_PATH": "sqlite:////app/data/auth.db"}, ZOE),
        ("alias, pattern", {"ZOE_DB_PATH": "/x/cache_7.db"}, ZOE),
        ("alias, pattern", {"ZOE_DB_PATH": "/x/auth.db"}, ZOE),
        ("alias, pattern", {"ZOE_DB_PATH": "/x/Cache_7.db"}, "/x/Cache_7.db"),
        ("alias, pattern over kept", {"ZOE_DB_PATH": "/x/zoe.db"}, "/x/zoe.db"),
        ("alias, pattern over kept", {"ZOE_DB_PATH": "/x/other.db"}, ZOE),
    ],
)
def test_generated_module_at_run_time(load, tmp_path, style, policy, environment, zoe):
    values = run(accessor_source(load(VARIANTS[policy]), style), tmp_path, environment)
    assert values == {"DATABASE_PATH": zoe, "MEMORY_DATABASE_PATH": MEMORY}


def test_a_data_directory_below_the_temporary_one_is_no_scratch(load, tmp_path):
    policy = load(VARIANTS["alias, retired"].replace("/app/data", str(tmp_path)))
    source = accessor_source(policy, CONSTANT)
    values = run(source, tmp_path, {"ZOE_DB_PATH": f"{tmp_path}/auth.db"})
    assert values["DATABASE_PATH"] == f"{tmp_path}/zoe.db"
    assert run(source, tmp_path, {"ZOE_DB_PATH": f"{tmp_path}/t/auth.db"})["DATABASE_PATH"] == f"{tmp_path}/t/auth.db"


def test_a_url_of_another_engine_is_no_path(load, monkeypatch):
    monkeypatch.setenv("ZOE_DB_PATH", "postgresql://user:secret@host/zoe")
    with pytest.raises(ValueError, match="ZOE_DB_PATH names no file of SQLite"):
        exec(accessor_source(load(VARIANTS["alias, retired"]), CONSTANT), {})


def test_function_style_reads_the_environment_at_each_call(load, monkeypatch):
    module = {}
    exec(accessor_source(load(KEPT), FUNCTION), module)
    monkeypatch.setenv("DATABASE_PATH", "/x/zoe.db")
    assert module["database_path"]() == "/x/zoe.db"
    monkeypatch.delenv("DATABASE_PATH")
    assert module["database_path"]() == ZOE


@pytest.mark.parametrize("style", [CONSTANT, FUNCTION])
def test_odd_names_keep_their_value(load, monkeypatch, style):
    policy = load(UGLY)
    module = {}
    exec(accessor_source(policy, style), module)
    for database in policy.kept:
        monkeypatch.delenv(database.env, raising=False)
        assert eval(accessor_name(database, style), module) == database.path


@pytest.mark.parametrize("style", [CONSTANT, FUNCTION])
def test_generated_source_is_formatted_short_and_clean(any_policy, tmp_path, style):
    source = accessor_source(any_policy, style)
    assert source == accessor_source(any_policy, style)
    path = tmp_path / "database_config.py"
    path.write_text(source, encoding="utf-8")
    shared = ["--isolated", "--target-version", "py38", "--no-cache"]
    for command in (["format", "--diff"], ["check", "--select", "E4,E7,E9,F,W,I,B,UP,ANN,RET"]):
        result = subprocess.run(
            [sys.executable, "-m", "ruff", *command, *shared, str(path)], capture_output=True, text=True, check=False
        )
        assert result.returncode == 0, result.stdout + result.stderr
    assert max(map(len, source.splitlines())) <= 88


@pytest.mark.parametrize("style", [CONSTANT, FUNCTION])
def test_generated_source_is_python_3_8(any_policy, style):
    import ast

    assert ast.parse(accessor_source(any_policy, style), feature_version=(3, 8)).body


def test_small_source_for_a_small_policy(load):
    assert accessor_source(load(KEPT), CONSTANT) == (
        '"""Generated by dbfold from dbfold.yaml; edit that file, not this one."""\n'
        "\n"
        "import os\n"
        "\n"
        'DATABASE_PATH: str = os.environ.get("DATABASE_PATH") or "/app/data/zoe.db"\n'
        "MEMORY_DATABASE_PATH: str = (\n"
        '    os.environ.get("MEMORY_DATABASE_PATH") or "/app/data/memory.db"\n'
        ")\n"
    )


@pytest.mark.parametrize(
    ("policy", "absent"),
    [
        ("plain", ["_alias", "_RETIRED", "fnmatch"]),
        ("retired, no alias", ["_alias", "_RETIRED", "fnmatch"]),
        ("alias, nothing retired", ["_alias", "_RETIRED", "fnmatch"]),
        ("alias, retired", ["_KEPT", "fnmatch"]),
        ("alias, pattern", ["_KEPT"]),
    ],
)
def test_nothing_is_generated_that_is_not_used(load, policy, absent):
    source = accessor_source(load(VARIANTS[policy]), CONSTANT)
    assert [name for name in absent if name in source] == []


def test_names(load):
    policy = load(KEPT)
    zoe, memory = policy.kept
    assert accessor_file_name(policy) == "database_config.py"
    assert [accessor_name(memory, style) for style in (CONSTANT, FUNCTION, INLINE)] == [
        "MEMORY_DATABASE_PATH",
        "memory_database_path()",
        'os.environ["MEMORY_DATABASE_PATH"]',
    ]
    assert [accessor_import(zoe, style) for style in (CONSTANT, FUNCTION, INLINE)] == [
        "DATABASE_PATH",
        "database_path",
        None,
    ]


@pytest.mark.parametrize("style", list(AccessorStyle))
def test_only_kept_databases_have_an_accessor(style):
    retired = Database("auth.db", Role.RETIRED, into="zoe.db")
    for function in (accessor_name, accessor_import):
        with pytest.raises(ValueError, match=r"auth\.db is retired: it has no accessor"):
            function(retired, style)


def test_style_inline_has_no_module(load):
    with pytest.raises(ValueError, match="style inline has no module"):
        accessor_source(load(KEPT), INLINE)


@pytest.mark.parametrize("style", [CONSTANT, FUNCTION])
@pytest.mark.parametrize("prefix", ["", "\ufeff", "# -*- coding: utf-8 -*-\n", "#!/bin/sh\r\n\r\n  # SPDX\n", "\n\n"])
def test_generated_modules_are_recognised(any_policy, style, prefix):
    assert is_generated(prefix + accessor_source(any_policy, style))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "DATABASE_PATH = 1\n",
        '"""Paths."""\n# Generated by dbfold\n',
        "# Generated by dbfold\n",
        '"""Generated by dbfolder."""\n',
        'import os\n"""Generated by dbfold from dbfold.yaml."""\n',
        "#" * 100_000,
        "\n" * 100_000,
    ],
)
def test_other_modules_are_not(text):
    assert not is_generated(text)


def test_another_version_is_recognised():
    assert is_generated('"""Generated by dbfold 9.1; something else."""\n')
