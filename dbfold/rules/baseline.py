"""The baseline: findings that are tolerated until they are mended, by their content, not by their line.

One entry is one line of the file, sorted, so that merges are quiet. It may only shrink: an entry whose finding is gone
is a finding of its own (DBF011), until `dbfold check --write-baseline` or `--fix` takes it out.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.spans import Span
from dbfold.policy.codes import Code
from dbfold.policy.model import Policy
from dbfold.rules.model import Checked, Finding, Tolerance

VERSION = 1
_KEYS = ("file", "code", "message", "fingerprint")
_REMEDY = "mend it, or remove it and run `dbfold check --write-baseline`"


@dataclass(frozen=True, slots=True, order=True)
class Entry:
    """One tolerated finding. `file` is relative to the policy; `line` is where the entry stands, 0 if it is new."""

    file: str
    code: str
    message: str
    fingerprint: str
    line: int = 0


def read_baseline(path: Path) -> tuple[Entry, ...]:
    """The entries of a baseline; none if there is no such file. Raises UserError."""
    try:
        text = path.read_text(encoding="utf-8")
    except FileNotFoundError:
        return ()
    except (OSError, UnicodeDecodeError) as error:
        raise UserError(f"{path}: cannot be read ({error}); {_REMEDY}") from error
    return parse_baseline(text, path)


def parse_baseline(text: str, path: Path) -> tuple[Entry, ...]:
    """The entries of a baseline that holds `text`; `path` is for messages. Raises UserError."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise UserError(f"{path}: not JSON ({error}); {_REMEDY}") from error
    if not isinstance(document, dict) or document.get("version") != VERSION:
        raise UserError(f"{path}: not a baseline of version {VERSION}; {_REMEDY}")
    lines = {line.strip().rstrip(","): number for number, line in enumerate(text.splitlines(), 1)}
    return tuple(_entries(document.get("findings"), lines, path))


def _entries(found: object, lines: dict[str, int], path: Path) -> Iterator[Entry]:
    if not isinstance(found, list):
        raise UserError(f"{path}: no list of findings; {_REMEDY}")
    for item in found:
        try:
            file, code, message, fingerprint = (str(item[key]) for key in _KEYS)
        except (KeyError, TypeError) as error:
            raise UserError(f"{path}: an entry without file, code, message and fingerprint; {_REMEDY}") from error
        entry = Entry(file, code, message, fingerprint)
        yield replace(entry, line=lines.get(_line(entry), 1))


def baseline_text(entries: Iterable[Entry]) -> str:
    """The file that holds `entries`."""
    lines = ",\n".join(f"    {_line(entry)}" for entry in sorted(entries))
    return f'{{\n  "version": {VERSION},\n  "findings": [\n{lines}\n  ]\n}}\n'


def _line(entry: Entry) -> str:
    return json.dumps({key: getattr(entry, key) for key in _KEYS})


def entry_of(finding: Finding) -> Entry:
    """What the baseline says about a finding."""
    return Entry(finding.path, str(finding.code), finding.message, finding.fingerprint)


def without_tolerated(checked: Checked, entries: Iterable[Entry]) -> Checked:
    """The result without what the baseline tolerates."""
    known = {entry.fingerprint for entry in entries}
    left = tuple(finding for finding in checked.findings if finding.fingerprint not in known)
    passed = [entry_of(finding) for finding in checked.findings if finding.fingerprint in known]
    tolerances = (*checked.tolerances, *tolerances_of(passed))
    return replace(checked, findings=left, tolerated=checked.tolerated + len(passed), tolerances=tolerances)


def tolerances_of(entries: Iterable[Entry]) -> tuple[Tolerance, ...]:
    """What entries tolerate, by rule and database, the most frequent first."""
    counts = Counter((entry.code, entry.message) for entry in entries)
    return tuple(Tolerance(*key, count) for key, count in sorted(counts.items(), key=lambda item: (-item[1], item[0])))


def stale_entries(entries: Iterable[Entry], found: Iterable[Finding], files: Collection[str]) -> tuple[Entry, ...]:
    """The entries for `files` (relative to the policy) whose findings are gone."""
    fingerprints = {finding.fingerprint for finding in found}
    return tuple(entry for entry in entries if entry.file in files and entry.fingerprint not in fingerprints)


def stale_findings(entries: Iterable[Entry], policy: Policy, shown: str) -> Iterator[Finding]:
    """A finding for each stale entry; `shown` is the baseline's path for people."""
    if policy.accepts(Code.STALE_BASELINE, policy.rules.baseline):
        return
    for entry in entries:
        yield Finding(
            file=shown,
            path=policy.rules.baseline,
            span=Span(entry.line, 1, entry.line, 1),
            code=Code.STALE_BASELINE,
            message=f"{entry.file}: {entry.code} {entry.message}: that finding is gone",
            remedy="take it out: run `dbfold check --write-baseline`",
            fixable=True,
            source=_line(entry),
            fingerprint=f"stale-{entry.fingerprint}",
        )
