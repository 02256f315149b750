"""Does no reference lead to nothing that did not before, and has none that did found somebody else?"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field

import apsw

from dbfold.datamove.verifying.evidence import Evidence
from dbfold.sqlite.engine import fetch, folded, quoted
from dbfold.sqlite.inventory import Inventory


@dataclass
class Violations:
    """Rows that refer to nothing (table, rowid, parent), and tables whose foreign keys SQLite cannot check, with its
    message: their parent has no such unique key, or there is no such parent. Names are in lower case.
    """

    rows: list[tuple[str, int | None, str]] = field(default_factory=list)
    unchecked: dict[str, str] = field(default_factory=dict)


def references(evidence: Evidence) -> tuple[str, list[str]]:
    allowed, unchecked = _before(evidence)
    after = _violations(evidence.connection, "t", evidence.after)
    found = Counter((table, parent) for table, _, parent in after.rows)
    failures = [f"{table}: {error}" for table, error in after.unchecked.items() if table not in unchecked]
    failures += [
        f"{table}: {count:,} rows refer to {parent} that do not exist; before it was {allowed[table, parent]:,}"
        for (table, parent), count in found.items()
        if count > allowed[table, parent]
    ]
    if not after.unchecked:
        failures += _attached_rows(evidence, {(table, rowid) for table, rowid, _ in after.rows})
    return f"{sum(found.values()):,} references to nothing, as before", failures


def _before(evidence: Evidence) -> tuple[Counter[tuple[str, str]], set[str]]:
    """References to nothing that all databases had, by table and parent, and tables that could not be checked; under
    the names that they have now.
    """
    allowed: Counter[tuple[str, str]] = Counter()
    unchecked: set[str] = set()
    for database, inventory in evidence.before.items():
        moves = [move for move in evidence.plan.moves if move.database == database]
        names = {folded(move.name): folded(move.target) for move in moves}
        violations = _violations(evidence.connection, evidence.schemas[database], inventory)
        unchecked.update(names.get(table, table) for table in violations.unchecked)
        allowed.update((names.get(table, table), names.get(parent, parent)) for table, _, parent in violations.rows)
    return allowed, unchecked


def _attached_rows(evidence: Evidence, still: set[tuple[str, int | None]]) -> Iterator[str]:
    """Rows of the target that referred to nothing, and now to a row that has got the number by chance."""
    target = evidence.plan.target
    if target not in evidence.schemas:
        return
    before = _violations(evidence.connection, evidence.schemas[target], evidence.base)
    attached = Counter(table for table, rowid, _ in before.rows if (table, rowid) not in still)
    for table, count in attached.items():
        yield (
            f"{table}: {count:,} rows of {target} referred to nothing, and now refer to rows that moved in; mend them"
            " first"
        )


def _violations(connection: apsw.Connection, schema: str, inventory: Inventory) -> Violations:
    found = Violations()
    for key, table in inventory.tables.items():
        if table.foreign_keys:
            sql = f"PRAGMA {schema}.foreign_key_check({quoted(table.name)})"
            try:
                found.rows += [(key, rowid, folded(parent)) for _, rowid, parent, _ in fetch(connection, sql)]
            except apsw.SQLError as error:
                found.unchecked[key] = str(error)
    return found
