"""From what was seen in a file to findings: each with its rule's words, its source line and a fingerprint."""

from __future__ import annotations

import hashlib
from collections import Counter
from contextlib import suppress

from dbfold.base.spans import Span
from dbfold.base.text import LineTable, UndecodableError, decode_plain, decode_python
from dbfold.policy.accessor import is_current, is_generated
from dbfold.policy.codes import Code
from dbfold.policy.model import POLICY_FILE_NAME, AccessorStyle, Policy
from dbfold.references.detection import is_python
from dbfold.references.discovery import SourceFile
from dbfold.references.ignores import UsedIgnore
from dbfold.references.model import Action, Reference
from dbfold.references.verdicts import Examined
from dbfold.rules.catalogue.registry import RULES
from dbfold.rules.model import Finding, Subject

_FIRST_LINE = Span(1, 1, 1, 1)


class FileFindings:
    """Collects the findings of one file, a path of which the policy may accept some."""

    def __init__(self, file: SourceFile, policy: Policy, table: LineTable | None) -> None:
        self._file = file
        self._policy = policy
        self._table = table
        self._seen: Counter[str] = Counter()
        self.found: list[Finding] = []

    def add(self, code: Code, span: Span, message: str, remedy: str, *, fixable: bool = False, about: str = "") -> None:
        """Add one, unless the policy accepts it here. `about` is what tells it from others on its line."""
        if self._policy.accepts(code, self._file.in_policy):
            return
        source = self._source(span.line)
        text = "\0".join((self._file.in_policy, code, about, source.strip()))
        self._seen[text] += 1
        fingerprint = hashlib.sha256(f"{text}\0{self._seen[text]}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
        place = (self._file.shown, self._file.in_policy, span)
        self.found.append(Finding(*place, code, message, remedy, fixable, source, fingerprint))

    def _source(self, line: int) -> str:
        table = self._table
        if table is None or line > len(table.starts):
            return ""
        return table.text[table.starts[line - 1] : table.line_end(line)].rstrip("\r\n")


def findings_in(examined: Examined, data: bytes, file: SourceFile, policy: Policy) -> list[Finding]:
    """What breaks a rule in a file that was examined, in the order of its lines. `data` is its content."""
    python = is_python(file.path, data)
    findings = FileFindings(file, policy, LineTable(_text(data, python)))
    for reference in examined.references:
        if reference.code is not None:
            _add_reference(findings, reference, policy, python)
    for used in examined.ignores:
        _add_ignore(findings, used)
    return sorted(findings.found, key=lambda finding: (finding.span.line, finding.span.column))


def _text(data: bytes, python: bool) -> str:
    """The text in which the file's places were counted."""
    if python:
        with suppress(UndecodableError):  # which is told where the file is examined
            return decode_python(data).text
    return decode_plain(data).text


def _add_reference(findings: FileFindings, reference: Reference, policy: Policy, is_python: bool) -> None:
    assert reference.code is not None
    rule = RULES[reference.code]
    assert rule.message is not None
    assert rule.remedy is not None
    subject = Subject(reference, policy, is_python)
    fixable = reference.verdict.action is Action.REWRITE
    message, remedy = rule.message(subject), rule.remedy(subject)
    findings.add(reference.code, reference.span, message, remedy, fixable=fixable, about=reference.text)


def _add_ignore(findings: FileFindings, used: UsedIgnore) -> None:
    ignore = used.ignore
    if ignore.problem is not None:
        findings.add(Code.INVALID_IGNORE, ignore.span, *_split(f"an ignore comment {ignore.problem}"))
    elif used.unused:
        codes = ", ".join(used.unused)
        what = "the comment" if used.unused == ignore.codes else f"{codes} from the comment"
        findings.add(Code.UNUSED_IGNORE, ignore.span, f"the comment ignores no {codes} here", f"remove {what}")


def _split(problem: str) -> tuple[str, str]:
    message, _, remedy = problem.partition("; ")
    return message, remedy or "name codes of dbfold: `dbfold rule` lists them"


def accessor_finding(data: bytes, file: SourceFile, policy: Policy) -> list[Finding]:
    """What is wrong with the accessor module `data`; empty if it says what the policy says."""
    text = decode_plain(data).text
    style = policy.accessor.style
    if is_current(text, policy, style, file.in_policy.rpartition("/")[0]):
        return []
    findings = FileFindings(file, policy, LineTable(text))
    generated = is_generated(text)
    inline = style is AccessorStyle.INLINE
    if inline and generated:
        why, remedy = "is not needed with accessor.style inline", "remove it"
    elif inline:
        return []
    elif generated:
        why, remedy = (
            f"is not what {POLICY_FILE_NAME} says",
            f"write it anew, and put what was edited into {POLICY_FILE_NAME}",
        )
    else:
        why = "is where the accessor belongs, and dbfold did not generate it"
        remedy = "remove it, or choose another accessor.module"
    fixable = generated and not inline
    message = f"{file.in_policy.rpartition('/')[2]} {why}"
    findings.add(Code.STALE_ACCESSOR, _FIRST_LINE, message, remedy, fixable=fixable)
    return findings.found
