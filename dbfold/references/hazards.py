"""Sites that must not be rewritten because of what the code around them does with the files.

- Databases that become one and are opened, attached or handed on side by side: a migration, which would read and write
  the same file. Every site of such a database inside that function or class is meant, opened or not: half of a
  migration must not be rewritten.
- A retired database's file that is deleted, moved or overwritten: the code would do so to the database it became.
- Several paths in one call that copies or moves files: a backup and what it is a backup of.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from dbfold.policy.matching import Location
from dbfold.policy.model import Policy, Role
from dbfold.references.languages.python.embedded import ATTACHES
from dbfold.references.languages.python.uses import MODULE, Uses
from dbfold.references.model import Kind, Site

Located = Sequence[tuple[Site, Location]]


def hazards(policy: Policy, located: Located, uses: Uses) -> dict[int, str]:
    """The reasons, by the site's index. `uses` is what the module does with its sites."""
    targets = [_target_name(policy, site, place) for site, place in located]
    reasons = _side_by_side(located, targets, uses)
    for number, function in uses.paired.items():
        if targets[number]:
            reasons.setdefault(number, f"{function} is given several paths: what becomes of which file?")
    for number, function in uses.destroyed.items():
        entry = located[number][1].entry
        if entry is not None and entry.role is Role.RETIRED:
            reason = f"{function} deletes, moves or overwrites the file, and would do so to {targets[number]}"
            reasons.setdefault(number, reason)
    return reasons


def _target_name(policy: Policy, site: Site, place: Location) -> str | None:
    target = policy.target(place.entry) if place.entry and site.prose is None else None
    return target.name if target else None


def _side_by_side(located: Located, targets: list[str | None], uses: Uses) -> dict[int, str]:
    opened: dict[tuple[str, str], set[str]] = defaultdict(set)
    scopes_of = {number: _scopes(number, site, uses) for number, (site, _) in enumerate(located)}
    for number, target in enumerate(targets):
        for scope in scopes_of[number] if target else ():
            opened[scope, target].add(located[number][1].database_name)  # type: ignore[index]
    reasons: dict[int, str] = {}
    for (scope, target_name), names in sorted(opened.items(), key=_innermost_first):
        if len(names) < 2:
            continue
        listed = " and ".join([", ".join(sorted(names)[:-1]), max(names)])
        reason = f"{scope} opens {listed}, which would become one file, {target_name}: a migration?"
        for number, (site, place) in enumerate(located):
            if scope in (*scopes_of[number], *site.inside) and place.database_name in names:
                reasons.setdefault(number, reason)
    return reasons


def _scopes(number: int, site: Site, uses: Uses) -> set[str]:
    """Where a site's database is opened: as the module does it, by ATTACH, or as an option of a command line."""
    scopes = set(uses.opened.get(number, ()))
    if site.kind is Kind.CLI_DEFAULT or site.obstacle == ATTACHES:
        scopes.add(site.inside[-1] if site.inside else MODULE)
    return scopes


def _innermost_first(item: tuple[tuple[str, str], set[str]]) -> tuple[int, tuple[str, str]]:
    """A function's reason is more exact than its class's."""
    return -item[0][0].count("."), item[0]
