"""A rule as Markdown: what `dbfold rule` prints, and what the pages of the rules are made of."""

from __future__ import annotations

from pathlib import Path

from dbfold.rules.model import Example, Rule

_LANGUAGES = {".py": "python", ".yml": "yaml", ".sh": "sh"}


def rule_text(rule: Rule) -> str:
    """The rule as Markdown."""
    parts = [f"## {rule.code}: {rule.name}", f"{rule.summary}.", rule.why, rule.fix]
    for example in rule.invalid:
        parts += ["Not so:", _block(example.source, example)]
        if example.fixed is not None:
            parts += ["`dbfold check --fix` makes of it:", _block(example.fixed, example)]
        else:
            parts.append(f"A person decides: {example.why_not}.")
    for index, example in enumerate(rule.valid):
        parts += [*([] if index else ["Nothing to find here:"]), _block(example.source, example)]
    return "\n\n".join(parts)


def _block(source: str, example: Example) -> str:
    name = Path(example.file)
    comment = "" if source.startswith("#!") else f"# {example.file}\n"
    return f"```{_LANGUAGES.get(name.suffix, 'text')}\n{comment}{source}```"
