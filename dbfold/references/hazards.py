"""Sites that must not be rewritten because of what the project does with the files, wherever it does it.

- Databases that become one and are opened, attached or handed on side by side: a migration, which would read and write
  the same file. Every site of such a database inside that function or class is meant, opened or not: half of a
  migration must not be rewritten.
- A retired database's file that is deleted, moved or overwritten: the code would do so to the database it became.
- Several paths in one call that copies or moves files: a backup and what it is a backup of.
- A path of which another text is made that would change with it, or that is put behind another path.
- Paths that are compared, are keys, or are gone through, and would become one; and those that people type.
"""

from __future__ import annotations

import posixpath
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from dbfold.base.output.counted import listed
from dbfold.code.derivations import Made, Step, made
from dbfold.code.uses import MODULE, Doing, Place, Use, by_doing
from dbfold.policy.matching import DirectoryKind, Location, directory_and_name, locate
from dbfold.policy.model import Database, Policy, Role
from dbfold.references.languages.python.embedded import ATTACHES
from dbfold.references.model import Kind, Site


class Found(NamedTuple):
    """A site, with what the policy says of its path."""

    site: Site
    location: Location


def hazards(policy: Policy, sites: Mapping[Place, Found], uses: Sequence[Use]) -> dict[Place, str]:
    """The reasons, by the site. `uses` are those of the whole project."""
    return _Hazards(policy, sites).of(uses)


def set_elsewhere(sites: Mapping[Place, Found], setters: Mapping[str, str]) -> dict[Place, str]:
    """The reasons for paths that are made of constants which other files set; `setters` are those places by name."""
    return {
        place: f"{name}, of which the path is made, is set in {setters[name]}: the accessor would not follow it"
        for place, (site, _) in sites.items()
        for name in site.made_of
        if name in setters
    }


class _Hazards:
    """Judges uses, one kind after the other."""

    def __init__(self, policy: Policy, sites: Mapping[Place, Found]) -> None:
        self._policy = policy
        self._sites = sites
        self._targets: dict[Place, Database] = {}
        self._behind_directories: dict[tuple[str, int], list[Location]] = defaultdict(list)
        for place, (site, location) in sites.items():
            if site.through is not None:
                self._behind_directories[place[:2]].append(location)
            target = policy.target(location.entry) if location.entry and site.prose is None else None
            if target is not None:
                self._targets[place] = target

    def of(self, uses: Sequence[Use]) -> dict[Place, str]:
        reasons = dict(self._side_by_side(by_doing(uses, Doing.OPENED)))
        for use in by_doing(uses, Doing.DESTROYED):
            for place in use.sites if use.several else ():
                if place in self._targets:
                    by = use.by + _elsewhere(use, place)
                    reasons.setdefault(place, f"{by} is given several paths: what becomes of which file?")
        for use in uses:
            for place, reason in self._of_use(use):
                reasons.setdefault(place, reason)
        return reasons

    def _is_path_itself(self, use: Use, location: Location) -> bool:
        """Is what is made of the name, `DATA / NAME`, a path of the same database, which is rewritten as a whole?"""
        return any(
            found.entry is location.entry and found.directory is DirectoryKind.DATA
            for found in self._behind_directories.get((use.file, use.line), ())
        )

    def _of_use(self, use: Use) -> Iterator[tuple[Place, str]]:
        together = self._becoming_one((*use.sites, *use.others))
        for place in (*use.sites, *use.others):
            if (target := self._targets.get(place)) is not None:
                reason = self._why(use, place, target, together.get(target.name, []))
                if reason is not None:
                    yield place, reason

    def _why(self, use: Use, place: Place, target: Database, together: list[str]) -> str | None:
        """Why the site at `place` cannot be rewritten, if `use` is a reason. `together` becomes one with it."""
        site, location = self._sites[place]
        at = f"{use.file}:{use.line}"
        is_joined = use.doing is Doing.JOINED or (use.step is not None and use.step.name == "+")
        if is_joined and self._is_path_itself(use, location):
            return None
        if site.only_joined and location.directory is DirectoryKind.BARE:
            return f"used in {at} as well, and not behind the data directory"
        match use.doing:
            case Doing.DESTROYED if location.entry is not None and location.entry.role is Role.RETIRED:
                by = use.by + _elsewhere(use, place)
                return f"{by} deletes, moves or overwrites the file, and would do so to {target.name}"
            case Doing.DERIVED if use.step is not None and self._changes(use.step, site, location, target):
                return f"{use.step} makes something of the path in {at}, and would make another thing of the new one"
            case Doing.JOINED if self._moves(use.by, site, target):
                return f"put behind another path in {at}, which the new one may not bear"
            case Doing.COMPARED if len(together) > 1:
                return f"compared in {at}, and {listed(together)} would become one path"
            case Doing.COMPARED if use.unknown and _new_text(site, target) != site.text:
                return f"compared in {at} with what may still be the old path"
            case Doing.KEYED if len(together) > 1:
                return f"a key in {at}, and {listed(together)} would become one key"
            case Doing.LOOPED if len(together) > 1:
                return f"{at} goes through {listed(together)}, which would become one file, {target.name}"
            case Doing.GATHERED if len(together) > 1:
                return f"{use.by} in {at} is given {listed(together)} together, which would become one"
            case Doing.CHOSEN if _new_text(site, target) != site.text:
                return f"one of the choices in {at}, which people type"
        return None

    # -- side by side -------------------------------------------------------------------------------------------------

    def _side_by_side(self, uses: Iterable[Use]) -> Iterator[tuple[Place, str]]:
        scopes: dict[tuple[str, str], list[tuple[Place, ...]]] = defaultdict(list)
        for use in uses:
            # One opening is of one file, whichever that is: `connect(PATHS[name])`.
            scopes[use.file, use.by] += [(place,) for place in use.sites] if use.several else [use.sites]
        for place, (site, _) in self._sites.items():
            # ATTACH and the options of a command line open, too.
            if site.kind is Kind.CLI_DEFAULT or site.obstacle == ATTACHES:
                scopes[place[0], site.inside[-1] if site.inside else MODULE].append((place,))
        seen: set[Place] = set()
        for (file, scope), openings in sorted(scopes.items(), key=_innermost_first):
            opened: set[Place] = set().union(*openings)
            for target, names in sorted(self._becoming_one(opened).items()):
                if len(names) < 2 or not self._are_several(openings, target):
                    continue
                for place in self._concerned(opened, file, scope, target, names):
                    if place not in seen:
                        seen.add(place)
                        by = scope if place[0] == file else scope + f" of {file}"
                        yield place, f"{by} opens {listed(names)}, which would become one file, {target}: a migration?"

    def _are_several(self, openings: Iterable[tuple[Place, ...]], target: str) -> bool:
        """Do two openings, rather than one, have to do with what becomes `target`?"""
        return sum(target in self._becoming_one(places) for places in openings) > 1

    def _concerned(self, opened: set[Place], file: str, scope: str, target: str, names: list[str]) -> Iterator[Place]:
        """The sites that are opened, and all others of these databases in the function or class."""
        for place, (site, location) in self._sites.items():
            inside = place[0] == file and scope in site.inside
            if (inside or place in opened) and location.database_name in names and place in self._targets:
                yield place

    def _becoming_one(self, places: Iterable[Place]) -> dict[str, list[str]]:
        """By kept database: the names of those that become it."""
        names: dict[str, set[str]] = defaultdict(set)
        for place in places:
            if (target := self._targets.get(place)) is not None:
                names[target.name].add(self._sites[place].location.database_name)
        return {target: sorted(found) for target, found in names.items()}

    # -- texts --------------------------------------------------------------------------------------------------------

    def _changes(self, step: Step, site: Site, location: Location, target: Database) -> bool:
        """Would `step` make another thing of the new path than of the old one?"""
        old, new = site.text, _new_text(site, target)
        if new is None or "{" in old:
            return True
        if step.name in ("parent", "os.path.dirname") and location.directory is DirectoryKind.DATA:
            return False  # which the new path is in as well
        before, after = made(step, old), made(step, new)
        if before is None or after is None:
            return True
        if (before, after) == (old, new):
            return False
        pairs: Iterable[tuple[Made, Made]] = [(before, after)]
        if isinstance(before, tuple) and isinstance(after, tuple) and len(before) == len(after):
            pairs = zip(before, after, strict=True)
        return not all(self._is_same(*pair, location, target) for pair in pairs)

    def _is_same(self, before: Made, after: Made, location: Location, target: Database) -> bool:
        """Do both name the same file or directory, or the old path and the new one?"""
        if before == after:
            return True
        if not isinstance(before, str) or not isinstance(after, str):
            return False
        old, new = locate(self._policy, before), locate(self._policy, after)
        if old.directory is DirectoryKind.DATA is new.directory:
            renamed = old.entry is not None and old.entry is location.entry and new.entry is target
            return renamed or old.database_name == new.database_name
        return all(
            locate(self._policy, posixpath.join(one, "x")).directory is DirectoryKind.DATA for one in (before, after)
        )

    def _moves(self, by: str, site: Site, target: Database) -> bool:
        """Would the new path, put behind another one, lead somewhere else?"""
        new = _new_text(site, target)
        if new is None or new == site.text:
            return new is None
        if by == "+":
            return True
        is_absolute = posixpath.isabs(new)  # and then `/` and `os.path.join` drop what stands before it
        return not is_absolute and directory_and_name(site.text)[0] != directory_and_name(new)[0]


def _new_text(site: Site, target: Database) -> str | None:
    """The text that a rewritten site has at run time, if nobody sets the variable; None if that is not known."""
    template = site.replacement.template if site.replacement else "@"
    if target.path is None:
        return None
    if template in ("@", "Path(@)"):
        return target.path
    return template[2:-1].replace("{@}", target.path) if template[:1] == "f" else None


def _elsewhere(use: Use, place: Place) -> str:
    return "" if use.file == place[0] else f" in {use.file}:{use.line}"


def _innermost_first(item: tuple[tuple[str, str], object]) -> tuple[int, tuple[str, str]]:
    """A function's reason is more exact than its class's."""
    return -item[0][1].count("."), item[0]
