"""Writes the pages of the rules from the catalogue: one for each rule here, their list, and docs/rules.md.

`make rules` runs it; a test fails where a page is not what it would write.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from dbfold.rules.examples import POLICY
from dbfold.rules.markdown import rule_text
from dbfold.rules.model import Rule
from rules import RULES

_HERE = Path(__file__).parent
_POLICY = f"The examples are checked with this policy:\n\n```yaml\n{POLICY}```\n"

_LIST = """\
# Rules

What `dbfold check`, the flake8 plugin and the hook `db-paths` find. Every place has one code, the most telling that
fits. Made from `dbfold/rules/catalogue` by `make rules`; [docs/rules.md](../docs/rules.md) has all of them in one.

{table}

```sh
dbfold check                 # everything below the current directory
dbfold rule DBF001           # one of these pages; in a clone also: python -m rules DBF001
flake8 --select DBF          # the same for Python, as a plugin: it is there where both are installed
dbfold-db-paths              # the same for what is staged
```

[docs/check.md](../docs/check.md) says how to accept single places, files or whole rules.

## The policy of the examples

{policy}"""

_DOCUMENT = """\
# Rules

What `dbfold check`, the flake8 plugin and the hook `db-paths` find. `dbfold rule CODE` prints one of them.
Every place has one code, the most telling that fits. Made from `dbfold/rules/catalogue` by `make rules`.

{table}

{policy}
{rules}
"""


def pages() -> dict[Path, str]:
    """The text of every page, by its path."""
    return {
        **{_HERE / f"{code}.md": _page(rule) for code, rule in RULES.items()},
        _HERE / "README.md": _LIST.format(table=_table(lambda rule: f"{rule.code}.md"), policy=_POLICY),
        _HERE.parent / "docs" / "rules.md": _DOCUMENT.format(
            table=_table(lambda rule: f"#{rule.code}-{rule.name}".lower()),
            policy=_POLICY,
            rules="\n\n".join(map(rule_text, RULES.values())),
        ),
    }


def _page(rule: Rule) -> str:
    policy = "The examples are checked with [this policy](README.md#the-policy-of-the-examples)."
    return f"{rule_text(rule).removeprefix('#')}\n\n{policy}\n"


def _table(link: Callable[[Rule], str]) -> str:
    rows = (f"| [{rule.code}]({link(rule)}) | {rule.name} | {rule.summary} |" for rule in RULES.values())
    return "\n".join(["| code | name | what it finds |", "|---|---|---|", *rows])


def main() -> int:
    """Write all pages; returns the exit code."""
    for path, text in pages().items():
        path.write_text(text, encoding="utf-8", newline="\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
