"""The root's Dockerfile: before and after; and those that dbfold leaves to a person."""

import pytest

from dbfold.codemods.accessors import root_files
from dbfold.codemods.dockerfile import is_ignored, with_accessor
from dbfold.policy.loading import load_policy
from dbfold.policy.model import AccessorStyle

MODULE = "database_config.py"

UNCHANGED = {
    "everything": "FROM a\nCOPY . .\n",
    "everything from the repository": "FROM a\nCOPY services/orders/ /app/\n",
    "a pattern": "FROM a\nCOPY *.py /app/\n",
    "it is there": "FROM a\nCOPY app.py database_config.py /app/\n",
    "it is there in a continuation line": "FROM a\nCOPY app.py \\\n  # this\n  database_config.py \\\n  /app/\n",
    "it is there as JSON": 'FROM a\nCOPY ["app.py", "database_config.py", "/app/"]\n',
    "everything in the stage below": "FROM a AS base\nCOPY . .\nFROM base\nCMD x\n",
}


@pytest.mark.parametrize("before", UNCHANGED.values(), ids=UNCHANGED)
def test_unchanged(before):
    assert with_accessor(before, "services/orders", MODULE) == (before, "")


LINE = "COPY database_config.py ./\n"
PAIRS = {
    "one": ("FROM a\nCOPY app.py ./\nCMD x\n", "FROM a\nCOPY app.py ./\n" + LINE + "CMD x\n"),
    "the last of several": (
        "FROM a\nCOPY a.py ./\nCOPY b.py ./\nRUN x\n",
        "FROM a\nCOPY a.py ./\nCOPY b.py ./\n" + LINE + "RUN x\n",
    ),
    "a continuation": (
        "FROM a\nCOPY a.py \\\n     b.py \\\n     ./\nCMD x\n",
        "FROM a\nCOPY a.py \\\n     b.py \\\n     ./\n" + LINE + "CMD x\n",
    ),
    "no last newline": ("FROM a\nCOPY app.py ./", "FROM a\nCOPY app.py ./\n" + LINE.rstrip()),
    "Windows newlines": ("FROM a\r\nCOPY app.py ./\r\n", "FROM a\r\nCOPY app.py ./\r\n" + LINE.replace("\n", "\r\n")),
    "JSON": ('FROM a\nCOPY ["a.py", "./"]\n', 'FROM a\nCOPY ["a.py", "./"]\nCOPY ["database_config.py", "./"]\n'),
    "flags": (
        "FROM a\nCOPY --chown=u:u a.py ./\n",
        "FROM a\nCOPY --chown=u:u a.py ./\nCOPY --chown=u:u database_config.py ./\n",
    ),
    "the repository as context": (
        "FROM a\nCOPY services/orders/a.py /app/\n",
        "FROM a\nCOPY services/orders/a.py /app/\nCOPY services/orders/database_config.py /app/\n",
    ),
    "everything of another context": (
        "FROM a\nCOPY *.toml /app/\nCOPY services/orders/a.py /app/\nCOPY *.py /lib/\n",
        "FROM a\nCOPY *.toml /app/\nCOPY services/orders/a.py /app/\n"
        "COPY services/orders/database_config.py /app/\nCOPY *.py /lib/\n",
    ),
    "an earlier stage": (
        "FROM a AS build\nCOPY . .\nFROM a\nCOPY --from=build /x.py /\nCOPY app.py ./\n",
        "FROM a AS build\nCOPY . .\nFROM a\nCOPY --from=build /x.py /\nCOPY app.py ./\n" + LINE,
    ),
    "heredocs": (
        "FROM a\nCOPY app.py ./\nRUN <<EOT\nCOPY . .\nEOT\nRUN x \\\n  COPY . .\n",
        "FROM a\nCOPY app.py ./\n" + LINE + "RUN <<EOT\nCOPY . .\nEOT\nRUN x \\\n  COPY . .\n",
    ),
    "a here-string": ("FROM a\nRUN cat <<<EOT\nCOPY app.py ./\n", "FROM a\nRUN cat <<<EOT\nCOPY app.py ./\n" + LINE),
    "a subdirectory besides": (
        "FROM a\nCOPY app.py ./\nCOPY lib/b.py lib/\n",
        "FROM a\nCOPY app.py ./\n" + LINE + "COPY lib/b.py lib/\n",
    ),
}


@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
def test_pair(before, after):
    assert with_accessor(before, "services/orders", MODULE) == (after, "")
    assert with_accessor(after, "services/orders", MODULE) == (after, "")


LEFT = {
    "a file's name": ("FROM a\nCOPY app.py /app/main.py\n", "unclear"),
    "perhaps a file's name": ("FROM a\nCOPY app.py /app\n", "unclear"),
    "a subdirectory": ("FROM a\nCOPY src/app.py ./\n", "unclear"),
    "two directories": ("FROM a\nCOPY a.py /a/\nCOPY b.py /b/\n", "unclear"),
    "two working directories": ("FROM a\nCOPY a.py ./\nWORKDIR /b\nCOPY b.py ./\n", "unclear"),
    "no Python": ("FROM a\nCOPY requirements.txt ./\n", "unknown"),
    "only another stage": ("FROM a AS build\nCOPY app.py ./\nFROM a\nCOPY --from=build /app /app\n", "unknown"),
    "no stage": ("", "unknown"),
}


@pytest.mark.parametrize(("before", "why_not"), LEFT.values(), ids=LEFT)
def test_left_to_a_person(before, why_not):
    assert with_accessor(before, "services/orders", MODULE) == (None, why_not)


IGNORES = {
    "*\n": True,
    "**\n": True,
    "*\n!app.py\n": True,
    "*\n!*.py\n": False,
    "*\n!database_config.py\n": False,
    "**\n!**/*.py\n": False,
    "# *\n*.md\n": False,
    "!x\n*.py\n": True,
    "": False,
}


@pytest.mark.parametrize("text", IGNORES)
def test_ignored(text):
    assert is_ignored(text, MODULE) == IGNORES[text]


def test_a_module_of_the_repository_is_ignored_with_its_directory():
    assert is_ignored("services\n", f"services/orders/{MODULE}")
    assert not is_ignored("*\n!services/orders\n", f"services/orders/{MODULE}")


@pytest.mark.parametrize(
    ("dockerfile", "dockerignore", "warning"),
    [
        ("FROM a\nCOPY app.py ./\n", "*\n!app.py\n", ".dockerignore keeps database_config.py out of the image"),
        ("FROM a\nCOPY app.py /app/main.py\n", "", "Dockerfile copies its Python files to several places"),
        ("FROM a\nCOPY requirements.txt ./\n", "", "Dockerfile copies no Python file"),
        ("FROM a\nCOPY . .\n", "", None),
    ],
)
def test_warnings(tmp_path, dockerfile, dockerignore, warning):
    (tmp_path / "dbfold.yaml").write_text("version: 1\ndatabases: {zoe.db: {role: primary, path: /app/zoe.db}}\n")
    (tmp_path / "Dockerfile").write_text(dockerfile)
    (tmp_path / ".dockerignore").write_text(dockerignore)
    found = root_files(load_policy(tmp_path / "dbfold.yaml"), ".", AccessorStyle.CONSTANT)
    assert found.warning is None if warning is None else warning in found.warning
