"""SQL in files of its own, `schema.sql`, read by code or by a person at the shell: nobody writes new names there."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from dbfold.base.spans import Span
from dbfold.base.text import decode_plain
from dbfold.journey.concerns import Concern, entry_names
from dbfold.journey.judging import Effect, Judge
from dbfold.journey.near import near_files
from dbfold.journey.outlook import Outlook
from dbfold.journey.shapes import split
from dbfold.references.contents import read
from dbfold.references.discovery import SourceFile
from dbfold.statements.model import Bound, Statement
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Sources

_LONGEST = 200_000
_WRONG = (Effect.BREAKS, Effect.CHANGES)


def script_concerns(
    code: CodeScan, outlook: Outlook, judge: Judge, sources: Sources, files: Iterable[SourceFile]
) -> Iterator[Concern]:
    """Scripts that may run on a database and would not mean afterwards what they mean now."""
    scripts = [file for file in files if file.path.lower().endswith(".sql")]
    if not scripts:
        return
    readers = {file.in_policy: _readers(file, sources) for file in scripts}
    for database in sorted(outlook.merged):
        near = near_files(code, outlook, sources, database)
        for file in scripts:
            is_read = not near.isdisjoint(readers[file.in_policy])
            if is_read or not readers[file.in_policy]:
                yield from _on(database, file, outlook, judge, is_read)


def _readers(file: SourceFile, sources: Sources) -> set[str]:
    """The modules that name a script, or else read scripts of any name."""
    name = file.in_policy.rpartition("/")[2].encode()
    named = sources.files_holding(lambda data: name in data)
    return set(named or sources.files_holding(lambda data: b".sql" in data))


def _on(database: str, file: SourceFile, outlook: Outlook, judge: Judge, is_read: bool) -> Iterator[Concern]:
    """The statements of a script that name what gets another name; if it is read, also those that would go wrong."""
    try:
        text = decode_plain(read(file)).text
    except OSError:
        return  # which is reported where it is looked at
    names = entry_names(outlook.policy, [database])
    for offset, sql in split(text) if len(text) <= _LONGEST else ():
        line = text.count("\n", 0, offset + len(sql) - len(sql.lstrip())) + 1
        span = Span(line, 1, line, 1)
        statement = Statement(file.shown, span, sql, (database,), Bound.FILE, in_policy=file.in_policy)
        judged = judge.of_statement(statement)
        if judged.edits or judged.review:
            yield Concern(
                names, file.in_policy, line, f"the SQL names what gets another name: {judged.review or 'by hand'}"
            )
        elif is_read and judged.effect in _WRONG:
            yield Concern(names, file.in_policy, line, f"the SQL would {_VERBS[judged.effect]}: {judged.message}")


_VERBS = {Effect.BREAKS: "break", Effect.CHANGES: "change its meaning"}
