"""Which files of a project have to do with a database."""

from __future__ import annotations

from dbfold.code.imports import stem
from dbfold.journey.outlook import Outlook
from dbfold.statements.scan import CodeScan
from dbfold.statements.sources import Sources


def near_files(code: CodeScan, outlook: Outlook, sources: Sources, database: str) -> set[str]:
    """The files that name a database or execute SQL on it, and those with SQL that they import."""
    policy = outlook.policy
    entry = policy.find(database)
    near = {
        one.file
        for one in code.references.references
        if one.database == database or (entry is not None and policy.find(one.database) is entry)
    }
    near |= {one.in_policy for one in code.statements.statements if database in one.databases}
    near |= {one.file for one in code.executions if database in one.databases}
    executing = {one.file for one in code.executions} - near
    return near | {file for file in executing if not near.isdisjoint(sources.files_naming(stem(file)))}
