"""What is inside of views and triggers: SQLite looks at it only where they are used."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dbfold.sqlite.ddl import tokens, unquoted
from dbfold.sqlite.engine import comma_list, folded, quoted


def using(sql: str, name: str, table: str, columns: Sequence[str]) -> str:
    """A statement that makes SQLite compile what is inside of the view or trigger that `sql` creates as `name`.

    `table` and its `columns` are those that a trigger belongs to.
    """
    event = _event(sql)
    target = quoted(table)
    if event == "DELETE":
        return f"DELETE FROM {target}"
    if event == "UPDATE":
        return f"UPDATE {target} SET {comma_list(f'{quoted(one)} = {quoted(one)}' for one in columns)}"
    if event == "INSERT":
        return (
            f"INSERT INTO {target} ({comma_list(map(quoted, columns))}) VALUES ({comma_list('NULL' for _ in columns)})"
        )
    return f"SELECT * FROM {quoted(name)}"


def _event(sql: str) -> str:
    """What a trigger waits for: DELETE, INSERT or UPDATE; empty for a view."""
    found = tokens(sql)
    if not any(token.is_word("TRIGGER") for token in found[:3]):
        return ""
    on = next((index for index, token in enumerate(found) if token.is_word("ON")), 0)
    events = (token.text.upper() for token in found[:on] if token.is_word("DELETE", "INSERT", "UPDATE"))
    return next(events, "")


def with_own_columns(sql: str, names: Mapping[str, str]) -> str:
    """`INSERT INTO docs (docs, …)` in a trigger, with the column under the new name of its full-text table.

    `names` are the old ones, as SQLite compares names, to the new ones, which stand behind INTO already.
    """
    found = tokens(sql)
    new = {folded(one): old for old, one in names.items()}
    places = []
    for index, token in enumerate(found[:-2]):
        if token.is_word("INTO") and found[index + 2].text == "(":
            old = new.get(folded(unquoted(found[index + 1])))
            end = next((i for i in range(index, len(found)) if found[i].text == ")"), index)
            places += [one for one in found[index + 3 : end] if old is not None and folded(unquoted(one)) == old]
    for token in reversed(places):
        sql = f"{sql[: token.start]}{quoted(names[folded(unquoted(token))])}{sql[token.end :]}"
    return sql
