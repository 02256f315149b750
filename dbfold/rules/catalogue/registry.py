"""All rules, by their codes. A new one is a module beside this one and a line here."""

from __future__ import annotations

from dbfold.policy.codes import Code
from dbfold.rules.catalogue import (
    environment_default,
    hardcoded_path,
    hardcoded_url,
    invalid_ignore,
    retired_database,
    specialized_database,
    stale_accessor,
    stale_baseline,
    undecided_database,
    undeclared_database,
    unused_ignore,
)
from dbfold.rules.model import Rule

RULES: dict[Code, Rule] = {
    module.RULE.code: module.RULE
    for module in (
        hardcoded_path,
        retired_database,
        hardcoded_url,
        specialized_database,
        environment_default,
        undeclared_database,
        stale_accessor,
        unused_ignore,
        undecided_database,
        invalid_ignore,
        stale_baseline,
    )
}
