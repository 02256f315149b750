"""One table of one database, row by row and column by column, with the table that has its rows now.

In the SQL `s` is the row of before, `f` the row of the new file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dbfold.datamove.planning.plan import Action, FinalTable, TableMove
from dbfold.datamove.verifying.evidence import Evidence
from dbfold.datamove.verifying.new_ids import NewIds
from dbfold.sqlite.affinity import affinity
from dbfold.sqlite.engine import all_of, any_of, fetch, folded, quoted, text_literal
from dbfold.sqlite.inventory import Table


@dataclass(frozen=True)
class Comparison:
    """`expected` is what each column must hold now, `found_by` joins a row with its successor, `where` says of which
    rows it can.
    """

    evidence: Evidence
    final: FinalTable
    database: str
    table: Table
    expected: Mapping[str, str]
    found_by: str
    where: str

    @classmethod
    def of(
        cls, evidence: Evidence, ids: NewIds, final: FinalTable, database: str, table: Table, move: TableMove | None
    ) -> Comparison | None:
        """None if rows have nothing that identifies them."""
        columns = move.columns if move else tuple(name for name in table.stored if folded(name) in final.spelling)
        expected = {column: ids.expected(final, move, column) for column in columns}
        place = _identification(final, table, move, expected)
        return None if place is None else cls(evidence, final, database, table, expected, *place)

    def failures(self) -> Iterator[str]:
        """Rows that are not there, and values that are neither there nor in the ledger."""
        different = {column: self._differs(column, value) for column, value in self.expected.items()}
        ((missing, differing),) = fetch(
            self.evidence.connection,
            # LIMIT keeps the columns out of the aggregate, which can have 2,000 of them.
            "SELECT count(*) FILTER (WHERE NOT here), count(*) FILTER (WHERE here AND other)"
            f" FROM (SELECT {self._is_there} AS here, {any_of(different.values())} AS other {self._joined}"
            f" WHERE {self.where} LIMIT -1)",
        )
        if missing:
            yield f"{self._label}: {missing:,} rows are not in {self.final.name}"
        if self.where != "1":
            yield from self._rows_without_key()
        if differing:
            for column, condition in different.items():
                yield from self._lost_values(column, condition)

    @property
    def _label(self) -> str:
        return f"{self.database}: {self.table.name}"

    @property
    def _joined(self) -> str:
        # In the order of the rows: that of an index would jump about in the other table.
        source = self.evidence.source(self.database, self.table)
        return f"FROM {source} AS s NOT INDEXED LEFT JOIN t.{quoted(self.final.name)} AS f ON {self.found_by}"

    @property
    def _is_there(self) -> str:
        return f"f.{_never_null(self.final)} IS NOT NULL"

    def _differs(self, column: str, value: str) -> str:
        return f"(f.{quoted(column)} IS NOT {value} COLLATE BINARY{self._storage_differs(column, value)})"

    def _storage_differs(self, column: str, value: str) -> str:
        """1 and 1.0 are equal; where a column's type does not say which is stored, the storage class has to be too."""
        definition = self.final.definition.column(column)
        kinds = {
            affinity(definition, strict=self.final.definition.strict),
            affinity(self.table.column(column), strict=self.table.strict),
        }
        if definition is not None and len(kinds) == 1 and kinds != {"BLOB"}:
            return ""
        return f" OR typeof(f.{quoted(column)}) IS NOT typeof({value})"

    def _lost_values(self, column: str, different: str) -> Iterator[str]:
        lost = self.evidence.count(
            f"SELECT count(*) {self._joined} WHERE ({self.where}) AND ({self._is_there}) AND {different}"
            f" AND NOT {self._is_recorded(column)}"
        )
        if lost:
            yield f"{self._label}: {lost:,} values of {column} are neither in {self.final.name} nor in the ledger"

    def _is_recorded(self, column: str) -> str:
        """Did a conflict replace the value?"""
        value = self.expected[column]
        name = self.final.spelling.get(folded(column), column)
        key = " || ',' || ".join(f"quote(f.{quoted(part)})" for part in self.final.key) or "NULL"
        recorded = (
            f"EXISTS (SELECT 1 FROM t._dbfold_conflicts AS c WHERE c.move = {self.evidence.move_id}"
            f" AND c.table_name = {text_literal(self.final.name)} AND c.column_name = {text_literal(name)}"
            f' AND c."key" = {key} AND c.lost IS {value})'
        )
        return f"({recorded} OR {value} IS NULL)" if self.final.on_conflict.passes_over_nulls else recorded

    def _rows_without_key(self) -> Iterator[str]:
        """Rows with NULL in their key equal no other: each must have been added."""
        id_column = folded(self.final.id_column or "")
        same = all_of(
            f"f.{quoted(column)} IS {value} COLLATE BINARY"
            for column, value in self.expected.items()
            if folded(column) != id_column
        )
        missing = self.evidence.count(
            f"SELECT count(*) FROM {self.evidence.source(self.database, self.table)} AS s WHERE NOT ({self.where})"
            f" AND NOT EXISTS (SELECT 1 FROM t.{quoted(self.final.name)} AS f WHERE {same})"
        )
        if missing:
            yield f"{self._label}: {missing:,} rows without a key are not in {self.final.name}"


def _never_null(final: FinalTable) -> str:
    """A column that tells whether there is a row."""
    if final.definition.rowid_alias:
        return quoted(final.definition.rowid_alias)
    if final.definition.without_rowid:
        return quoted(final.definition.primary_key[0])
    return final.definition.rowid_name or "rowid"


def _identification(
    final: FinalTable, table: Table, move: TableMove | None, expected: Mapping[str, str]
) -> tuple[str, str] | None:
    """How to find a row: a join condition, and for which rows it works. None: rows have nothing that tells them."""
    if move is not None and move.action is Action.MERGE:
        own = {folded(column): column for column in expected}
        key = [(column, own[folded(column)]) for column in final.key]
        found_by = " AND ".join(f"f.{quoted(column)} = {expected[name]}" for column, name in key)
        return found_by, " AND ".join(f"s.{quoted(name)} IS NOT NULL" for _, name in key)
    if table.rowid_alias and folded(table.rowid_alias) in final.spelling:
        return f"f.{quoted(table.rowid_alias)} = {expected[table.rowid_alias]}", "1"
    if table.without_rowid:
        return " AND ".join(f"f.{quoted(c)} = {expected[c]}" for c in table.primary_key), "1"
    if table.rowid_name and final.definition.rowid_name:
        return f"f.{final.definition.rowid_name} = s.{table.rowid_name}", "1"
    return None
