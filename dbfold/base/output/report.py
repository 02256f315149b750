"""What a command has to say, in the parts that forms of every command are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from dbfold.base.output.screen import Screen
from dbfold.base.output.table import Table


@dataclass(frozen=True, slots=True)
class Report:
    """Each part is worked out only for a form that asks for it.

    text      for people, with a newline at its end
    document  for programs: JSON values with a `version`
    tables    what is listed, the most detailed one last
    own       forms that this command alone has, or has in a way of its own
    """

    text: Callable[[Screen], str]
    document: Callable[[], object]
    tables: Callable[[], Sequence[Table]]
    own: Mapping[str, Callable[[Screen], str]] = field(default_factory=dict)
