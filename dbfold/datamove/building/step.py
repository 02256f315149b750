"""One statement of a move, and what all who write them share.

`main` is the file that is built, `src` the database whose rows move, attached read-only, `work` a scratch file. Tables
in `work` have the number of the move in their name: s1 holds the rows of move 1, m1 its ids, old and new.
"""

from __future__ import annotations

from dataclasses import dataclass

from dbfold.datamove.planning.plan import FinalTable, ObjectMove, Plan, TableMove, Translation
from dbfold.sqlite.ddl import renamed
from dbfold.sqlite.engine import folded, quoted

OLD, NEW, MATCH, SAME, DIFFERS, WINS, FILLS, SID = (
    f'"dbfold.{name}"' for name in ("old", "new", "match", "same", "differs", "wins", "fills", "sid")
)


@dataclass(frozen=True)
class Step:
    """One statement. `move` is the number of the table's move, None for what belongs to none.

    If `problem` is set, the statement counts what must not be, and `{n}` in the message is the count. A step that is
    `repeated` runs until it changes nothing. `counted` tells that it inserts the rows of the move, which are counted,
    `rebuilds` that it changes a table of the target's own.
    """

    sql: str
    what: str
    database: str | None = None
    move: int | None = None
    problem: str | None = None
    choices: tuple[str, ...] = ()
    repeated: bool = False
    counted: bool = False
    rebuilds: bool = False


class Context:
    """A plan with its moves numbered, for those that write its SQL."""

    def __init__(self, plan: Plan, move_id: int) -> None:
        self.plan = plan
        self.move_id = move_id
        self.numbers = {(move.database, folded(move.target)): index for index, move in enumerate(plan.moves)}

    def final(self, move: TableMove) -> FinalTable:
        return self.plan.final(move.target)

    def number(self, move: TableMove) -> int:
        return self.numbers[move.database, folded(move.target)]

    def parent(self, translation: Translation) -> tuple[str, FinalTable]:
        """The table of ids in `work`, and the table they are ids of."""
        number = self.numbers[translation.database, folded(translation.table)]
        return f"work.m{number}", self.plan.final(translation.table)

    def step(self, move: TableMove, sql: str, what: str, **options: object) -> Step:
        label = f"{move.database}: {move.name}: {what}"
        return Step(sql, label, move.database, self.number(move), **options)  # type: ignore[arg-type]


def translated(context: Context, translation: Translation, column: str) -> str:
    """An expression: the new id for what `column` holds, of the same storage class; what is no id stays."""
    ids, _ = context.parent(translation)
    new = f"CASE typeof({column}) WHEN 'text' THEN CAST(new AS TEXT) ELSE new END"
    new = f"(SELECT {new} FROM {ids} WHERE old = {column} AND new IS NOT old)"
    return f"coalesce({new}, {column})"


def dangling_check(context: Context, move: TableMove, column: str, table: str) -> Step:
    """References to nothing must not become references to somebody: a count of those that would."""
    translation = move.translations[column]
    ids, parent = context.parent(translation)
    name, id_column = quoted(column), quoted(parent.id_column or "")
    sql = (
        f"SELECT count(*) FROM {table} AS s WHERE s.{name} IS NOT NULL"
        f" AND NOT EXISTS (SELECT 1 FROM {ids} WHERE old = s.{name})"
        f" AND (EXISTS (SELECT 1 FROM main.{quoted(parent.name)} AS p WHERE p.{id_column} = s.{name})"
        f" OR s.{name} IN (SELECT new FROM {ids}))"
    )
    return context.step(
        move,
        sql,
        f"references to nothing in {column}",
        problem=f"{{n}} of its rows refer to {parent.name} that {move.database} does not have ({column}); after the"
        f" move they would refer to others. Mend those rows, or write foreign_keys: {{{move.database}:"
        f" {{{move.name}.{column}: none}}}} if the column is no reference",
    )


def lacking(final: FinalTable, move: TableMove) -> tuple[list[str], list[str]]:
    """The columns of the final table that a database does not have, and what they get: columns, values."""
    own = {folded(column) for column in move.columns}
    names = [column for column in final.columns if folded(column) not in own and final.is_unified]
    return [quoted(name) for name in names], [final.fillers[folded(name)] for name in names]


def object_sql(thing: ObjectMove) -> str:
    """The statement that creates an object under its name after the move."""
    return thing.sql if thing.name in (thing.original, None) else renamed(thing.sql, thing.name or "")
