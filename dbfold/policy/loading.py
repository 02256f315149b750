"""Finds `dbfold.yaml` and turns it into a Policy that is consistent, or into one error with every problem.

Bound by type hints (`dbfold.policy.binding`), then checked as a whole (`dbfold.policy.consistency`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from yaml.nodes import MappingNode, Node

from dbfold.base.errors import UserError
from dbfold.policy.binding import INVALID, Binder, is_empty
from dbfold.policy.consistency import check, with_default_env
from dbfold.policy.model import POLICY_FILE_NAME, Policy
from dbfold.policy.naming import with_free_module
from dbfold.policy.problems import PolicyError, Problem, Problems

__all__ = ["PolicyError", "Problem", "find_policy", "find_policy_or_none", "load_policy"]

# The C parser is seven times faster than the Python one, and optional in PyYAML.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def find_policy(start: Path) -> Path:
    """The nearest `dbfold.yaml` in `start` (a file or a directory) or above it, with symbolic links resolved.

    Raises UserError, naming the directories that were searched, if there is none.
    """
    found = find_policy_or_none(start)
    if found is not None:
        return found
    directories = ", ".join(map(str, _searched(start)))
    raise UserError(
        f"no {POLICY_FILE_NAME} found (searched: {directories}); "
        "run `dbfold init` at the top of the project, or name the file with --policy"
    )


def find_policy_or_none(start: Path) -> Path | None:
    """As `find_policy`, for those who have nothing to do where there is no policy."""
    candidates = (directory / POLICY_FILE_NAME for directory in _searched(start))
    return next(filter(_is_file, candidates), None)


def _searched(start: Path) -> tuple[Path, ...]:
    resolved = start.resolve()
    first = resolved if resolved.is_dir() else resolved.parent
    return (first, *first.parents)


def load_policy(path: Path, data: bytes | None = None, *, root: Path | None = None) -> Policy:
    """The policy in the YAML file `path`. Its `source` is absolute, symbolic links of the directory resolved.

    `data` is the file's content where that is not what is on the disk: the staged version. `root` is the directory
    that the policy speaks of (absolute, links resolved), where that is not its own.
    Raises PolicyError with all problems, each as `file:line: key.path: what is wrong; remedy`.
    """
    shown = _shown(path)
    source = path.parent.resolve() / path.name
    problems = Problems()
    node = _compose(_text(_read(path, shown) if data is None else data, shown), shown)
    policy = Binder(problems).read_dataclass(Policy, node, (), source=source, stated_root=root)
    if policy is not INVALID:
        policy = with_free_module(with_default_env(policy), node)
        check(policy, problems)
    problems.raise_if_any(shown)
    assert isinstance(policy, Policy)
    return policy


def _is_file(path: Path) -> bool:
    """Like Path.is_file, but a directory that may not be read holds no file."""
    try:
        return path.is_file()
    except OSError:
        return False


def _shown(path: Path) -> str:
    """The path as an editor opens it from here: relative to the working directory where it is below it."""
    try:
        return str(path.absolute().relative_to(Path.cwd()))
    except ValueError:
        return str(path)


def _read(path: Path, shown: str) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise PolicyError(f"{shown}: no such file; write it, or name another with --policy") from None
    except OSError as error:
        if path.is_dir():
            remedy = f"is a directory; name the file: {Path(shown) / POLICY_FILE_NAME}"
        else:
            remedy = f"cannot be read ({error.strerror}); check the file's permissions"
        raise PolicyError(f"{shown}: {remedy}") from None


def _text(data: bytes, shown: str) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise _single(shown, line, "not UTF-8; save the file with that encoding") from None


def _compose(text: str, shown: str) -> Node:
    """The root of the node tree: a mapping."""
    try:
        node = yaml.compose(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        remedy = "check indentation, quotes and brackets there"
        raise _single(shown, mark.line + 1 if mark else 1, f"not YAML: {error.problem}; {remedy}") from None
    except yaml.YAMLError:  # the reader's own errors have no line
        raise _single(shown, _line_of_control_character(text), "not YAML: a control character") from None
    except RecursionError:
        raise _single(shown, 1, "nested too deeply to be a policy") from None
    if node is None or is_empty(node):
        raise _single(shown, 1, "empty; write at least 'version: 1' and 'databases:' with a primary database")
    if not isinstance(node, MappingNode):
        line = node.start_mark.line + 1
        raise _single(shown, line, "expected keys and values; begin with 'version: 1' and 'databases:'")
    return node


def _line_of_control_character(text: str) -> int:
    found = yaml.SafeLoader.NON_PRINTABLE.search(text)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _single(shown: str, line: int, message: str) -> PolicyError:
    problem = Problem(line, (), message)
    return PolicyError(problem.render(shown), (problem,))
