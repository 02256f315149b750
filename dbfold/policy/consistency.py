"""The rules that span several keys of a policy; `dbfold.policy.loading` applies them to what could be read.

A database that could not be read is left out of the policy but still counts as declared, so that one slip of
the pen does not bring forth a second message.
"""

from __future__ import annotations

import builtins
import keyword
import re
import sys
from collections.abc import Iterable
from dataclasses import replace
from pathlib import PurePosixPath

from dbfold.base.suggestions import suggestion
from dbfold.policy.model import NO_FOREIGN_KEY, POLICY_VERSION, Database, OnConflict, Policy, RelativeTo, Role
from dbfold.policy.problems import Problems

_ENV = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_GENERATED_NAMES = frozenset({"os", "fnmatchcase", "_retired", "_kept", "_alias", "_project", "_data_dirs"})
_NO_EXCEPTIONS = "exceptions with '!' are not supported; narrow the other patterns"
_PATTERN_KEYS = ("temporary", "config_files", "exclude", "review")


def with_default_env(policy: Policy) -> Policy:
    """The policy with an environment variable for every kept database that names none."""
    databases = {
        name: replace(entry, env=_default_env(entry)) if entry.is_kept and entry.env is None else entry
        for name, entry in policy.databases.items()
    }
    return replace(policy, databases=databases)


def check(policy: Policy, problems: Problems) -> None:
    """Add to `problems` whatever makes the policy contradict itself."""
    broken = problems.keys_under(("databases",)) - policy.databases.keys()
    if policy.version != POLICY_VERSION:
        problems.add(("version",), f"this dbfold reads version {POLICY_VERSION}; write that")
    for entry in policy.databases.values():
        _check_name(entry, problems)
        _check_path(entry, problems)
        _check_relative_to(entry, problems)
        _check_env(entry, problems)
        _check_into(entry, policy, broken, problems)
        _check_only(entry, problems)
    _check_primary(policy, broken, problems)
    _check_cycles(policy, problems)
    _check_unique_env(policy, problems)
    _check_aliases(policy, broken, problems)
    _check_accessor(policy, problems)
    _check_directories(policy, problems)
    _check_baseline(policy, problems)
    _check_tables(policy, problems)
    _check_rename(policy, broken, problems)
    _check_foreign_keys(policy, broken, problems)
    _check_accept(policy, broken, problems)
    _check_services(policy, problems)
    _check_patterns(("rules", "connect_in"), policy.rules.connect_in, problems)
    for pattern in policy.rules.per_file_ignores:
        if pattern.startswith("!"):
            problems.add(("rules", "per_file_ignores", pattern), _NO_EXCEPTIONS)
    for key in _PATTERN_KEYS:
        _check_patterns((key,), getattr(policy, key), problems)


def _default_env(entry: Database) -> str:
    if entry.role is Role.PRIMARY:
        return "DATABASE_PATH"
    stem = re.sub(r"[^A-Z0-9_]", "_", PurePosixPath(entry.name).stem.upper())
    return f"{'_' if stem[:1].isdigit() else ''}{stem}_DATABASE_PATH"


def _check_name(entry: Database, problems: Problems) -> None:
    at = ("databases", entry.name)
    if not entry.name.strip() or entry.name in (".", "..") or not entry.name.isprintable():
        problems.add(at, "not a file name; write one such as zoe.db")
    elif "/" in entry.name or "\\" in entry.name:
        base = _base_name(entry.name)
        problems.add(at, f"expected a file name; write {base!r}, and the directory under 'path'")
    elif entry.is_pattern and entry.is_kept:
        problems.add(at, f"a {entry.role} database is one file, not a pattern; write its file name")


def _check_path(entry: Database, problems: Problems) -> None:
    at = ("databases", entry.name, "path")
    if not entry.is_kept:
        return
    if entry.path is None:
        problems.add(at, f"missing; a {entry.role} database needs one, such as /app/data/{entry.name}")
    elif "://" in entry.path or entry.path.startswith(("file:", "sqlite:")):
        problems.add(at, "a URL; write the path of the file")
    elif _base_name(entry.path) != entry.name:
        problems.add(at, f"ends in {_base_name(entry.path)!r}, the key is {entry.name!r}; make them equal")


def _check_relative_to(entry: Database, problems: Problems) -> None:
    at = ("databases", entry.name, "relative_to")
    if entry.relative_to is RelativeTo.PROJECT and not entry.is_kept:
        problems.add(at, f"unused for role {entry.role}; remove the key")
    elif entry.relative_to is RelativeTo.PROJECT and (entry.path or "").startswith(("/", "~")):
        problems.add(at, "unused for an absolute path; remove the key, or write the path relative to the root")


def _check_env(entry: Database, problems: Problems) -> None:
    at = ("databases", entry.name, "env")
    if entry.env is None:
        return
    if not entry.is_kept:
        problems.add(at, f"unused for role {entry.role}; remove the key, or move it to 'env_aliases'")
    elif not _ENV.match(entry.env):
        problems.add(at, f"{entry.env!r} is not a variable name; use letters, digits and _")
    elif _is_python_name(entry.env.lower()):
        problems.add(at, f"{entry.env!r} makes an accessor that hides a name of Python; choose another")


def _is_python_name(name: str) -> bool:
    return keyword.iskeyword(name) or hasattr(builtins, name) or name in _GENERATED_NAMES


def _check_into(entry: Database, policy: Policy, broken: set[str], problems: Problems) -> None:
    at = ("databases", entry.name, "into")
    if entry.into is None:
        if entry.role is Role.RETIRED:
            problems.add(at, "missing; a retired database needs the database that takes its rows")
        return
    target = policy.databases.get(entry.into)
    if entry.role is not Role.RETIRED:
        problems.add(at, f"unused for role {entry.role}; remove the key, or write 'role: retired'")
    elif target is not None and target.is_pattern:
        problems.add(at, f"{entry.into!r} is a pattern; name one database")
    elif target is not None and not (target.is_kept or target.role is Role.RETIRED):
        problems.add(at, f"{entry.into!r} is {target.role}; name a primary or specialized database")
    elif target is None and entry.into not in broken:
        kept = [database.name for database in policy.kept]
        names = (
            suggestion(entry.into, [*policy.databases, *sorted(broken)])
            or f"; the databases that remain are {_list(kept)}"
        )
        problems.add(at, f"{entry.into!r} is not declared under 'databases'{names}")


def _check_only(entry: Database, problems: Problems) -> None:
    at = ("databases", entry.name, "only")
    if entry.only and entry.role is not Role.SPECIALIZED:
        problems.add(at, f"unused for role {entry.role}; remove the key, or write 'role: specialized'")
    _check_patterns(at, entry.only, problems)


def _check_primary(policy: Policy, broken: set[str], problems: Problems) -> None:
    primaries = [entry.name for entry in policy.databases.values() if entry.role is Role.PRIMARY]
    if not primaries and not broken:
        problems.add(("databases",), "no primary database; give one of them 'role: primary'")
    for name in primaries[1:]:
        line = problems.line_of(("databases", primaries[0], "role"))
        message = f"second primary database beside {primaries[0]!r} on line {line}; choose one"
        problems.add(("databases", name, "role"), message)


def _check_cycles(policy: Policy, problems: Problems) -> None:
    """Name each cycle once, at its first database in the file; chains that merely lead into it are not."""
    reported: set[str] = set()
    for name in policy.databases:
        chain = [name]
        while (following := _into(policy, chain[-1])) is not None and following not in chain:
            chain.append(following)
        if following == name and name not in reported:
            reported.update(chain)
            cycle = " -> ".join((*chain, name))
            message = f"goes in a circle: {cycle}; let it end in a database that remains"
            problems.add(("databases", name, "into"), message)


def _into(policy: Policy, name: str) -> str | None:
    entry = policy.databases.get(name)
    return entry.into if entry is not None else None


def _check_unique_env(policy: Policy, problems: Problems) -> None:
    """Compared without case: constants are upper, functions lower case, and Windows ignores it altogether."""
    owners: dict[str, str] = {}
    for entry in policy.kept:
        env = (entry.env or "").upper()
        owner = owners.setdefault(env, entry.name)
        two_primaries = entry.role is policy.databases[owner].role is Role.PRIMARY  # reported as such
        if owner != entry.name and not two_primaries:
            line = problems.line_of(("databases", owner, "env"))
            message = f"{entry.env!r} already belongs to {owner!r} on line {line}; write another"
            problems.add(("databases", entry.name, "env"), message)


def _check_aliases(policy: Policy, broken: set[str], problems: Problems) -> None:
    variables = [entry.env for entry in policy.kept if entry.env]
    for alias, variable in policy.env_aliases.items():
        at = ("env_aliases", alias)
        if not _ENV.match(alias):
            problems.add(at, f"{alias!r} is not a variable name; use letters, digits and _")
        elif alias in variables:
            problems.add(at, "is the variable of a database that remains; remove the alias")
        if variable not in variables and not broken:
            names = suggestion(variable, variables) or f"; there are {_list(variables)}"
            problems.add(at, f"{variable!r} is not the variable of a database that remains{names}")


def _check_accessor(policy: Policy, problems: Problems) -> None:
    module, roots = policy.accessor.module, policy.accessor.roots
    at = ("accessor", "module")
    parts = module.split(".")
    if parts[-1] == "py" or any(
        not part.isidentifier() or keyword.iskeyword(part) or part[:2] == "__" for part in parts
    ):
        problems.add(at, f"{module!r} is not a module name; write one such as database_config, without '.py'")
    elif parts[0] in sys.stdlib_module_names:
        problems.add(at, f"{module!r} would hide a module of Python's standard library; choose another name")
    if not roots:
        problems.add(("accessor", "roots"), 'empty; write ["."], or the directories that Python imports from')
    for index, root in enumerate(roots):
        if root.startswith(("/", "~")) or "\\" in root or ":" in root or ".." in root.split("/"):
            message = f"{root!r} is not below the policy's directory; write it relative, without '..'"
            problems.add(("accessor", "roots", f"[{index}]"), message)


def _is_module(name: str) -> bool:
    return name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")


def _check_directories(policy: Policy, problems: Problems) -> None:
    """Directories are compared as text with what code says; only files are matched by patterns."""
    for index, directory in enumerate(policy.data_dirs):
        if "*" in directory or "?" in directory:
            problems.add(("data_dirs", f"[{index}]"), "a directory cannot be a pattern; list each one")
    for index, entry in enumerate(policy.temporary):
        if entry.startswith("/") and ("*" in entry or "?" in entry):
            message = "a directory cannot be a pattern; cut it before the first '*', what is below counts too"
            problems.add(("temporary", f"[{index}]"), message)


def _check_patterns(at: tuple[str, ...], patterns: Iterable[str], problems: Problems) -> None:
    for index, pattern in enumerate(patterns):
        if pattern.startswith("!"):
            problems.add((*at, f"[{index}]"), _NO_EXCEPTIONS)


def _check_baseline(policy: Policy, problems: Problems) -> None:
    name = policy.rules.baseline
    if name.startswith(("/", "~")) or "\\" in name or ".." in name.split("/") or name.endswith("/"):
        message = f"{name!r} is not a file below the policy's directory; write it relative, without '..'"
        problems.add(("rules", "baseline"), message)


def _check_tables(policy: Policy, problems: Problems) -> None:
    for name, table in policy.tables.items():
        at = ("tables", name)
        if table.on_conflict is OnConflict.NEWEST and table.newest_by is None:
            problems.add((*at, "newest_by"), "missing; 'on_conflict: newest' needs the column that holds the time")
        if table.newest_by is not None and table.on_conflict is not OnConflict.NEWEST:
            problems.add((*at, "newest_by"), "unused; remove the key, or write 'on_conflict: newest'")


def _check_rename(policy: Policy, broken: set[str], problems: Problems) -> None:
    for database, names in policy.rename.items():
        at = ("rename", database)
        _check_retired(policy, database, broken, at, "only what moves out of a retired database is renamed", problems)
        for old, new in names.items():
            if new.lower().startswith("sqlite_"):
                problems.add((*at, old), f"{new!r} is a name that SQLite keeps for itself; choose another")


def _check_accept(policy: Policy, broken: set[str], problems: Problems) -> None:
    for database, reasons in policy.accept.items():
        at = ("accept", database)
        _check_retired(policy, database, broken, at, "only a retired database waits for anything", problems)
        for pattern in reasons:
            if pattern.startswith("!"):
                problems.add((*at, pattern), _NO_EXCEPTIONS)


def _check_foreign_keys(policy: Policy, broken: set[str], problems: Problems) -> None:
    for database, keys in policy.foreign_keys.items():
        _check_declared(policy, database, broken, ("foreign_keys", database), problems)
        for column, target in keys.items():
            at = ("foreign_keys", database, column)
            if "." not in column.strip("."):
                problems.add(at, f"{column!r} is not a column; write table.column")
            if target != NO_FOREIGN_KEY and "." not in target.strip("."):
                problems.add(at, f"{target!r} is not a column; write table.column, or {NO_FOREIGN_KEY}")


def _check_retired(
    policy: Policy, name: str, broken: set[str], at: tuple[str, ...], why: str, problems: Problems
) -> None:
    _check_declared(policy, name, broken, at, problems)
    entry = policy.databases.get(name)
    if entry is not None and entry.role is not Role.RETIRED:
        problems.add(at, f"{name!r} is {entry.role}; {why}")


def _check_declared(policy: Policy, name: str, broken: set[str], at: tuple[str, ...], problems: Problems) -> None:
    if name not in policy.databases and name not in broken:
        names = suggestion(name, policy.databases) or "; declare it there"
        problems.add(at, f"{name!r} is not declared under 'databases'{names}")


def _check_services(policy: Policy, problems: Problems) -> None:
    services = policy.services
    if services.stop and not services.start:
        problems.add(("services", "start"), "missing; what 'stop' stops has to be started again")


def _base_name(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def _list(names: Iterable[str]) -> str:
    return ", ".join(names) or "none"
