"""A whole run: find, rewrite in memory, prove, and only then write: accessors first, so that imports always resolve."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from dbfold.base.errors import UserError
from dbfold.base.text import UndecodableError, decode_python
from dbfold.base.writing import WriteError, replace_file, uninterrupted
from dbfold.codemods.accessors import GeneratedFile, RootFiles, root_files, updated_accessor
from dbfold.codemods.errors import RewriteError
from dbfold.codemods.guided import examine_any, require_whole, waiting, with_sql_names
from dbfold.journey.holds import NO_GUIDANCE, Guidance, guide, retired_names
from dbfold.policy.model import AccessorStyle, Policy
from dbfold.references.candidates import is_candidate
from dbfold.references.discovery import Discovery, SourceFile, discover, shown_base
from dbfold.references.model import Action, FileError, Reference, Verdict
from dbfold.references.parallel import map_files
from dbfold.references.roots import Roots
from dbfold.references.scan import Examined, FileScan, Scan, combine, examine_file, read
from dbfold.references.verdicts import Judge
from dbfold.statements.scan import is_code_candidate


@dataclass(frozen=True, slots=True)
class FileRewrite:
    """What a run found in one file; `new` is its content to be, None if it stays.

    statements  how many of its statements get new names
    depends_on  other files, relative to the policy, with the paths that these run on: all change, or none
    failed      it was to be rewritten and could not be
    """

    file: SourceFile
    scan: FileScan
    old: bytes = b""
    new: bytes | None = None
    needs_root: bool = False
    statements: int = 0
    depends_on: frozenset[str] = frozenset()
    failed: bool = False


@dataclass(frozen=True, slots=True)
class Prepared:
    """A run before anything is written. `generated` are accessors and Dockerfiles, `changed` the proven rewrites.

    Paths are reported relative to `base`; those of a diff to `top`, as `git apply` accepts no `..`.
    """

    scan: Scan
    base: Path
    top: Path
    changed: tuple[FileRewrite, ...]
    generated: tuple[GeneratedFile, ...]
    warnings: tuple[str, ...]

    @property
    def changes(self) -> bool:
        return bool(self.changed or self.generated)


def prepare(
    targets: Sequence[Path],
    policy: Policy,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    base: Path | None = None,
    data_dir: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Work out every change below `targets` (absolute paths) without writing one. Raises UserError.

    Paths are reported relative to `base`, by default what the targets have in common. `data_dir` holds the databases
    (default: the policy's data directory, if it is there); their schemas say what the SQL in the code means.
    """
    base = base or shown_base(list(targets))
    discovery = discover(targets, policy, base)
    return prepare_files(discovery, policy, base, style=style, jobs=jobs, data_dir=data_dir, progress=progress)


def prepare_files(
    discovery: Discovery,
    policy: Policy,
    base: Path,
    *,
    style: AccessorStyle | None = None,
    jobs: int | None = None,
    data_dir: Path | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> Prepared:
    """Work out every change in the files of `discovery` without writing one. Raises UserError."""
    style = style or policy.accessor.style
    roots = Roots(policy)
    guidance = find_guidance(policy, discovery.files, data_dir, jobs)
    function = partial(rewrite_file, judge=Judge(policy, roots, style), guidance=guidance)
    gate = is_code_candidate if guidance.changes else is_candidate
    results = all_or_none(map_files(function, discovery.files, jobs, progress, gate=gate))
    return _with_roots(results, discovery, base, policy, roots, style)


def find_guidance(
    policy: Policy, files: Iterable[SourceFile], data_dir: Path | None = None, jobs: int | None = None
) -> Guidance:
    """What the SQL of the whole application asks of a rewrite of `files`. Raises UserError.

    Only a path to a retired database can have something to wait for, so files that name none cost one look.
    """
    names = [name.encode() for name in retired_names(policy)]
    if not names or not any(_holds_any(file, names) for file in files):
        return NO_GUIDANCE
    return guide(policy, data_dir, jobs)


def _holds_any(file: SourceFile, names: Sequence[bytes]) -> bool:
    try:
        data = read(file)
    except OSError:
        return False  # which is reported where it is rewritten
    return any(name in data for name in names)


def all_or_none(results: Sequence[FileRewrite]) -> list[FileRewrite]:
    """Files whose SQL changes with a path in another file stay as they are if that file cannot be rewritten."""
    final = list(results)
    failed = {result.file.in_policy for result in final if result.failed}
    while True:
        stuck = [n for n, result in enumerate(final) if not result.failed and result.depends_on & failed]
        if not stuck:
            return final
        for number in stuck:
            result = final[number]
            message = f"its SQL changes together with {', '.join(sorted(result.depends_on & failed))}, which does not"
            references = tuple(_under_review(result.scan.references, f"not rewritten: {message}"))
            errors = (*result.scan.errors, FileError(result.file.shown, f"not rewritten: {message}"))
            final[number] = replace(result, scan=FileScan(references, errors), new=None, failed=True)
            failed.add(result.file.in_policy)


def rewrite_file(file: SourceFile, *, judge: Judge, guidance: Guidance = NO_GUIDANCE) -> FileRewrite | None:
    """Find, rewrite and prove one file in memory; None for the many files that name no database.

    A file that names none may still hold SQL that changes with a path in another file.
    """
    changes = guidance.changes.get(file.in_policy, ())
    try:
        examined = examine_any(file, judge) if changes else examine_file(file, judge)
    except OSError as error:
        return FileRewrite(file, FileScan(errors=(FileError(file.shown, f"cannot be read: {error.strerror}"),)))
    if examined is None:
        return None
    old = examined.data
    errors = list(examined.errors)
    references = examined.references = waiting(examined.references, file, guidance)
    new = None
    failed = False
    source = examined.source
    depends_on = frozenset(site for change in changes for site, _, _ in change.statement.sites) - {file.in_policy}
    try:
        if names := guidance.names.get(file.in_policy):
            source = source or decode_python(old)
            require_whole(source.text, examined, names, guidance.known.get(file.in_policy, frozenset()))
        if changes:
            source = source or decode_python(old)
            examined = with_sql_names(examined, source, file, judge, changes)
        text = rewritten(examined, file, judge)
        if text is None and changes and examined.source is not None:
            text = examined.source.text
        references = examined.references
        if text is not None and source is not None:
            new = source.replaced(old, text)
    except (RewriteError, UndecodableError) as error:
        references = _under_review(references, f"not rewritten: {error}")
        errors.append(FileError(file.shown, f"not rewritten: {error}"))
        failed = True
    if new == old:
        new = None
    imports = any(found.verdict.action is Action.REWRITE for found in references)
    needs_root = new is not None and imports and judge.style is not AccessorStyle.INLINE
    scan = FileScan(tuple(references), tuple(errors))
    statements = len(changes) if new else 0
    return FileRewrite(file, scan, old if new else b"", new, needs_root, statements, depends_on, failed)


def rewritten(examined: Examined, file: SourceFile, judge: Judge) -> str | None:
    """The proven new text of an examined module, None if it has nothing to rewrite. Raises RewriteError."""
    if examined.source is None or examined.tree is None:
        return None
    if not any(reference.verdict.action is Action.REWRITE for reference in examined.references):
        return None
    from dbfold.codemods.module import Accessors, rewrite_module  # imports LibCST, which most files do not need

    keeps_imports = Path(file.path).name == "__init__.py" or Path(file.path).suffix == ".pyi"
    accessors = Accessors(judge.policy, judge.style, _local_modules(judge, file), keeps_imports)
    return rewrite_module(examined.source.text, examined.tree, examined.references, accessors)


def _under_review(references: Sequence[Reference], reason: str) -> list[Reference]:
    return [
        replace(found, verdict=Verdict(Action.REVIEW, reason, found.verdict.target), replacement=None)
        if found.verdict.action is Action.REWRITE
        else found
        for found in references
    ]


def _local_modules(judge: Judge, file: SourceFile) -> frozenset[str]:
    """The modules and packages in the file's accessor root: what the application itself can import."""
    root = judge.roots.root_of(file.in_policy)
    if root is None:
        return frozenset()
    names = os.listdir(judge.policy.root / root)  # noqa: PTH208 - names are all that is needed
    return frozenset(name.removesuffix(".py") for name in names if name.isidentifier() or name.endswith(".py"))


def _with_roots(
    results: Sequence[FileRewrite],
    discovery: Discovery,
    base: Path,
    policy: Policy,
    roots: Roots,
    style: AccessorStyle,
) -> Prepared:
    """Add what the roots need; the files of a root whose accessor cannot be written stay as they are."""
    needed = sorted({roots.root_of(result.file.in_policy) for result in results if result.needs_root} - {None})  # type: ignore[type-var]
    of_root: dict[str | None, RootFiles] = {root: _root_files(policy, str(root), style) for root in needed}
    final = []
    for result in results:
        conflict = of_root[roots.root_of(result.file.in_policy)].conflict if result.needs_root else None
        if conflict:
            references = _under_review(result.scan.references, f"not rewritten: {conflict}")
            result = replace(result, scan=FileScan(tuple(references), result.scan.errors), new=None)
        final.append(result)
    shown_policy = os.path.relpath(policy.source, base)
    errors = [FileError(shown_policy, files.conflict) for files in of_root.values() if files.conflict]
    generated = [file for files in of_root.values() for file in files.files if not files.conflict]
    if style is policy.accessor.style is not AccessorStyle.INLINE:
        accessors = [file for file in discovery.files if roots.is_accessor(file.in_policy)]
        others = [file for file in accessors if roots.root_of(file.in_policy) not in needed]
        generated += _stale_accessors(others, policy, errors)
    scan = combine(discovery, [result.scan for result in final])
    return Prepared(
        scan=replace(scan, errors=(*scan.errors, *errors)),
        base=base,
        top=Path(os.path.commonpath([base, *(file.path.parent for file in generated)])),
        changed=tuple(result for result in final if result.new is not None),
        generated=tuple(generated),
        warnings=(
            *_policy_elsewhere(results, policy),
            *(files.warning for files in of_root.values() if files.warning),
        ),
    )


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


def _policy_elsewhere(results: Sequence[FileRewrite], policy: Policy) -> list[str]:
    """A policy beside the tree rather than above it: its patterns and roots match nothing there."""
    if any(result.scan.references and result.file.in_policy.startswith("../") for result in results):
        return [f"files outside {policy.root}, the policy's directory, match none of its patterns and roots"]
    return []


def _root_files(policy: Policy, root: str, style: AccessorStyle) -> RootFiles:
    try:
        return root_files(policy, root, style)
    except OSError as error:
        return RootFiles(conflict=f"{policy.root / root}: the accessor cannot be checked: {error.strerror}")


@dataclass(frozen=True, slots=True)
class Written:
    """What a write did. `failed` files are as they were."""

    files: tuple[str, ...]
    failed: tuple[FileError, ...]


def write(prepared: Prepared, progress: Callable[[int, int], None] | None = None) -> Written:
    """Write every change, each file atomically. A file that cannot be written does not stop the others.

    If an accessor cannot be written, the files of its root are not written either: they would not import.
    Raises UserError on Ctrl-C, with how far it came.
    """
    written: list[str] = []
    failed: list[FileError] = []
    total = len(prepared.generated) + len(prepared.changed)
    try:
        for _ in _writes(prepared, written, failed):
            if progress:
                progress(len(written) + len(failed), total)
    except KeyboardInterrupt:
        last = f", the last one {written[-1]}" if written else ""
        raise UserError(
            f"interrupted: {len(written)} of {total} files are written{last}; none is half-written, "
            "the others are as they were: run the command again to finish"
        ) from None
    return Written(tuple(written), tuple(failed))


def _writes(prepared: Prepared, written: list[str], failed: list[FileError]) -> Iterator[None]:
    """Write one file for each step."""
    blocked: list[Path] = []
    for file in prepared.generated:
        shown = os.path.relpath(file.path, prepared.base)
        if not _write_one(shown, file.path, file.old, file.new, written, failed):
            blocked.append(file.path.parent)
        yield
    for change in prepared.changed:
        path = Path(change.file.path)
        if any(directory in path.parents for directory in blocked):
            failed.append(FileError(change.file.shown, "not written, because its accessor or Dockerfile was not"))
        elif change.new is not None:
            _write_one(change.file.shown, path, change.old, change.new, written, failed)
        yield


def _write_one(
    shown: str, path: Path, old: bytes | None, new: bytes, written: list[str], failed: list[FileError]
) -> bool:
    with uninterrupted():
        try:
            replace_file(path, old, new)
        except WriteError as error:
            failed.append(FileError(shown, str(error)))
            return False
        written.append(shown)
        return True
