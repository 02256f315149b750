"""The documentation as data: its code blocks, tables and links.

Conventions of the documents: a block that begins with the comment `# name/of/file` is a file of the reader's project.
A ```console block holds commands after `$ ` and, where it helps, what they print, with `...` for any lines. A command
that fails on purpose ends in `# exit code N`. Blocks in ```sh are for a real machine and are not run.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[2]
ROOMS = ("codemods", "hooks", "rules")
DOCUMENTS = [
    *(ROOT / name for name in ("README.md", "CHANGELOG.md", "CONTRIBUTING.md", "SECURITY.md")),
    *sorted((ROOT / "docs").glob("*.md")),
    *(ROOT / room / "README.md" for room in ROOMS),
]
_BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE_NAME = re.compile(r"# ((?:[\w.-]+/)*(?:[\w-]*\.[\w.-]+|Dockerfile))\n")
_EXIT_CODE = re.compile(r"\s+# exit code (\d)$")


@dataclass(frozen=True)
class File:
    name: str
    content: str


@dataclass(frozen=True)
class Command:
    line: str
    code: int
    output: str


def text_of(name: str) -> str:
    return (ROOT / name).read_text(encoding="utf-8")


def steps(text: str) -> list[File | Command]:
    """What a reader does with a document: the files to write and the commands to run, in order."""
    found: list[File | Command] = []
    for language, body in _BLOCK.findall(text):
        if language == "console":
            found += _commands(body)
        elif match := _FILE_NAME.match(body):
            found.append(File(match[1], body))
    return found


def _commands(body: str) -> list[Command]:
    found = []
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        line, _, output = part.partition("\n")
        match = _EXIT_CODE.search(line)
        found.append(Command(_EXIT_CODE.sub("", line), int(match[1]) if match else 0, output))
    return found


def section(text: str, heading: str) -> str:
    """The text below a heading, up to the next heading of the same or a higher level."""
    match = re.search(rf"^(#+) {re.escape(heading)}$", text, re.MULTILINE)
    assert match, f"no section {heading!r}"
    rest = text[match.end() :]
    end = re.search(rf"^#{{1,{len(match[1])}}} ", rest, re.MULTILINE)
    return rest[: end.start()] if end else rest


def rows(text: str) -> list[list[str]]:
    """The cells of all table rows in `text`, without headings, code spans unwrapped."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    heading = {index - 1 for index, line in enumerate(lines) if re.fullmatch(r"[|\-: ]+", line)}
    kept = [line for index, line in enumerate(lines) if index not in heading and index - 1 not in heading]
    return [[_unwrapped(cell) for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in kept]


def _unwrapped(cell: str) -> str:
    cell = cell.strip().replace("\\|", "|")
    if match := re.fullmatch(r"`` ?(.+?) ?``|`([^`]+)`", cell):
        return match[1] or match[2]
    return cell
