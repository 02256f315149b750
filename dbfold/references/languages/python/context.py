"""What the code around a path does with it: the kind of the reference, and what a rewrite has to respect."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from dbfold.code.libraries import (
    CLI_OPTIONS,
    CONNECT_FUNCTIONS,
    DESTRUCTIVE_PROGRAMS,
    ENVIRONMENT_DEFAULTS,
    ENVIRONMENT_READERS,
    FRAMEWORK_READERS,
    OTHER_STORES,
    PATH_FUNCTIONS,
    SHELL_FUNCTIONS,
    TEXT_FUNCTIONS,
    TRANSPARENT_FUNCTIONS,
    TRANSPARENT_METHODS,
    TYPER_OPTIONS,
)
from dbfold.code.names import ModuleNames, dotted
from dbfold.references.candidates import WHOLE_SUFFIX, is_module_name
from dbfold.references.model import Kind

_COMPARING_METHODS = frozenset(
    "startswith endswith replace removesuffix removeprefix find index count match search fullmatch split".split()
)
_COLLECTING_METHODS = frozenset("append add insert extend update remove discard appendleft join".split())
_MODULE_FUNCTIONS = frozenset("patch getLogger import_module include reload find_spec TypeVar NewType".split())
_ROUTES = frozenset("route get post put delete head options websocket mount add_url_rule add_route".split())
_KEY_METHODS = frozenset("get pop setdefault option getoption has_option get_option has_key".split())
_TEXT_KEYWORDS = frozenset(
    "help description doc msg message text label title epilog usage metavar placeholder tooltip example detail".split()
)
_COLLECTIONS = frozenset({"dict", "list", "tuple", "types.MappingProxyType", "collections.OrderedDict"})
_FIELD_FUNCTIONS = frozenset({"Field", "field", "attrib", "ib", "PrivateAttr", "mapped_column"})


@dataclass(frozen=True, slots=True)
class Context:
    """What `classify` found. Fields as in `model.Site`; `whole` is the expression around a default."""

    kind: Kind
    environment: str | None = None
    whole: ast.expr | None = None
    callee: str | None = None
    obstacle: str | None = None
    prose: str | None = None
    shell: bool = False
    key: bool = False


# `"mongo.db"` as a key is a setting's name, not a file's; only the policy can tell (`Site.only_if_declared`).
_KEY = Context(Kind.COLLECTION, obstacle="a key of a mapping", key=True)


def classify(node: ast.expr, ancestors: list[ast.AST], names: ModuleNames) -> Context:
    """The context of the path expression `node`, given its ancestors from the module down."""
    child: ast.AST = node
    keyword: str | None = None
    wrapped = False
    for position in range(len(ancestors) - 1, -1, -1):
        parent = ancestors[position]
        if isinstance(parent, ast.keyword):
            keyword = parent.arg
        elif isinstance(parent, ast.Call) and _is_transparent(parent, child, names):
            wrapped, keyword = True, None
        else:
            found = _in_parent(parent, child, keyword, ancestors[:position], names)
            if found is not None:
                return replace(found, whole=None) if wrapped else found
        child = parent
    return Context(Kind.LOCAL)


def _in_parent(
    parent: ast.AST, child: ast.AST, keyword: str | None, ancestors: list[ast.AST], names: ModuleNames
) -> Context | None:
    if isinstance(parent, ast.Call):
        return _in_call(parent, child, keyword, names, ancestors)
    if isinstance(parent, ast.Attribute):
        if not (ancestors and isinstance(ancestors[-1], ast.Call)):
            return Context(Kind.CALL_ARG, obstacle=f"only its .{parent.attr} is used")
        if parent.attr in _COMPARING_METHODS | {"format"}:
            return Context(Kind.COMPARISON, obstacle="part of a string operation")
        return None if parent.attr in TRANSPARENT_METHODS else Context(Kind.CALL_ARG, callee=parent.attr)
    return _in_syntax(parent, child, ancestors, names)


def _is_transparent(call: ast.Call, child: ast.AST, names: ModuleNames) -> bool:
    """True for `str(…)`, `Path(…)`, `….resolve()`: what they are given is what matters to the code around them."""
    if child is call.func:
        return isinstance(child, ast.Attribute) and child.attr in TRANSPARENT_METHODS
    return names.qualified(call.func) in TRANSPARENT_FUNCTIONS and len(call.args) <= 2


def is_constructed(node: ast.expr, parents: Sequence[ast.AST], names: ModuleNames) -> bool:
    """True for what `Path(…)` or a function of `os.path` takes for a path, and for what joins paths."""
    calls = [one for one in (node, *parents) if isinstance(one, ast.Call)]
    return any(names.qualified(call.func) in PATH_FUNCTIONS for call in calls)


def _in_call(
    call: ast.Call, child: ast.AST, keyword: str | None, names: ModuleNames, ancestors: list[ast.AST]
) -> Context:
    function = names.qualified(call.func)
    last = function.rpartition(".")[2] if function else getattr(call.func, "attr", "")
    if function in CONNECT_FUNCTIONS:
        return Context(Kind.CONNECT_LITERAL, callee=function)
    if function in OTHER_STORES:
        engine = OTHER_STORES[function]
        return Context(Kind.CONNECT_LITERAL, prose=f"a {engine} file: another engine, not SQLite")
    if environment := _environment_default(call, child, keyword, function, last):
        return environment
    if (last in CLI_OPTIONS and keyword == "default") or (last in TYPER_OPTIONS and keyword in (None, "default")):
        return Context(Kind.CLI_DEFAULT, callee=function)
    if keyword in _TEXT_KEYWORDS or last in TEXT_FUNCTIONS or _raises(ancestors, call):
        return Context(Kind.MESSAGE, prose="text for people", callee=function)
    if last in _FIELD_FUNCTIONS:
        return Context(Kind.DEFAULT_PARAM, callee=function)
    if function and function.startswith("tempfile."):
        return Context(Kind.TEMPORARY, prose="a temporary file")
    if function in SHELL_FUNCTIONS or last in ("execute_command", "run_command"):
        return Context(Kind.CALL_ARG, callee=function, shell=function in SHELL_FUNCTIONS)
    if last in _MODULE_FUNCTIONS:
        return replace(_KEY, obstacle="the name of a module or a type")
    if last in _ROUTES and any(call in getattr(ancestor, "decorator_list", ()) for ancestor in ancestors[-1:]):
        return Context(Kind.CALL_ARG, callee=function, obstacle="a route")
    if last.startswith("assert"):
        return Context(Kind.COMPARISON, obstacle="compared as text")
    if isinstance(call.func, ast.Attribute) and (function or "").partition(".")[0] not in ("os", "shutil"):
        if last in _COMPARING_METHODS:
            return Context(Kind.COMPARISON, obstacle="compared or replaced as text")
        if last in _COLLECTING_METHODS:
            return Context(Kind.COLLECTION, obstacle="a name put into a collection")
    if last in _KEY_METHODS and call.args and child is call.args[0] and keyword is None:
        return _KEY
    return Context(Kind.CALL_ARG, callee=function or last)


def _environment_default(
    call: ast.Call, child: ast.AST, keyword: str | None, function: str | None, last: str
) -> Context | None:
    """The context of the default in `os.getenv("NAME", default)` and its relatives."""
    known = function in ENVIRONMENT_READERS or function in ENVIRONMENT_DEFAULTS
    if not known and last not in FRAMEWORK_READERS:
        return None
    if not call.args or not isinstance(call.args[0], ast.Constant) or not isinstance(call.args[0].value, str):
        return None
    if child is call.args[0]:
        return _KEY
    variable = call.args[0].value
    if keyword not in (None, "default") or not (known or variable.isupper()):
        return None
    # Only a reader of the process environment can be replaced as a whole; `config(…)` may read other sources.
    whole = call if function in ENVIRONMENT_READERS else None
    return Context(Kind.ENV_DEFAULT, environment=variable, whole=whole)


def _raises(ancestors: list[ast.AST], call: ast.Call) -> bool:
    return bool(ancestors) and isinstance(ancestors[-1], ast.Raise)


def _in_syntax(parent: ast.AST, child: ast.AST, ancestors: list[ast.AST], names: ModuleNames) -> Context | None:
    match parent:
        case ast.Dict() | ast.List() | ast.Tuple() | ast.Set():
            return _in_collection(parent, child, ancestors, names)
        case ast.Compare() | ast.MatchValue():
            return Context(Kind.COMPARISON, obstacle="compared as text")
        case ast.BoolOp(op=ast.Or()):
            return _after_or(parent, child, names)
        case ast.IfExp() if child is not parent.test:
            return Context(Kind.ENV_DEFAULT)
        case ast.arguments():
            return Context(Kind.DEFAULT_PARAM)
        case ast.Assign() | ast.AnnAssign() | ast.NamedExpr() | ast.AugAssign():
            return _assigned(parent, child, ancestors)
        case ast.arg() | ast.FunctionDef() | ast.AsyncFunctionDef() if child not in _decorators(parent):
            return Context(Kind.CALL_ARG, obstacle="an annotation")
        case ast.MatchMapping():
            return Context(Kind.COMPARISON, obstacle="compared as text")
        case ast.Return() | ast.Yield():
            return Context(Kind.RETURN)
        case ast.Subscript():
            return _KEY if child is parent.slice else Context(Kind.CALL_ARG, obstacle="indexed as text")
        case ast.FormattedValue() | ast.JoinedStr():
            return Context(Kind.CALL_ARG, obstacle="inside the field of an f-string")
        case ast.Raise() | ast.Assert():
            return Context(Kind.MESSAGE, prose="text for people")
        case ast.Expr():
            return Context(Kind.DOCSTRING, prose="a string that is only documentation")
        case ast.BinOp():
            return Context(Kind.PATH_JOIN, obstacle="part of a text that is put together at run time")
    return None


def _decorators(parent: ast.AST) -> list[ast.expr]:
    """The decorators of a definition; of anything else, none."""
    return getattr(parent, "decorator_list", [])


def _after_or(parent: ast.BoolOp, child: ast.AST, names: ModuleNames) -> Context:
    """`os.getenv("NAME") or "…"`: the whole is replaceable if nothing else is asked."""
    first = parent.values[0]
    if (
        isinstance(first, ast.Call)
        and names.qualified(first.func) in ENVIRONMENT_READERS
        and isinstance(first.args[0] if first.args else None, ast.Constant)
    ):
        variable = first.args[0].value  # type: ignore[attr-defined]
        whole = parent if len(parent.values) == 2 and len(first.args) == 1 else None
        return Context(Kind.ENV_DEFAULT, environment=str(variable), whole=whole)
    return Context(Kind.ENV_DEFAULT)


def _in_collection(display: ast.expr, child: ast.AST, ancestors: list[ast.AST], names: ModuleNames) -> Context:
    """A list of arguments for a program is a call; a mapping's value is a setting; other collections list names."""
    outer = ancestors[-1] if ancestors else None
    if isinstance(outer, ast.Call) and names.qualified(outer.func) in SHELL_FUNCTIONS:
        first = display.elts[0] if isinstance(display, (ast.List, ast.Tuple)) and display.elts else None
        program = str(first.value).rpartition("/")[2] if isinstance(first, ast.Constant) else ""
        obstacle = "a program that deletes, moves or overwrites files" if program in DESTRUCTIVE_PROGRAMS else None
        return Context(Kind.CALL_ARG, callee=names.qualified(outer.func), obstacle=obstacle)
    if isinstance(outer, ast.Compare):
        return Context(Kind.COMPARISON, obstacle="compared as text")
    if isinstance(outer, ast.Call) and _is_execute(outer):
        return Context(Kind.CALL_ARG, obstacle="a value handed to an SQL statement")
    if isinstance(display, ast.Dict):
        if any(child is key for key in display.keys):
            return _KEY
        if _is_only_one(display, child, ancestors):
            return Context(Kind.COLLECTION)
    if _is_followed(display, ancestors, names):
        return Context(Kind.COLLECTION)
    return Context(Kind.COLLECTION, obstacle="one of a collection of file names")


def _is_only_one(display: ast.Dict, child: ast.AST, ancestors: list[ast.AST]) -> bool:
    """Is it a setting, the only database in mappings inside of mappings?"""
    mapping = display
    for parent in reversed(ancestors):
        if isinstance(parent, (ast.List, ast.Tuple, ast.Set)):
            return False
        if not isinstance(parent, ast.Dict):
            break
        mapping = parent
    return not any(_names_database(value) for value in _values(mapping, child))


def _values(mapping: ast.Dict, without: ast.AST) -> Iterator[ast.expr]:
    """All values of a mapping, and of those in it."""
    for value in mapping.values:
        if isinstance(value, ast.Dict):
            yield from _values(value, without)
        elif value is not without:
            yield value


def _is_followed(display: ast.expr, ancestors: list[ast.AST], names: ModuleNames) -> bool:
    """Is a list or a mapping looked up, gone through or given a name on the spot, so that its uses are known?"""
    child: ast.AST = display
    for parent in reversed(ancestors):
        if isinstance(child, ast.Set):
            return False  # which has one element for paths that become one
        match parent:
            case ast.Subscript():
                return child is parent.value
            case ast.Assign() | ast.AnnAssign() | ast.NamedExpr():
                return child is parent.value
            case ast.For() | ast.AsyncFor() | ast.comprehension():
                return child is parent.iter
            case ast.Call() if names.qualified(parent.func) not in _COLLECTIONS:
                return False
            case ast.Dict() | ast.List() | ast.Tuple() | ast.Set() | ast.Call() | ast.keyword():
                child = parent
            case _:
                return False
    return False


def _names_database(value: ast.expr) -> bool:
    """True if a value beside a path is another one: the mapping lists databases."""
    parts = (part.value for part in ast.walk(value) if isinstance(part, ast.Constant))
    texts = (part for part in parts if isinstance(part, str) and WHOLE_SUFFIX.search(part))
    return any(not is_module_name(text) for text in texts)


def _is_execute(call: ast.Call) -> bool:
    return isinstance(call.func, ast.Attribute) and call.func.attr in ("execute", "executemany")


def _assigned(parent: ast.AST, child: ast.AST, ancestors: list[ast.AST]) -> Context:
    if child is getattr(parent, "annotation", None):
        return Context(Kind.CALL_ARG, obstacle="an annotation")
    targets = parent.targets if isinstance(parent, ast.Assign) else [parent.target]  # type: ignore[attr-defined]
    target = targets[0]
    if isinstance(target, ast.Subscript):
        if dotted(target.value) in ("os.environ", "environ"):
            return Context(Kind.ENV_ASSIGNMENT, obstacle="sets an environment variable")
        return Context(Kind.COLLECTION)
    if isinstance(parent, ast.AugAssign):
        return Context(Kind.PATH_JOIN, obstacle="part of a text that is put together at run time")
    if isinstance(target, ast.Attribute):
        return Context(Kind.ATTRIBUTE)
    for ancestor in reversed(ancestors):
        if isinstance(ancestor, (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)):
            return Context(Kind.LOCAL)
        if isinstance(ancestor, ast.ClassDef):
            if any((dotted(base) or "").endswith(("Enum", "Flag")) for base in ancestor.bases):
                return Context(Kind.ATTRIBUTE, obstacle="a member of an enumeration")
            return Context(Kind.DEFAULT_PARAM if isinstance(parent, ast.AnnAssign) else Kind.ATTRIBUTE)
    return Context(Kind.CONSTANT)
