"""The rules that `dbfold check`, the flake8 plugin and the hooks enforce: a page each, and `RULES`, by their codes.

The pages are generated from `dbfold/rules/catalogue` by `make rules`.
"""

from dbfold.rules.catalogue.registry import RULES

__all__ = ["RULES"]
