"""Which rule a reference breaks: exactly one, the most telling that fits."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.policy.matching import Location
from dbfold.policy.model import Database, Role
from dbfold.references.candidates import SQLITE_URL
from dbfold.references.model import Kind, Site


def code_of(site: Site, place: Location, target: Database | None, file: str) -> Code:
    """The code of a reference that a rewrite or a person has to deal with. `file` is relative to the policy."""
    entry = place.entry
    if entry is None:
        return Code.UNDECLARED_DATABASE
    if entry.role is Role.UNDECIDED or target is None:
        return Code.UNDECIDED_DATABASE
    if entry.role is Role.RETIRED:
        return Code.RETIRED_DATABASE
    if is_outside_only(target, file):
        return Code.SPECIALIZED_DATABASE
    if site.kind is Kind.URL or SQLITE_URL.match(site.text):
        return Code.HARDCODED_URL
    return Code.ENVIRONMENT_DEFAULT if site.kind is Kind.ENV_DEFAULT else Code.HARDCODED_PATH


def is_outside_only(target: Database, file: str) -> bool:
    """True for a specialized database in a file that its `only:` does not list."""
    return target.role is Role.SPECIALIZED and bool(target.only) and not target.only_files.matching(file)
