"""The codes of what can be found, as comments, policies and reports name them. `rules/` says what each means."""

from __future__ import annotations

from enum import StrEnum


class Code(StrEnum):
    """One kind of finding. A code never changes its meaning; one that goes is not given again."""

    HARDCODED_PATH = "DBF001"
    RETIRED_DATABASE = "DBF002"
    HARDCODED_URL = "DBF003"
    SPECIALIZED_DATABASE = "DBF004"
    ENVIRONMENT_DEFAULT = "DBF005"
    UNDECLARED_DATABASE = "DBF006"
    STALE_ACCESSOR = "DBF007"
    UNUSED_IGNORE = "DBF008"
    UNDECIDED_DATABASE = "DBF009"
    INVALID_IGNORE = "DBF010"
    STALE_BASELINE = "DBF011"
