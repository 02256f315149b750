"""What is a comment in a file of some language: told by its name, its quotes, and where in the line a sign stands.

A comment is passed over in silence, so in doubt there is none: `rm -- data/x.db`, `* * * * * backup data/x.db` and
`title: "issue # 5, see data/x.db"` hold paths that programs open.
"""

from __future__ import annotations

import posixpath
import re
from typing import NamedTuple

_LONGEST = 2000  # code points of a line that are looked at for quotes; longer lines are data


class Syntax(NamedTuple):
    """How a language writes comments.

    first   what begins one at the beginning of a line
    inline  what begins one behind other things, outside of `quotes`
    blocks  begin and end of comments over several lines
    """

    first: tuple[str, ...] = ()
    inline: tuple[str, ...] = ()
    quotes: str = "\"'"
    blocks: tuple[tuple[str, str], ...] = ()


NONE = Syntax()
_HASH = Syntax(("#",), ("#",))
_HASH_FIRST = Syntax(("#", ";", "!"))  # what follows a value is the value: systemd, INI, properties, Dockerfile
_C = Syntax(("//",), ("//",), "\"'`", (("/*", "*/"),))
_SQL = Syntax(("--",), ("--",), "\"'", (("/*", "*/"),))
_DASHES = Syntax(("--",), ("--",), '"')
_SEMICOLON = Syntax((";",), (";",), '"')
_MARKUP = Syntax(blocks=(("<!--", "-->"),))
_ANY = Syntax(("#", "//", "--", ";", "<!--", "%"))

_BY_SUFFIX = {
    **dict.fromkeys(
        "sh bash zsh ksh fish mk cron yml yaml toml env rb pl pm r jl ex exs tcl nix cmake awk".split(), _HASH
    ),
    **dict.fromkeys("service timer socket ini cfg conf properties dockerfile".split(), _HASH_FIRST),
    **dict.fromkeys(
        "js ts tsx jsx mjs cjs go java c h cc cpp hpp cs rs kt kts swift scala dart groovy gradle".split(), _C
    ),
    **dict.fromkeys("jsonc json5 proto zig css scss less".split(), _C),
    **dict.fromkeys(("php", "tf", "hcl"), Syntax(("#", "//"), ("#", "//"), "\"'", (("/*", "*/"),))),
    "ps1": Syntax(("#",), ("#",), "\"'", (("<#", "#>"),)),
    "bat": Syntax(("rem ", "@rem ", "::")),
    "cmd": Syntax(("rem ", "@rem ", "::")),
    "sql": _SQL,
    **dict.fromkeys("lua hs elm adb ads".split(), _DASHES),
    **dict.fromkeys("el lisp clj cljs scm asm s".split(), _SEMICOLON),
    **dict.fromkeys("xml html htm svg plist".split(), _MARKUP),
    **dict.fromkeys("vue svelte".split(), Syntax(("//",), ("//",), "\"'`", (("/*", "*/"), ("<!--", "-->")))),
    "json": NONE,
}
_BY_NAME = (
    (re.compile(r"(?i)(?:Dockerfile|Containerfile)\b"), _HASH_FIRST),
    (re.compile(r"(?:Makefile|GNUmakefile|Justfile|justfile|crontab|Procfile|\.env)\b"), _HASH),
    (re.compile(r"Jenkinsfile\b"), _C),
)
_FOLDED = re.compile(r"(?m)^(?P<indent>[ \t]*)(?:- +)*(?:[^\s#][^\n]*:|-)[ \t]+>[-+\d]*[ \t]*(?:#[^\n]*)?$")


class Comments:
    """The comments of one text. `path` says in which language it is."""

    def __init__(self, text: str, path: str) -> None:
        self._text = text
        self._syntax = syntax_of(path, text)
        self._blocks = [span for pair in self._syntax.blocks for span in _blocks(text, *pair)]
        self._folded = _folded_scalars(text) if path.endswith((".yml", ".yaml")) else []

    def __contains__(self, offset: int) -> bool:
        """True if what stands at `offset` of the text is in a comment."""
        if any(start <= offset < end for start, end in self._blocks):
            return True
        if any(start <= offset < end for start, end in self._folded):
            return False  # the lines become one text, in which no sign has a meaning
        start = self._text.rfind("\n", 0, offset) + 1
        return _begins_comment(self._text[start : min(offset, start + _LONGEST + 1)], self._syntax)


def syntax_of(path: str, text: str) -> Syntax:
    """The comments of the language that the file's name, or its first line, tells."""
    name = posixpath.basename(path)
    for pattern, syntax in _BY_NAME:
        if pattern.match(name):
            return syntax
    suffix = posixpath.splitext(name.lower())[1].removeprefix(".")
    if suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    if text.startswith("#!"):
        return _C if "node" in text[:80].partition("\n")[0] else _HASH
    return _ANY


def _begins_comment(before: str, syntax: Syntax) -> bool:
    """True if a comment has begun in `before`, the line up to the place that is asked for."""
    if before.lstrip().lower().startswith(syntax.first):
        return bool(syntax.first)
    if not syntax.inline or len(before) > _LONGEST:
        return False
    quote = ""
    position = 0
    while position < len(before):
        sign = before[position]
        if quote:
            position += sign == "\\" and quote != "'"
            quote = "" if before[position : position + 1] == quote else quote
        elif sign in syntax.quotes and not (sign == "'" and before[position - 1 : position].isalnum()):
            quote = sign
        elif before.startswith(syntax.inline, position) and _stands_alone(before, position, sign):
            return True
        position += 1
    return False


def _stands_alone(before: str, position: int, sign: str) -> bool:
    """`a#b` and `http://` have no comment in them; `x = 1; // y` and `x, -- y` do."""
    previous = before[position - 1 : position]
    return not previous or previous.isspace() or (sign not in "#;" and previous not in ":/-\\")


def _blocks(text: str, begin: str, end: str) -> list[tuple[int, int]]:
    spans = []
    start = text.find(begin)
    while start >= 0:
        stop = text.find(end, start + len(begin))
        stop = len(text) if stop < 0 else stop + len(end)
        spans.append((start, stop))
        start = text.find(begin, stop)
    return spans


def _folded_scalars(text: str) -> list[tuple[int, int]]:
    """The ranges of YAML's `key: >` texts."""
    spans = []
    for match in _FOLDED.finditer(text):
        deeper = rf"(?:\n(?:[ \t]{{{len(match['indent']) + 1},}}[^\n]*|[ \t]*(?=\n|\Z)))*"
        following = re.compile(deeper).match(text, match.end())
        spans.append((match.end(), following.end() if following else match.end()))
    return spans
