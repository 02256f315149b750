"""What becomes of two rows that have the same key and differ: a strategy for each `on_conflict` of the policy.

In the SQL `t` is the row that is there, `s` the one that arrives; columns come quoted.
"""

from __future__ import annotations

from collections.abc import Mapping

from dbfold.datamove.building.step import WINS
from dbfold.datamove.planning.plan import FinalTable
from dbfold.policy.model import OnConflict
from dbfold.sqlite.engine import quoted


class Strategy:
    """The row that is there stays as it is, and what the other one had goes to the ledger."""

    keeps_both = False
    """Do both rows stay, the arriving one with another id?"""

    def source_wins(self, final: FinalTable) -> str:
        """Does the arriving row replace the values of the other?"""
        return "0"

    def is_conflict(self, column: str) -> str | None:
        """What else has to hold for different values to be in conflict."""
        return None

    def is_gap(self, column: str) -> str | None:
        """Is there a value to be taken without a conflict?"""
        return None

    def takes(self, column: str) -> str | None:
        """In which of the rows that conflict, or have gaps, is the arriving value taken?"""
        return None


class KeepSource(Strategy):
    """The arriving row wins."""

    def source_wins(self, final: FinalTable) -> str:
        return "1"

    def takes(self, column: str) -> str:
        return f"s.{WINS}"


class Newest(KeepSource):
    """The row with the greater value in the policy's column wins; the one that has no value there loses."""

    def source_wins(self, final: FinalTable) -> str:
        by = quoted(final.newest_by or "")
        return f"coalesce(s.{by} > t.{by}, t.{by} IS NULL AND s.{by} IS NOT NULL)"


class FillNulls(Strategy):
    """The row that is there wins, but for its NULLs, which are gaps and no values."""

    def is_conflict(self, column: str) -> str:
        return f"t.{column} IS NOT NULL AND s.{column} IS NOT NULL"

    def is_gap(self, column: str) -> str:
        return f"t.{column} IS NULL AND s.{column} IS NOT NULL"

    def takes(self, column: str) -> str:
        return f"t.{column} IS NULL"


class KeepBoth(Strategy):
    """Both rows stay. Nothing is in conflict then."""

    keeps_both = True


STRATEGIES: Mapping[OnConflict, Strategy] = {
    OnConflict.FAIL: Strategy(),  # nothing moves while there is a conflict; a trial counts them so
    OnConflict.KEEP_TARGET: Strategy(),
    OnConflict.KEEP_SOURCE: KeepSource(),
    OnConflict.NEWEST: Newest(),
    OnConflict.FILL_NULLS: FillNulls(),
    OnConflict.KEEP_BOTH: KeepBoth(),
}
