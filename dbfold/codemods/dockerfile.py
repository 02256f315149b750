"""A root's Dockerfile: does it copy the accessor, and where is the line to add if it copies its modules one by one?

https://docs.docker.com/reference/dockerfile/ says what an instruction, a stage and a `.dockerignore` are.
"""

from __future__ import annotations

import json
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

_ESCAPE = re.compile(r"#\s*escape\s*=\s*(\S)\s*$", re.IGNORECASE)
_DIRECTIVE = re.compile(r"#\s*\w+\s*=")
_HEREDOC = re.compile(r"(?<!<)<<(-?)([\"']?)([A-Za-z_]\w*)\2")
_FROM = re.compile(r"(?:--\S+\s+)*(?P<image>\S+)(?:\s+AS\s+(?P<name>\S+))?\s*$", re.IGNORECASE)
_FLAGS = re.compile(r"(?:--\S+\s+)*")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with its continuation lines joined; `after` is the number of lines up to its end."""

    keyword: str
    arguments: str
    after: int


@dataclass(frozen=True, slots=True)
class Copy:
    """`COPY` or `ADD` of files of the build context. `directory` is its destination in the image."""

    keyword: str
    flags: str
    sources: tuple[str, ...]
    destination: str
    directory: str
    is_json: bool
    after: int


def with_accessor(text: str, root: str, module: str) -> tuple[str | None, str]:
    """The Dockerfile of `root` that copies the file `module` as well; None if dbfold cannot tell how.

    With None comes why not: `unknown` or `unclear`. Unchanged if it copies the module already.
    """
    lines = text.splitlines(keepends=True)
    copies = copies_of_last_stage(lines)
    inside = prefix(copies, root)
    if any(_covers(source, inside + module) for copy in copies for source in copy.sources):
        return text, ""
    python = [copy for copy in copies if any(source.endswith(".py") for source in copy.sources)]
    if not python:
        return None, "unknown"
    here = [copy for copy in python if any(_is_module_in(source, inside) for source in copy.sources)]
    is_clear = here and all(re.search(r"(?:^|/)\.?$", copy.destination) for copy in here)
    if not is_clear or len({copy.directory for copy in here}) != 1:
        return None, "unclear"
    line = _copy_line(here[-1], inside + module)
    return _inserted(lines, here[-1].after, line), ""


def prefix(copies: Sequence[Copy], root: str) -> str:
    """What the names of the root's files begin with in the build context: the root itself, or the repository."""
    if root in ("", "."):
        return ""
    named = (_normal(source) for copy in copies for source in copy.sources)
    return f"{root}/" if any(name == root or name.startswith(f"{root}/") for name in named) else ""


def is_ignored(dockerignore: str, name: str) -> bool:
    """True if a `.dockerignore` keeps `name`, relative to it, out of the build context."""
    ignored = False
    parts = name.split("/")
    parents = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    for line in dockerignore.splitlines():
        pattern = line.strip()
        is_exception = pattern.startswith("!")
        pattern = pattern.removeprefix("!").strip().strip("/")
        if pattern and not pattern.startswith("#"):
            expression = _expression(posixpath.normpath(pattern))
            if any(re.fullmatch(expression, parent) for parent in parents):
                ignored = not is_exception
    return ignored


def _expression(pattern: str) -> str:
    pieces = {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}
    return re.sub(
        r"\*\*/|\*\*|\*|\?|[^*?]+",
        lambda match: pieces.get(match[0], re.escape(match[0])),
        ".*" if pattern == "." else pattern,
    )


def instructions(lines: Sequence[str]) -> Iterator[Instruction]:
    """The instructions of a Dockerfile; comments, and the texts that `<<EOT` announces, are left out."""
    escape = "\\"
    for line in lines:
        if match := _ESCAPE.match(line):
            escape = match[1]
        if not _DIRECTIVE.match(line):
            break
    number = 0
    while number < len(lines):
        logical = ""
        is_open = True
        while is_open and number < len(lines):
            line = lines[number].strip()
            number += 1
            if line.startswith("#") or (logical and not line):
                continue
            is_open = line.endswith(escape)
            logical += line.removesuffix(escape) + " " if is_open else line
        keyword, _, arguments = logical.strip().partition(" ")
        if keyword.upper() in ("RUN", "COPY", "ADD"):
            for dash, _, end in _HEREDOC.findall(arguments):
                number = _after_heredoc(lines, number, end, dash)
        if keyword:
            yield Instruction(keyword.upper(), arguments.strip(), number)


def _after_heredoc(lines: Sequence[str], number: int, end: str, dash: str) -> int:
    """The number of lines up to the heredoc's end; `number` if it has none, for then it is something else."""
    for count, line in enumerate(lines[number:], start=1):
        text = line.rstrip("\r\n")
        if (text.lstrip("\t") if dash else text) == end:
            return number + count
    return number


def copies_of_last_stage(lines: Sequence[str]) -> list[Copy]:
    """What the last stage, and the stages that it is built on, copy from the build context."""
    stages: dict[str, tuple[list[Copy], str]] = {}
    copies: list[Copy] = []
    directory, name = "/", ""
    for instruction in instructions(lines):
        if instruction.keyword == "FROM":
            stages[name] = copies, directory
            match = _FROM.match(instruction.arguments)
            known, directory = stages.get(match["image"].lower(), ([], "/")) if match else ([], "/")
            copies = list(known)
            name = (match["name"] or "").lower() if match else ""
        elif instruction.keyword == "WORKDIR":
            directory = posixpath.join(directory, instruction.arguments.strip("\"'"))
        elif instruction.keyword in ("COPY", "ADD"):
            copy = _copy(instruction, directory)
            if copy is not None:
                copies.append(copy)
    return copies


def _copy(instruction: Instruction, directory: str) -> Copy | None:
    match = _FLAGS.match(instruction.arguments)
    flags = match[0] if match else ""
    rest = instruction.arguments[len(flags) :]
    if "--from=" in flags or "<<" in rest:
        return None
    is_json = rest.startswith("[")
    try:
        words = json.loads(rest) if is_json else rest.split()
    except ValueError:
        return None
    if len(words) < 2 or not all(isinstance(word, str) for word in words):
        return None
    target = posixpath.normpath(posixpath.join(directory, words[-1]))
    return Copy(instruction.keyword, flags, tuple(words[:-1]), words[-1], target, is_json, instruction.after)


def _normal(source: str) -> str:
    return posixpath.normpath(source.lstrip("/") or ".")


def _covers(source: str, name: str) -> bool:
    """True if `COPY source …` brings the file `name` of the build context along."""
    source = _normal(source)
    if source == "." or name.startswith(f"{source}/"):
        return True
    directory, pattern = posixpath.split(source)
    return directory == posixpath.dirname(name) and fnmatchcase(posixpath.basename(name), pattern)


def _is_module_in(source: str, inside: str) -> bool:
    return source.endswith(".py") and posixpath.dirname(_normal(source)) == inside.rstrip("/")


def _copy_line(like: Copy, source: str) -> str:
    words = json.dumps([source, like.destination]) if like.is_json else f"{source} {like.destination}"
    return f"{like.keyword} {like.flags}{words}"


def _inserted(lines: Sequence[str], number: int, line: str) -> str:
    """The text with `line` after the first `number` lines; a missing last newline stays missing."""
    before = "".join(lines[:number])
    newline = "\r\n" if lines[number - 1].endswith("\r\n") or "\r\n" in lines[0] else "\n"
    if not before.endswith("\n"):
        return before + newline + line
    return before + line + newline + "".join(lines[number:])
