"""Connections to several files that become connections to one: what is attached, and transactions inside of others."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.outlook import Outlook
from dbfold.journey.row_loops import RowLoops
from dbfold.journey.transactions import Transactions
from dbfold.journey.writers import Writers
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Sources


def together_concerns(code: CodeScan, outlook: Outlook, sources: Sources) -> Iterator[Concern]:
    """What would go wrong on one file, for the databases that become one."""
    homes = {name: merged.target for name, merged in outlook.merged.items()}
    for one in code.attachments:
        for name in one.attached:
            same = [other for other in one.to if homes.get(other, other) == homes.get(name, name) and other != name]
            if name in homes and (same or not one.to):
                what = same[0] if same else "a connection to what is not known"
                reason = f"attaches {name} to {what}: afterwards that is one file, and attached to itself it is locked"
                yield Concern(entry_names(outlook.policy, [name, *same]), one.file, one.line, reason)
    if code.project is not None and len(set(homes.values())) < len(homes):
        writers = Writers(code.project, code.executions, homes, sources)
        yield from Transactions(writers, outlook).concerns()
        yield from RowLoops(writers, outlook).concerns()
