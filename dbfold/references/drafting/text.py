"""A draft as the text of `dbfold.yaml`, with the comments that its reader needs to decide."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

import yaml

from dbfold.base.output.counted import counted
from dbfold.references.drafting.draft import Draft, Found

_HEADER = """\
# The policy of this application's databases, drafted by `dbfold init` from what code and configuration say.
# Give each database a role, check the rest, and run `dbfold audit`.
version: 1

"""
_ROLES = """# What a database can be:
#   primary      kept; exactly one database is
#   specialized  kept beside it:       {{role: specialized, path: /app/data/search.db, only: ["services/search/**"]}}
#   retired      folded into another:  {{role: retired, into: {primary}}}
#   external     somebody else's file, named and never touched:  {{role: external}}
#   undecided    reported and never rewritten, until you decide
# The comments say how often a database is named, in how many files, and where a file of that name lies.
databases:
"""
_ALIASES = "# Other variables that name the same database. The first one that is set counts."
_ROOTS = "# Directories that Python imports from, such as Docker build contexts: each gets its own copy of the module."
_DATA_DIRS = """\
# Spellings of the one directory that holds the databases; the same file name in another directory is another file.
# Remove what is not that directory."""
_OTHER_DIRS = "  # Seen with one other database only:"
_TEMPORARY = "# Throw-away databases: directories, and files that use them."
_CONFIG_FILES = "# Files that may hold a literal path."
_EXCLUDE = "# Old copies: not looked at."
_REVIEW = """\
# Reported, never rewritten. Migrations open an old and a new file on purpose; scripts may run where the accessor
# cannot be imported; what is called a test among the code may be one (then it belongs to `temporary`)."""
_PLAIN = re.compile(r"\.?[\w/][\w/. +@-]*\Z", re.ASCII)
_WIDEST = 60  # a comment further to the right is not seen
_MOST_DIRECTORIES = 8


def draft_text(draft: Draft) -> str:
    """The YAML text of a draft. It loads, and says what `draft` says."""
    blocks = [_HEADER.rstrip(), _ROLES.format(primary=scalar(draft.primary)) + "\n".join(_databases(draft))]
    if draft.aliases:
        entries = (f"  {scalar(alias)}: {scalar(draft.env)}" for alias in draft.aliases)
        blocks.append("\n".join((_ALIASES, "env_aliases:", *entries)))
    blocks.append("\n".join(("accessor:", f"  module: {scalar(draft.module)}", f"  {_ROOTS}", *_roots(draft))))
    if draft.data_dirs:
        blocks.append("\n".join((_DATA_DIRS, "data_dirs:", *_directories(draft))))
    blocks.append(_list("temporary", _TEMPORARY, draft.temporary))
    blocks.append(_list("config_files", _CONFIG_FILES, (f"**/{draft.module}.py",)))
    blocks += [_list(*entry) for entry in (("exclude", _EXCLUDE, draft.exclude), ("review", _REVIEW, draft.review))]
    return "\n\n".join(filter(None, blocks)) + "\n"


def scalar(text: str) -> str:
    """`text` as a YAML scalar: plain where that means the same text, else in double quotes."""
    if _PLAIN.match(text) and text == text.strip() and yaml.safe_load(f"[{text}]") == [text]:
        return text
    return json.dumps(text, ensure_ascii=False)


def _databases(draft: Draft) -> Iterator[str]:
    primary = [found for found in draft.databases if found.name == draft.primary]
    comment = _comment(primary[0]) if primary else "not found: every name is computed; write yours"
    yield f"  {scalar(draft.primary)}:  # {comment}"
    yield "    role: primary"
    yield f"    path: {scalar(draft.path)}"
    yield f"    env: {scalar(draft.env)}"
    others = [found for found in draft.databases if found.name != draft.primary]
    yield from _commented([(f"  {scalar(found.name)}: {{role: undecided}}", _comment(found)) for found in others])


def _commented(lines: Sequence[tuple[str, str]]) -> Iterator[str]:
    """Lines with their comments below one another."""
    width = min(max((len(line) for line, _ in lines), default=0), _WIDEST)
    yield from (f"{line:{width}}  # {comment}" for line, comment in lines)


def _comment(found: Found) -> str:
    parts = ["not named in the code"]
    if found.references:
        parts = [f"{counted(found.references, 'reference')} in {counted(found.files, 'file')}"]
    if len(found.present) == 1:
        parts += [f"{path}, {_size(size)}" for path, size in found.present.items()]
    elif found.present:
        first = min(found.present)
        parts.append(f"{len(found.present)} files such as {first}, {_size(sum(found.present.values()))}")
    return "; ".join(parts)


def _size(size: int) -> str:
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size} {unit}"
        size = round(size / 1000)
    return f"{size} GB"


def _roots(draft: Draft) -> Iterator[str]:
    yield "  roots:"
    yield from (f"    - {scalar(root)}" for root in draft.roots)


def _directories(draft: Draft) -> Iterator[str]:
    yield from _with_counts(draft.data_dirs, "  - ")
    if draft.other_dirs:
        yield _OTHER_DIRS
        yield from _with_counts(dict(list(draft.other_dirs.items())[:_MOST_DIRECTORIES]), "  # - ")


def _with_counts(directories: Mapping[str, int], start: str) -> Iterator[str]:
    yield from _commented([(start + scalar(name), counted(count, "reference")) for name, count in directories.items()])


def _list(key: str, comment: str, entries: Iterable[str]) -> str:
    """A list with its comment; nothing where it has no entries, because an empty key is an error."""
    lines = [f"  - {scalar(entry)}" for entry in entries]
    return "\n".join((comment, f"{key}:", *lines)) if lines else ""
