"""What accessor roots need before their files can be written, and files that wait because their root cannot have it."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from dbfold.codemods.accessors import GeneratedFile, RootFiles, root_files, updated_accessor
from dbfold.codemods.file import FileRewrite
from dbfold.policy.accessor import imports_functions
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.discovery import SourceFile
from dbfold.references.model import FileError
from dbfold.references.roots import Roots
from dbfold.references.verdicts import Judge


@dataclass(frozen=True, slots=True)
class AccessorRoots:
    """The roots of a run, with what each needs, all files to be generated, and why some cannot be."""

    of_root: dict[str | None, RootFiles]
    generated: tuple[GeneratedFile, ...]
    errors: tuple[FileError, ...]

    @property
    def warnings(self) -> tuple[str, ...]:
        return tuple(files.warning for files in self.of_root.values() if files.warning)


def accessor_roots(
    results: Sequence[FileRewrite], files: Sequence[SourceFile], base: Path, judge: Judge
) -> AccessorRoots:
    """What the roots of `results` need, and accessors among `files` that no longer say what the policy says.

    Errors are reported relative to `base`.
    """
    policy, roots, style = judge.policy, judge.roots, judge.style
    calling: dict[str, bool] = {}
    for result in results:
        if result.needs_root:
            calls = imports_functions((result.new or b"").decode("utf-8", "replace"), policy)
            for root in roots.place_of(result.file.in_policy).roots:
                calling[root] = calling.get(root, False) or calls
    needed = sorted(calling)
    of_root: dict[str | None, RootFiles] = {
        root: _root_files(policy, root, style, functions=calling[root]) for root in needed
    }
    shown_policy = os.path.relpath(policy.source, base)
    errors = [FileError(shown_policy, one.conflict) for one in of_root.values() if one.conflict]
    generated = [file for one in of_root.values() for file in one.files if not one.conflict]
    if style is policy.accessor.style is not AccessorStyle.INLINE:
        accessors = [file for file in files if roots.is_accessor(file.in_policy)]
        others = [file for file in accessors if file.in_policy.rpartition("/")[0] not in needed]
        generated += _stale_accessors(others, policy, errors)
    return AccessorRoots(of_root, tuple(generated), tuple(errors))


def with_roots(results: Sequence[FileRewrite], found: AccessorRoots, roots: Roots) -> list[FileRewrite]:
    """The results; the files of a root whose accessor cannot be written stay as they are."""
    final = []
    for result in results:
        needed = roots.place_of(result.file.in_policy).roots if result.needs_root else ()
        conflict = next((why for root in needed if (why := found.of_root[root].conflict)), None)
        final.append(result.stays(f"not rewritten: {conflict}") if conflict else result)
    return final


def _stale_accessors(files: Iterable[SourceFile], policy: Policy, errors: list[FileError]) -> Iterator[GeneratedFile]:
    """The generated modules that do not say what the policy says, where no rewrite brings them up to date."""
    for file in files:
        try:
            module = updated_accessor(Path(file.path), policy, policy.accessor.style)
        except OSError as error:
            errors.append(FileError(file.shown, f"cannot be read: {error.strerror}"))
            continue
        if module is not None:
            yield module


def _root_files(policy: Policy, root: str, style: AccessorStyle, *, functions: bool) -> RootFiles:
    try:
        return root_files(policy, root, style, functions=functions)
    except OSError as error:
        return RootFiles(conflict=f"{policy.root / root}: the accessor cannot be checked: {error.strerror}")
