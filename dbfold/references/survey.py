"""What the files of a project hold: each file is read and looked at once in a run, and remembered between runs.

A survey knows no policy, so that a change of the policy makes nothing new to look at.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from dbfold.base.cache import Cache, digest, own_digest
from dbfold.base.codec import DECODING_ERRORS, Codec
from dbfold.base.collector import without_collector
from dbfold.base.parallel import share_out
from dbfold.base.progress import SILENT, Progress
from dbfold.code.facts import ModuleFacts
from dbfold.code.gate import may_hold_sql
from dbfold.code.walk import module_facts
from dbfold.references.candidates import is_candidate
from dbfold.references.contents import read
from dbfold.references.detection import NOTHING, Detected, detect, detect_python, is_python
from dbfold.references.discovery import SourceFile
from dbfold.references.words import Words

Kept = tuple[bytes, bytes | None]
"""What was detected in a file, and its module, as they are kept."""

Gate = Callable[[SourceFile, bytes], bool]
"""Is a file worth a look, to tell from its content?"""

_WORTH_KEEPING = 200_000  # bytes of source to look at: about as long as it takes to open the cache, several times


@dataclass(frozen=True, slots=True)
class Facts:
    """What one file holds. `module` is what Python says about connections and SQL; None where nobody asked."""

    detected: Detected = NOTHING
    module: ModuleFacts | None = None


@dataclass(frozen=True, slots=True)
class _Seen:
    """A file that was read: the digest of its content, and its size."""

    file: SourceFile
    digest: bytes
    size: int


def may_hold_code(file: SourceFile, data: bytes) -> bool:
    """The gate for code: False if `data` certainly holds neither a reference, nor SQL, nor what opens a database."""
    return is_candidate(data) or (is_python(file.path, data) and may_hold_sql(data))


class Survey:
    """The facts of files. `keeps` are the entries of former runs, None to do without; `jobs` as in `share_out`."""

    def __init__(self, keeps: Cache | None = None, jobs: int | None = None) -> None:
        self.keeps = keeps
        self.jobs = jobs
        self.unreadable: dict[str, str] = {}
        self._words = Words(())
        self._naming: dict[bytes, bool] = {}
        self._detected: dict[tuple[str, bytes], Detected] = {}
        self._modules: dict[tuple[str, bytes], ModuleFacts | None] = {}

    def detect(
        self,
        files: Sequence[SourceFile],
        progress: Progress = SILENT,
    ) -> list[tuple[SourceFile, Detected]]:
        """The files that may name a database, with what they hold, in their order.

        Files that cannot be read are in `unreadable`, by their path, with the reason.
        """
        seen = self._read(files, self._may_name_a_database, progress)
        self._look(seen, False, progress)
        return [(one.file, self._detected[one.file.in_policy, one.digest]) for one in seen]

    def look(
        self,
        files: Sequence[SourceFile],
        progress: Progress = SILENT,
        gate: Gate = may_hold_code,
    ) -> list[tuple[SourceFile, Facts]]:
        """The files that pass `gate`, with what they hold and what their code says, in their order."""
        seen = self._read(files, gate, progress)
        self._look(seen, True, progress)
        return [(one.file, self._facts(one)) for one in seen]

    def words(self, files: Sequence[SourceFile]) -> Words:
        """The words of `files`, which are those of the whole project."""
        if self._words.files != tuple(files):
            self._words = Words(files)
        return self._words

    def keeps_for(self, size: int) -> Cache | None:
        """The entries of former runs, if it is worth asking them before `size` bytes of source are looked at."""
        if self.keeps is None or not (self.keeps.is_open or size >= _WORTH_KEEPING):
            return None
        return self.keeps

    def digest_of(self, files: Iterable[SourceFile]) -> tuple[bytes, int]:
        """One digest of the contents of all files and of where they are, and the size of all of them in bytes."""
        parts: list[bytes | str] = []
        size = 0
        for file in files:
            try:
                data = read(file)
            except OSError as error:
                parts += [file.in_policy, f"cannot be read: {error.strerror}"]
                continue
            parts += [file.in_policy, digest(data)]
            size += len(data)
        return digest(*parts), size

    def _facts(self, one: _Seen) -> Facts:
        module = self._modules[one.file.in_policy, one.digest]
        shown = None if module is None else replace(module, shown=one.file.shown)
        return Facts(self._detected[one.file.in_policy, one.digest], shown)

    def _may_name_a_database(self, _: SourceFile, data: bytes) -> bool:
        """The gate for references: False if `data` certainly holds none. All files pass it twice in a run."""
        key = digest(data)
        if key not in self._naming:
            self._naming[key] = is_candidate(data)
        return self._naming[key]

    def _read(self, files: Sequence[SourceFile], gate: Gate, progress: Progress) -> list[_Seen]:
        seen = []
        progress.phase(f"reading {len(files):,} files", len(files))
        for number, file in enumerate(files):
            if not number % 500:
                progress.advance(number, len(files))
            try:
                data = read(file)
            except OSError as error:
                self.unreadable[file.path] = f"cannot be read: {error.strerror}"
                continue
            if gate(file, data):
                seen.append(_Seen(file, digest(data), len(data)))
        return seen

    def _look(self, seen: Sequence[_Seen], modules: bool, progress: Progress) -> None:
        """Make sure that all of `seen` is known: from this run, from a former one, or by looking."""
        new = [one for one in seen if not self._is_known(one, modules)]
        keeps = self.keeps_for(sum(one.size for one in new))
        if keeps is not None:
            new = [one for one in new if not self._kept(one, modules, keeps)]
        if not new:
            return
        progress.phase(f"looking at {len(new):,} files", len(new))
        looker = _Looker(modules, keeps is not None)
        results = share_out(looker, [(one, one.size) for one in new], self.jobs, progress.advance)
        for one, (detected, module, kept) in zip(new, results, strict=True):
            self._remember(one, detected, module, modules)
            if keeps is not None and kept is not None:
                self._keep(one, kept, keeps)

    def _is_known(self, one: _Seen, modules: bool) -> bool:
        return (one.file.in_policy, one.digest) in (self._modules if modules else self._detected)

    def _remember(self, one: _Seen, detected: Detected, module: ModuleFacts | None, modules: bool) -> None:
        place = (one.file.in_policy, one.digest)
        self._detected[place] = detected
        if modules:
            self._modules[place] = module

    def _kept(self, one: _Seen, modules: bool, keeps: Cache) -> bool:
        detected = keeps.get(_key("detected", one))
        module = keeps.get(_key("module", one)) if modules else b""
        if detected is None or module is None:
            return False
        try:
            found = _detected_codec().decode(detected)
            self._remember(one, found, _module_codec().decode(module) if modules else None, modules)
        except DECODING_ERRORS:
            return False
        return True

    def _keep(self, one: _Seen, kept: Kept, keeps: Cache) -> None:
        detected, module = kept
        keeps.put(_key("detected", one), detected)
        if module is not None:
            keeps.put(_key("module", one), module)


@contextmanager
def surveying(root: Path, jobs: int | None = None, *, cached: bool = True) -> Iterator[Survey]:
    """A survey of the project in the directory `root`, whose finds are kept there for the next run if `cached`."""
    with without_collector(), Cache(root) as keeps:
        yield Survey(keeps if cached else None, jobs)


def _key(what: str, one: _Seen) -> bytes:
    return digest(own_digest(), what, one.file.in_policy, one.digest)


@cache
def _detected_codec() -> Codec[Detected]:
    return Codec(Detected)


@cache
def _module_codec() -> Codec[ModuleFacts | None]:
    return Codec(ModuleFacts | None)


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks at one file, perhaps in another process. `keeps`: the results are wanted as they are kept, as well."""

    modules: bool
    keeps: bool

    def __call__(self, one: _Seen) -> tuple[Detected, ModuleFacts | None, Kept | None]:
        try:
            data = read(one.file)
        except OSError:
            return NOTHING, None, None  # it has gone since it was read: as good as empty
        detected, module = look_at(data, one.file, modules=self.modules)
        if not self.keeps or digest(data) != one.digest:
            return detected, module, None
        facts = _module_codec().encode(module) if self.modules else None
        return detected, module, (_detected_codec().encode(detected), facts)


def look_at(data: bytes, file: SourceFile, *, modules: bool) -> tuple[Detected, ModuleFacts | None]:
    """What a file holds, whose content is `data`."""
    if not modules or not is_python(file.path, data):
        return detect(data, file.path, file.in_policy), None
    detected, module = detect_python(data, parse_always=True)
    if module is None:
        return detected, None
    facts = ModuleFacts(file.in_policy, file.shown, is_accessor=detected.generated)
    try:
        return detected, module_facts(module.source.text, module.tree, facts, module.numbers)
    except RecursionError:
        return detected, None
