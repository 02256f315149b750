"""The documents describe every option, kind, exit code, field and reason, and nothing that is gone."""

from __future__ import annotations

import argparse
import ast
import json
import re
from importlib import import_module

import pytest
import yaml
from documents import DOCUMENTS, ROOT, Command, File, rows, section, steps, text_of

from dbfold.base import exits
from dbfold.base.spans import Span
from dbfold.commands import audit
from dbfold.commands.registry import COMMANDS
from dbfold.policy.codes import Code
from dbfold.policy.loading import load_policy
from dbfold.policy.model import AccessorStyle
from dbfold.references.model import Action, FileError, Kind
from dbfold.references.scan import scan
from dbfold.rules.model import Checked, Finding

README, AUDIT, REWRITE, ARCHITECTURE = map(
    text_of, ("README.md", "docs/audit.md", "docs/rewrite.md", "docs/architecture.md")
)


def actions():
    for _, name, _ in COMMANDS:
        parser = argparse.ArgumentParser()
        import_module(name).add_arguments(parser)
        yield from ((name, action) for action in _leaves(parser))


def _leaves(parser):
    """The actions of a parser and of its subcommands."""
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for subparser in action.choices.values():
                yield from _leaves(subparser)
        else:
            yield action


OPTIONS = sorted({option for _, action in actions() for option in action.option_strings if option.startswith("--")})
OPTION_ROWS = {row[0].split()[0]: " ".join(row) for row in rows(section(README, "Use")) if row[0].startswith("--")}


@pytest.mark.parametrize("option", [*OPTIONS, "--version"])
def test_every_option_has_a_row(option):
    assert option in OPTION_ROWS


@pytest.mark.parametrize(("name", "action"), [(name, action) for name, action in actions() if action.choices])
def test_every_choice_is_described(name, action):
    assert all(f"`{choice}`" in OPTION_ROWS[action.option_strings[0]] for choice in action.choices)


def test_no_option_that_is_gone():
    assert set(OPTION_ROWS) == {*OPTIONS, "--version"}
    for path in DOCUMENTS:
        for line in re.findall(
            r"dbfold (?:init|audit|rewrite|check|move|rule|completion|ruff-config)[^`\n]*",
            path.read_text(encoding="utf-8"),
        ):
            assert set(re.findall(r"--[a-z][\w-]+", line)) <= set(OPTIONS), line


def test_exit_codes():
    described = {int(row[0]) for row in rows(section(README, "Use")) if row[0].isdigit()}
    assert described == {exits.CLEAN, exits.FINDINGS, exits.FAILED, exits.INTERNAL}


# -- kinds --------------------------------------------------------------------------------------------------------

KIND_ROWS = {row[0]: row[1:] for row in rows(section(AUDIT, "Kinds"))}
POLICY = "version: 1\ndatabases: {zoe.db: {role: primary, path: /app/data/zoe.db}}\n"


def test_every_kind_has_a_row():
    assert list(KIND_ROWS) == [kind.value for kind in Kind]


@pytest.mark.parametrize("kind", KIND_ROWS)
def test_the_example_of_a_kind_is_of_that_kind(kind, tmp_path):
    where, example, *_ = KIND_ROWS[kind]
    (tmp_path / "dbfold.yaml").write_text(POLICY, encoding="utf-8")
    imports = "import argparse, os, sqlite3, subprocess, tempfile\nfrom pathlib import Path\n"
    name = "module.py" if where == "Python" else where
    body = example.replace("⏎", "\n")
    (tmp_path / name).write_text(f"{imports}{body}\n" if where == "Python" else f"{body}\n", encoding="utf-8")
    found = scan([tmp_path], load_policy(tmp_path / "dbfold.yaml")).references
    assert {reference.kind.value for reference in found} == {kind}


# -- the JSON document ----------------------------------------------------------------------------------------------


def test_every_field_has_a_row():
    shown = next(step for step in steps(AUDIT) if isinstance(step, Command) and "json" in step.line)
    document = json.loads(shown.output)
    described = {row[0] for row in rows(section(AUDIT, "JSON"))}
    fields = set(document)
    for name in ("summary", "references", "databases", "errors"):
        part = document[name]
        entries = part if isinstance(part, list) else [part]
        assert entries, f"the example shows no {name}"
        fields |= {f"{name}[].{key}" if isinstance(part, list) else f"{name}.{key}" for key in entries[0]}
    assert described == fields


def test_every_verdict_and_column_is_described():
    assert {row[0] for row in rows(section(AUDIT, "Verdicts"))} == {action.value for action in Action}
    assert {row[0] for row in rows(section(AUDIT, "The table"))} == set(audit._COLUMNS)


def test_every_accessor_style_has_an_example():
    assert [row[0] for row in rows(section(REWRITE, "Accessor styles"))] == [style.value for style in AccessorStyle]


# -- reasons --------------------------------------------------------------------------------------------------------

REASON_MODULES = [
    "dbfold/references/verdicts.py",
    "dbfold/references/hazards.py",
    "dbfold/references/languages/plain_text.py",
]
REASON_MODULES += ["dbfold/journey/guidance.py", "dbfold/journey/waits.py"]
REASON_MODULES += [
    path.relative_to(ROOT).as_posix() for path in (ROOT / "dbfold/references/languages/python").glob("*.py")
]
# Modules whose exceptions and file errors a user reads; what else they hold is not for users.
ERROR_MODULES = [f"dbfold/references/{name}.py" for name in ("contents", "detection", "discovery", "survey")]
ERROR_MODULES += [
    f"dbfold/codemods/{name}.py"
    for name in ("accessors", "attempts", "file", "guided", "module", "roots", "run", "sql_names", "writing")
]
ERROR_MODULES += ["dbfold/base/text.py", "dbfold/base/writing.py", "dbfold/code/parsing.py"]
ERROR_CALLS = {
    *("FileError", "OSError", "UndecodableError", "UnparsableError", "WriteError", "RewriteError", "RootFiles"),
    *("_unparsed", "stays", "failed"),
}


def parsed(name):
    return ast.parse(text_of(name))


def template(node):
    """A string or f-string as the reader sees it, with `<>` for what is filled in; None for any other node."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(str(part.value) if isinstance(part, ast.Constant) else "<>" for part in node.values)
    return None


def is_sentence(text):
    """True for words; regular expressions, separators and code are something else."""
    return bool(re.fullmatch(r"[A-Za-z<][^\\|\n]*[^\s\\]", text)) and " " in text and "(?:" not in text


def reasons(name):
    tree = parsed(name)
    skipped = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            function = ast.unparse(node.func)
            if function == "re.compile" or function.endswith(".split"):
                skipped |= {id(part) for part in ast.walk(node)}
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            skipped.add(id(node.value))
        elif isinstance(node, ast.JoinedStr):
            skipped |= {id(part) for part in ast.walk(node) if part is not node}
        elif isinstance(node, ast.Assign) and isinstance(node.value, ast.Dict):
            short = {template(value) for value in node.value.values if "KINDS" in ast.unparse(node.targets[0])}
            yield from (text for text in short if text)
    for node in ast.walk(tree):
        text = template(node)
        if text is not None and id(node) not in skipped and is_sentence(text):
            yield text


def errors(name):
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Call) and ast.unparse(node.func).rpartition(".")[2] in ERROR_CALLS:
            values = [*node.args, *(keyword.value for keyword in node.keywords)]
        elif isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) in (
            "message",
            "conflict",
            "self.unreadable[file.path]",
        ):
            values = [node.value]
        elif isinstance(node, ast.Return) and isinstance(node.value, ast.Tuple):
            values = node.value.elts
        else:
            continue
        yield from (text for value in values if (text := template(value)) and is_sentence(text))


def normal(text):
    return re.sub(r"<[^<>]*>", "<>", text)


def described(heading):
    return {normal(row[0]) for row in rows(section(REWRITE, heading))}


def test_every_reason_is_described_and_none_that_is_gone():
    assert described("Reasons") == {
        text for name in REASON_MODULES if name not in ERROR_MODULES for text in reasons(name)
    }


def test_every_error_is_described_and_none_that_is_gone():
    assert described("Errors") == {text for name in ERROR_MODULES for text in errors(name)}


# -- architecture and links ----------------------------------------------------------------------------------------


MODULES = [path for room in ("dbfold", "codemods", "hooks", "rules", "tools") for path in (ROOT / room).rglob("*.py")]


def test_every_room_has_a_row():
    described = {row[0].rstrip("/") for row in rows(section(ARCHITECTURE, "Rooms"))}
    rooms = {path.parent.relative_to(ROOT).as_posix() for path in MODULES if path.name == "__init__.py"}
    assert described == rooms - {"dbfold"}


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_module_says_what_it_is_for(path):
    assert ast.get_docstring(parsed(path.relative_to(ROOT)))


LINKS = [
    (path, link)
    for path in (*DOCUMENTS, ROOT / "examples/zoe/README.md", *(ROOT / "rules").glob("DBF*.md"))
    for link in re.findall(r"\]\(([^)\s]+)\)", path.read_text(encoding="utf-8"))
    if "://" not in link
]


@pytest.mark.parametrize(("path", "link"), LINKS, ids=lambda value: getattr(value, "name", value))
def test_relative_links_resolve(path, link):
    name, _, anchor = link.partition("#")
    target = path.parent / name if name else path
    assert target.exists()
    if anchor:
        headings = re.findall(r"^#+ (.+)$", target.read_text(encoding="utf-8"), re.MULTILINE)
        assert anchor in {re.sub(r"[^\w\- ]", "", heading).lower().replace(" ", "-") for heading in headings}


def test_every_document_is_linked_from_the_readme():
    linked = {link for path, link in LINKS if path.name == "README.md" and path.parent == ROOT}
    assert {path.relative_to(ROOT).as_posix() for path in DOCUMENTS} - {"README.md"} <= linked


def test_the_files_of_the_examples_are_seen():
    assert [step.name for step in steps(README) if isinstance(step, File)][:2] == [
        "dbfold.yaml",
        "services/orders/store.py",
    ]


# -- the check ------------------------------------------------------------------------------------------------------


def test_every_form_and_field_of_the_check_has_a_row():
    from dbfold.rules.output import formats, json_document

    check = text_of("docs/check.md")
    assert [row[0] for row in rows(section(check, "Formats"))] == list(formats.FORMATS)
    finding = Finding("a", "a", Span(1, 1, 1, 2), Code.HARDCODED_PATH, "m", "r", True, "s", "f")
    document = json_document.document(Checked((finding,), errors=(FileError("a", "m"),)))
    fields = set(document) | {f"summary.{key}" for key in document["summary"]}
    fields |= {f"{name}[].{key}" for name in ("findings", "errors") for key in document[name][0]}
    assert {row[0] for row in rows(section(check, "JSON"))} == fields


def test_every_hook_has_a_row():
    hooks = yaml.safe_load(text_of(".pre-commit-hooks.yaml"))
    assert [row[0] for row in rows(text_of("docs/hooks.md"))][: len(hooks)] == [hook["id"] for hook in hooks]


def test_every_hook_is_in_the_list_of_its_directory():
    hooks = yaml.safe_load(text_of(".pre-commit-hooks.yaml"))
    listed = rows(text_of("hooks/README.md"))
    assert [(id, script) for _, id, script in listed] == [(hook["id"], hook["entry"]) for hook in hooks]
