"""What columns that hold ids must hold now: the ids that changed are read from the ledger.

Which row a column refers to is looked up in the database of before, as SQLite looks it up there: by the type and the
collation of the column that is referred to (https://www.sqlite.org/foreignkeys.html, section 3).
"""

from __future__ import annotations

from dbfold.datamove.planning.plan import Action, FinalTable, TableMove
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.sqlite.affinity import collation_of
from dbfold.sqlite.engine import fetch, folded, quoted, text_literal


class NewIds:
    """Old and new ids of each merged table, in tables of the scratch file that can be searched."""

    def __init__(self, evidence: Evidence) -> None:
        self._lookups: dict[tuple[str, str], str] = {}
        sql = 'SELECT DISTINCT "database", table_name FROM t._dbfold_ids WHERE move = ?'
        for database, name in fetch(evidence.connection, sql, (evidence.move_id,)):
            move = evidence.move_into(database, name)
            if move is not None:
                self._lookups[database, folded(name)] = self._read(evidence, move)

    def _read(self, evidence: Evidence, move: TableMove) -> str:
        """The beginning of a query for the new id of an old one, which is its right-hand side."""
        final = evidence.plan.final(move.target)
        column = move.source.column(final.id_column or "")
        ids, id = f"i{len(self._lookups)}", quoted(column.name if column else "")
        evidence.connection.execute(
            f"CREATE TABLE main.{ids} AS SELECT p.{id} AS old, l.new AS new"
            f" FROM {evidence.source(move.database, move.source)} AS p JOIN t._dbfold_ids AS l ON l.old IS p.{id}"
            f' WHERE l.move = {evidence.move_id} AND l."database" = {text_literal(move.database)}'
            f" AND l.table_name = {text_literal(final.name)}"
        )
        old = f"old COLLATE {collation_of(column)}"
        evidence.connection.execute(f"CREATE INDEX main.{ids}_old ON {ids} ({old})")
        return f"FROM main.{ids} WHERE {old} ="

    def expected(self, final: FinalTable, move: TableMove | None, column: str) -> str:
        """What a column of a row `s` must hold now: itself, or the id that its id became; as text if it was text."""
        name = f"s.{quoted(column)}"
        lookup = self._lookup(final, move, column) if move is not None else None
        if lookup is None:
            return name
        return f"coalesce((SELECT iif(typeof({name}) = 'text', CAST(new AS TEXT), new) {lookup} {name}), {name})"

    def _lookup(self, final: FinalTable, move: TableMove, column: str) -> str | None:
        if folded(column) == folded(final.id_column or "") and move.action is Action.MERGE:
            return self._lookups.get((move.database, folded(final.name)))
        translation = move.translations.get(column)
        return self._lookups.get((translation.database, folded(translation.table))) if translation else None
