"""Every statement of SQL with the database it runs on: where the project's code executes it, and on what."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from functools import cache, partial

from dbfold.code.expressions import Attribute, Call, Either, Expression, Item, Name, Sql, last_name
from dbfold.code.facts import CallSite, ModuleFacts
from dbfold.code.libraries import EXECUTORS, OPENING_NAMES, other_engine
from dbfold.code.project import Project
from dbfold.code.texts import HOLE, is_sql, is_surely_sql
from dbfold.code.values import (
    Database,
    Elsewhere,
    External,
    Frame,
    FunctionValue,
    Instance,
    SqlValue,
    TextValue,
    Values,
)
from dbfold.statements.importers import Importers
from dbfold.statements.model import Bound, Statement

_SQL_KEYWORDS = frozenset({"sql", "query", "statement", "stmt", "sql_script", "script", "q"})
_DEEPEST = 6
_MOST_DATABASES = 4


@dataclass(slots=True)
class _Use:
    """What is known of one text: on what it is executed."""

    databases: set[Database] = field(default_factory=set)
    elsewhere: set[str] = field(default_factory=set)
    receivers: list[tuple[ModuleFacts, CallSite, Expression]] = field(default_factory=list)
    executed: bool = False
    script: bool = False


def bind(project: Project, importers: Importers) -> list[Statement]:
    """The statements of all modules, in the order of the modules and of their lines."""
    uses: dict[tuple[str, int], _Use] = defaultdict(_Use)
    modules = list(project.modules.values())
    for facts in modules:
        for site in facts.calls:
            frame = Frame(facts.file, site.scope, callers=False)
            for text, found in _executed(project, facts, site, frame, 0):
                use = uses[text.module, text.number]
                use.executed = True
                use.script = use.script or last_name(site.call.function) == "executescript"
                databases = {value for value in found if isinstance(value, Database)}
                elsewhere = {value.what for value in found if isinstance(value, Elsewhere)}
                use.databases |= databases
                use.elsewhere |= elsewhere
                if not databases and not elsewhere:
                    use.receivers.append((facts, site, site.call.function))
    statements: list[Statement] = []
    for facts in modules:
        only = cache(partial(_only_database, project, importers, facts))
        for number, written in enumerate(facts.texts):
            known = uses.get((facts.file, number), _Use())
            value, pieces = _with_names(project, facts, written.parts)
            if known.executed or is_surely_sql(value):
                statement = _statement(project, facts, number, value, known, only)
                if is_sql(value) or statement.bound is Bound.CONNECTION:
                    statements.append(replace(statement, pieces=pieces))
    return statements


def _statement(
    project: Project,
    facts: ModuleFacts,
    number: int,
    value: str,
    use: _Use,
    only: Callable[[], AbstractSet[Database]],
) -> Statement:
    span, literals = facts.spans[number]
    databases, reason, bound = use.databases, "", Bound.CONNECTION
    if not databases and not use.elsewhere:
        bound = Bound.FILE
        reason = _why_not(project, use)
        single = only() if _may_be_the_only(project, use) else frozenset()
        if single:
            databases, reason = set(single), ""
        else:
            bound = Bound.NONE
    elif len({database.name for database in databases}) > _MOST_DATABASES:
        # A runner of migrations, a loop over all files: which statement belongs to which is decided when it runs.
        names = ", ".join(sorted({database.name for database in databases}))
        databases, bound, reason = set(), Bound.NONE, f"may run on any of {names}"
    elif not databases:
        bound, reason = Bound.NONE, " and ".join(sorted(use.elsewhere))
    return Statement(
        file=facts.shown,
        span=span,
        text=value,
        databases=tuple(sorted({database.name for database in databases})),
        bound=bound,
        reason=reason,
        elsewhere=bool(use.elsewhere) and not databases,
        sites=tuple(sorted({database.site for database in databases if database.site})),
        executed=use.executed,
        script=use.script,
        in_policy=facts.file,
        literals=literals,
    )


# -- what is executed where -------------------------------------------------------------------------------------------


def _executed(
    project: Project, facts: ModuleFacts, site: CallSite, frame: Frame, depth: int
) -> Iterator[tuple[SqlValue, Values]]:
    """The texts that a call executes, each with what it is executed on."""
    call = site.call
    name = last_name(call.function)
    likely = name in EXECUTORS
    candidates = _sql_arguments(call, likely)
    if not candidates:
        return
    texts = {
        value
        for argument in candidates
        for value in project.evaluate(argument, frame, call.line, site.branches)
        if isinstance(value, SqlValue)
    }
    for text in list(texts):
        texts |= _wrapped(project, text, site, frame)
    for text in texts:
        found, executes = _receivers(project, facts, site, frame, text, depth)
        if executes or likely:
            yield text, found


def _wrapped(project: Project, text: SqlValue, site: CallSite, frame: Frame) -> set[SqlValue]:
    """Statements inside of others: `f"EXPLAIN QUERY PLAN {query}"`."""
    parts = project.modules[text.module].texts[text.number].parts
    if text.module != frame.module or all(isinstance(part, str) for part in parts):
        return set()
    return {
        value
        for part in parts
        if isinstance(part, (Name, Attribute))
        for value in project.evaluate(part, frame, site.call.line, site.branches)
        if isinstance(value, SqlValue)
    }


def _sql_arguments(call: Call, likely: bool) -> list[Expression]:
    """The arguments that may be SQL: a literal anywhere, a name where something is executed or called so."""
    positional = [one for one in call.arguments[:3] if one is not None]
    named = [value for name, value in call.keywords if name in _SQL_KEYWORDS]
    if likely:
        first = call.arguments[:1] if isinstance(call.function, Attribute) else call.arguments[:3]
        return [*(one for one in first if one is not None), *named]
    return [one for one in (*positional, *named) if _holds_sql(one)] + [
        one for one in positional if isinstance(one, (Name, Attribute)) and one.name.lower().endswith(_SQL_NAMES)
    ]


_SQL_NAMES = ("sql", "query", "statement", "stmt", "schema", "ddl", "script")


def _holds_sql(expression: Expression, depth: int = 0) -> bool:
    if isinstance(expression, Sql):
        return True
    if depth > 3:
        return False
    if isinstance(expression, Either):
        return any(_holds_sql(one, depth + 1) for one in expression.options)
    if isinstance(expression, Call):
        return any(one is not None and _holds_sql(one, depth + 1) for one in expression.arguments)
    return isinstance(expression, (Item, Attribute)) and _holds_sql(expression.base, depth + 1)


def _receivers(
    project: Project, facts: ModuleFacts, site: CallSite, frame: Frame, text: SqlValue, depth: int
) -> tuple[Values, bool]:
    """What a call executes `text` on, and whether it is seen to execute it at all."""
    call = site.call
    open_frame = frame._replace(callers=True)
    found: set[object] = set()
    executes = False
    if isinstance(call.function, Attribute):
        for value in project.evaluate(call.function.base, open_frame, call.line, site.branches):
            if isinstance(value, (Database, Elsewhere)):
                found.add(value)
                executes = True
            elif isinstance(value, External) and (engine := other_engine(value.name)):
                found.add(Elsewhere(engine))
                executes = True
    if not found:
        for value in project.evaluate(call.function, open_frame, call.line, site.branches):
            if isinstance(value, FunctionValue) and depth < _DEEPEST:
                inner, inside = _inside(project, value, call, site, open_frame, text, depth)
                found |= inner
                executes = executes or inside
    if not found and isinstance(call.function, Attribute):
        for value in project.evaluate(call.function.base, open_frame, call.line, site.branches):
            if isinstance(value, Instance):
                found |= project.objects.holdings(value)
    if not found:
        others = (*call.arguments, *(value for _, value in call.keywords))
        for argument in others:
            values = project.evaluate(argument, open_frame, call.line, site.branches) if argument else ()
            found |= {value for value in values if isinstance(value, (Database, Elsewhere))}
    return frozenset(found), executes or bool(found)  # type: ignore[arg-type]


def _inside(
    project: Project,
    function: FunctionValue,
    call: Call,
    site: CallSite,
    frame: Frame,
    text: SqlValue,
    depth: int,
) -> tuple[Values, bool]:
    """What a function that is given `text` executes it on."""
    facts = project.modules[function.module]
    known = facts.functions.get(function.name)
    if known is None:
        return frozenset(), False
    bindings = project.functions.bind(call, known, frame, call.line, site.branches)
    if not any(text in values for _, values in bindings):
        return frozenset(), False
    found: set[object] = set()
    executes = False
    inner = Frame(function.module, function.name, bindings, function.instance)
    for one in project.calls_in.get((function.module, function.name), ()):
        for executed, receivers in _executed(project, facts, one, inner, depth + 1):
            if executed == text:
                executes = True
                found |= receivers
    return frozenset(found), executes  # type: ignore[arg-type]


# -- where the connection is not seen ---------------------------------------------------------------------------------


def _only_database(project: Project, importers: Importers, facts: ModuleFacts) -> AbstractSet[Database]:
    """The one database that the file opens or names, or, if it has none, all that may execute what is in it do."""
    found: dict[str, Database] = {}
    for site in facts.calls:
        if last_name(site.call.function) not in OPENING_NAMES:
            continue
        frame = Frame(facts.file, site.scope)
        for value in project.evaluate(site.call, frame, site.call.line, site.branches):
            if isinstance(value, Database):
                if value.site is None or value.site[0] == facts.file:
                    found.setdefault(value.name, value)
            elif isinstance(value, Elsewhere):
                return frozenset()
    if not found:
        sites = [site for site in facts.sites if site.database and not site.is_temporary]
        for one in sites:
            found.setdefault(one.database, Database(one.database, (facts.file, one.line, one.column)))
    if not found:
        return importers.only_database(facts.file)
    return frozenset(found.values()) if len(found) == 1 else frozenset()


def _may_be_the_only(project: Project, use: _Use) -> bool:
    """False if the connection is something else than a parameter, a name or an attribute of unknown value."""
    for facts, site, function in use.receivers:
        base = function.base if isinstance(function, Attribute) else function
        frame = Frame(facts.file, site.scope)
        for value in project.evaluate(base, frame, site.call.line, site.branches):
            if isinstance(value, (External, Instance)) and not _is_local(value):
                return False
    return True


def _is_local(value: External | Instance) -> bool:
    return False


def _why_not(project: Project, use: _Use) -> str:
    """Why a statement has no database, in words."""
    if not use.executed:
        return "nothing is seen to execute it"
    for facts, site, function in use.receivers:
        base = function.base if isinstance(function, Attribute) else function
        shown = _shown(base)
        function_facts = facts.functions.get(site.scope)
        if function_facts is not None and isinstance(base, Name) and base.name in function_facts.parameters:
            return f"the parameter {shown} of {site.scope} is not passed from anywhere in sight"
        return f"cannot tell what {shown} is connected to"
    return "cannot tell what it is executed on"


def _shown(expression: Expression) -> str:
    match expression:
        case Name(name):
            return name
        case Attribute(base, name):
            return f"{_shown(base)}.{name}"
        case Call(function):
            return f"{_shown(function)}(…)"
        case Item(base):
            return f"{_shown(base)}[…]"
    return "it"


def _with_names(
    project: Project, facts: ModuleFacts, parts: Iterable[str | Expression | None]
) -> tuple[str, tuple[tuple[int, int], ...]]:
    """The text, with fields filled in whose values are strings of the project: `f"SELECT * FROM {TABLE}"`.

    The ranges are those of the parts that are literals.
    """
    text = ""
    pieces: list[tuple[int, int]] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append((len(text), len(text) + len(part)))
            text += part
            continue
        values = project.evaluate(part, Frame(facts.file, ""), 0) if isinstance(part, (Name, Attribute)) else ()
        texts = {value.text for value in values if isinstance(value, TextValue)}
        text += texts.pop() if len(texts) == 1 and len(values) == 1 else HOLE
    return text, tuple(pieces)
