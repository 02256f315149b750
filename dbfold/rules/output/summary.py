"""The last line of a report for people."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from dbfold.base.output.counted import counted
from dbfold.rules.model import Checked, Tolerance


def tolerance_lines(tolerances: Sequence[Tolerance]) -> Iterator[str]:
    """What a baseline passes over: `  12  DBF002  path of auth.db, …`."""
    width = max((len(str(one.number)) for one in tolerances), default=0)
    return (f"  {one.number:{width}}  {one.code}  {one.message}" for one in tolerances)


def summary_line(checked: Checked) -> str:
    """`Found 3 findings in 2 files (1 fixable with --fix; 12 tolerated by the baseline).`"""
    notes = []
    fixable = sum(finding.fixable for finding in checked.findings)
    if fixable:
        notes.append(f"{fixable} fixable with --fix")
    if checked.tolerated:
        notes.append(f"{checked.tolerated} tolerated by the baseline")
    if checked.excluded:
        notes.append(f"{counted(checked.excluded, 'file')} excluded by the policy")
    if checked.errors:
        notes.append(f"{counted(len(checked.errors), 'file')} could not be checked")
    in_brackets = f" ({'; '.join(notes)})" if notes else ""
    if checked.findings:
        files = counted(len({finding.file for finding in checked.findings}), "file")
        return f"Found {counted(len(checked.findings), 'finding')} in {files}{in_brackets}."
    if not checked.files and not checked.errors:
        return f"Nothing to check: 0 files{in_brackets}."
    verdict = "Nothing found" if checked.errors else "Nothing new" if checked.tolerated else "All clear"
    return f"{verdict}: {counted(checked.files, 'file')} checked{in_brackets}."
