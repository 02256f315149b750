"""All commands: a new one is a module with `add_arguments`, `run`, `EXAMPLES` and `EXIT_CODES`, and a line here."""

from __future__ import annotations

# Name, module with `add_arguments` and `run`, one line of help. A module is imported only when it is asked for.
COMMANDS = (
    ("init", "dbfold.commands.init", "draft dbfold.yaml, the policy, from what the code says"),
    ("audit", "dbfold.commands.audit", "list every place that names a database, and what happens to it"),
    ("rewrite", "dbfold.commands.rewrite", "rewrite hardcoded database paths to the configured accessor"),
    ("check", "dbfold.commands.check", "report every place that breaks a rule, and fail if there is one"),
    ("plan", "dbfold.commands.plan", "show the whole journey on one page, with proposals for what is undecided"),
    ("sql", "dbfold.commands.sql", "check every SQL statement in the code against the schema after the move"),
    ("move", "dbfold.commands.move", "move the rows of many databases into one: plan, run, verify, rollback"),
    ("rule", "dbfold.commands.rule", "say what a rule means, why it is there and how to mend what it finds"),
    ("completion", "dbfold.commands.completion", "print a script that completes commands and options in a shell"),
    ("ruff-config", "dbfold.commands.ruff_config", "print the settings with which ruff bans sqlite3.connect"),
)
