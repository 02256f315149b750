"""One spelling for the directories that code and policy write in many. Text only: no file system is asked.

A path may hold placeholders for computed parts, `{root}/data`; a slash inside one is no separator.
"""

from __future__ import annotations

import re

_PART = re.compile(r"(?:\{[^{}]*\}|[^/])+")
_WINDOWS_PART = re.compile(r"(?:\{[^{}]*\}|[^\\])+")
_PLACEHOLDER = re.compile(r"\{[^{}]*\}")
_DRIVE = re.compile(r"[A-Za-z]:")


def has_placeholder(text: str) -> bool:
    """True for text with a computed part, `{root}`."""
    return "{" in text and _PLACEHOLDER.search(text) is not None


def split_path(text: str) -> tuple[str, str]:
    """The directory in its normal form and the file name: `"./a//b/zoe.db"` gives `("a/b", "zoe.db")`.

    The normal form has forward slashes, no `.`, no duplicate or trailing slash, and `..` only in front. It is
    empty for a bare file name, and `/` for the root. Without a forward slash, backslashes are separators.
    """
    separator = _separator(text)
    parts = (_PART if separator == "/" else _WINDOWS_PART).findall(text)
    name = "" if text.endswith(separator) or not parts else parts.pop()
    return _joined(parts, "/" if text.startswith(separator) else ""), name


def normal_directory(text: str) -> str:
    """A directory in the normal form of `split_path`."""
    return split_path(text + _separator(text))[0] if text else ""


def without_parents(directory: str) -> str:
    """A normal directory without leading `..`: the place that is meant from wherever the program runs."""
    while directory == ".." or directory.startswith("../"):
        directory = directory[3:]
    return directory


def without_drive(directory: str) -> str:
    """A normal directory without a leading `C:`."""
    return directory[2:] if _DRIVE.match(directory) else directory


def static_tail(directory: str) -> str:
    """What follows the last computed part of a normal directory: `data` for `/srv/{root}/../data`."""
    tail: list[str] = []
    for part in reversed(_PART.findall(directory)):
        if has_placeholder(part):
            break
        tail.insert(0, part)
    return without_parents("/".join(tail))


def _separator(text: str) -> str:
    if "\\" not in text:
        return "/"
    return "/" if "/" in _PLACEHOLDER.sub("", text) else "\\"


def _joined(parts: list[str], prefix: str) -> str:
    """The parts as a normal directory. `..` takes back a part before it, unless that one is computed."""
    kept: list[str] = []
    for part in parts:
        if not kept and not prefix and _DRIVE.fullmatch(part):
            prefix = part.upper() + "/"
        elif part == "..":
            if kept and kept[-1] != ".." and not has_placeholder(kept[-1]):
                kept.pop()
            elif kept or not prefix:
                kept.append(part)
        elif part != ".":
            kept.append(part)
    return prefix + "/".join(kept)
