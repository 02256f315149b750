"""Do the numbers of rows add up: the ledger's among themselves, with the databases of before, with the new one?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from dbfold.datamove import ledger
from dbfold.datamove.planning.plan import FinalTable
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.sqlite.engine import folded
from dbfold.sqlite.inventory import Kind


def accounting(evidence: Evidence) -> tuple[str, list[str]]:
    """moved + identical + mapped + conflict = rows, for every table, and the rows are those of the source."""
    found = ledger.accounts(evidence.connection, evidence.move_id, "t")
    written = {(account.database, account.name): account.rows for account in found}
    failures = [*ledger.check_balance(found), *_miscounted(evidence, written)]
    return f"{len(evidence.plan.moves)} tables, {sum(written.values()):,} rows", failures


def _miscounted(evidence: Evidence, written: dict[tuple[str, str], int]) -> Iterator[str]:
    for move in evidence.plan.moves:
        actual = evidence.count(f"SELECT count(*) FROM {evidence.source(move.database, move.source)} NOT INDEXED")
        said = written.get((move.database, move.name))
        if said != actual:
            yield (
                f"{move.database}: {move.name}: has {actual} rows, the ledger says"
                f" {'nothing' if said is None else said}"
            )


def row_counts(evidence: Evidence) -> tuple[str, list[str]]:
    """Each table has its own rows and those that moved."""
    moved: Counter[str] = Counter()
    for account in ledger.accounts(evidence.connection, evidence.move_id, "t"):
        moved[folded(account.target)] += account.moved
    failures, total = [], 0
    for key, final in evidence.plan.finals.items():
        if final.definition.kind is Kind.TABLE:
            expected = _rows_before(evidence, final) + moved[key]
            total += expected
            after = evidence.after.table(key)
            if after is None or after.rows != expected:
                failures.append(f"{final.name}: {after.rows if after else 'no table'} instead of {expected} rows")
    return f"{total:,} rows in {evidence.plan.target}", failures


def _rows_before(evidence: Evidence, final: FinalTable) -> int:
    table = evidence.base.table(final.name)
    return table.rows if table else 0
