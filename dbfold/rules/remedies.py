"""What to do about a reference, in the words that several rules share."""

from __future__ import annotations

from dbfold.policy.accessor import accessor_import, accessor_name
from dbfold.policy.model import POLICY_FILE_NAME, Database
from dbfold.references.model import Action
from dbfold.rules.model import Subject

POLICY = POLICY_FILE_NAME


def accessor(subject: Subject, database: Database | None = None) -> str:
    """How the file of `subject` names a kept database, by default the one that the reference becomes."""
    policy = subject.policy
    database = database or policy.databases.get(subject.reference.verdict.target or "", policy.primary)
    if not subject.is_python:
        return f"the variable {database.env}"
    style = policy.accessor.style
    name, imported = accessor_name(database, style), accessor_import(database, style)
    return f"{name} (from {policy.accessor.module} import {imported})" if imported else name


def use_accessor(subject: Subject) -> str:
    """The accessor, and why `dbfold check --fix` does not put it there, if so."""
    if subject.reference.verdict.action is Action.REWRITE:
        return f"use {accessor(subject)}"
    reason = subject.reference.verdict.reason
    end = "" if reason.endswith("?") else ";"
    return f"for a person to decide: {reason}{end} the accessor is {accessor(subject)}"
