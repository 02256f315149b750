"""A table in which rows may repeat: as many of each as in all databases together."""

from __future__ import annotations

from collections.abc import Iterator

from dbfold.datamove.planning.plan import FinalTable
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.datamove.verifying.new_ids import NewIds
from dbfold.sqlite.engine import comma_list, folded, quoted
from dbfold.sqlite.inventory import Kind


def multiset_failures(evidence: Evidence, ids: NewIds, final: FinalTable) -> Iterator[str]:
    """Rows of the new file count 1, rows of before -1: of each, the sum must be 0."""
    own = f"SELECT {comma_list(f'f.{quoted(c)}' for c in final.columns)}, 1 FROM t.{quoted(final.name)} AS f"
    parts = [own, *(_rows_before(evidence, ids, final, database) for database in final.contributors)]
    names = [f"c{index}" for index in range(len(final.columns))]
    groups = comma_list(f"{name} COLLATE BINARY, typeof({name})" for name in names)
    differing = evidence.count(
        f"WITH r({comma_list([*names, 'n'])}) AS ({' UNION ALL '.join(parts)})"
        f" SELECT count(*) FROM (SELECT 1 FROM r GROUP BY {groups} HAVING sum(n) <> 0)"
    )
    if differing:
        yield f"{final.name}: {differing:,} rows are not there as often as before"


def _rows_before(evidence: Evidence, ids: NewIds, final: FinalTable, database: str) -> str:
    """A database's rows with the columns of the final table: what it does not have, it has been given."""
    move = evidence.move_into(database, final.name)
    table = move.source if move else evidence.base.tables[folded(final.name)]
    spelling = {folded(name): name for name in (move.columns if move else table.stored)}
    values = []
    for column in final.columns:
        name = spelling.get(folded(column))
        is_visible = name is not None or final.definition.kind is Kind.VIRTUAL
        values.append(ids.expected(final, move, name or column) if is_visible else final.fillers[folded(column)])
    return f"SELECT {comma_list(values)}, -1 FROM {evidence.source(database, table)} AS s"
