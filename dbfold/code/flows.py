"""Which places that name a database flow into an expression, in the frames in which that is asked."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

from dbfold.code.expressions import Expression
from dbfold.code.facts import ModuleFacts
from dbfold.code.project import Project
from dbfold.code.scopes import Branches, Scope
from dbfold.code.uses import Place
from dbfold.code.values import ClassValue, Database, Frame, Instance, Values

_MOST_HEIRS = 30


class Flows:
    """Asks the project for the places that an expression's value is from."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._heirs: dict[ClassValue, list[ClassValue]] | None = None
        self._names = {
            (facts.file, site.line, site.column): site.database
            for facts in project.modules.values()
            for site in facts.sites
        }

    def frames(self, facts: ModuleFacts, scope: Scope) -> list[Frame]:
        """The frames of a scope, with whatever the project's calls pass: of a method, one more for each heir of its
        class, whose attributes it works on.
        """
        function = facts.functions.get(scope)
        free = Frame(facts.file, scope)
        if function is None or function.in_class is None:
            return [free]
        heirs = self._heirs_of(ClassValue(facts.file, function.in_class))
        return [free, *(free._replace(instance=Instance(one.module, one.name)) for one in heirs[:_MOST_HEIRS])]

    def own_frame(self, facts: ModuleFacts, scope: Scope) -> Frame:
        """The frame of a scope that is called without arguments: what it works on if nobody says otherwise."""
        function = facts.functions.get(scope)
        in_class = function.in_class if function else None
        return Frame(facts.file, scope, (), Instance(facts.file, in_class, ()) if in_class else None)

    def paths(
        self, expressions: Iterable[Expression | None], frames: Sequence[Frame], line: int, branches: Branches
    ) -> set[Place]:
        """The places whose paths the expressions may be."""
        found: set[Place] = set()
        for expression in expressions:
            for frame in frames if expression is not None else ():
                found |= paths(self.project.evaluate(expression, frame, line, branches))
        return found

    def connections(
        self, expressions: Iterable[Expression | None], frames: Sequence[Frame], line: int, branches: Branches
    ) -> set[Place]:
        """The places that name the databases to which the expressions may be connections."""
        found: set[Place] = set()
        for expression in expressions:
            for frame in frames if expression is not None else ():
                values = self.project.evaluate(expression, frame, line, branches)
                found |= {one.site for one in values if isinstance(one, Database) and one.site and one.is_open}
        return found

    def one_of(self, found: set[Place], file: str) -> set[Place]:
        """The places of one path: if it may be that of several databases, whoever made the object says of which, and
        only what is written in `file` itself is side by side.
        """
        names = {self._names.get(place) for place in found}
        return found if len(names) < 2 else {place for place in found if place[0] == file}

    def _heirs_of(self, value: ClassValue) -> list[ClassValue]:
        if self._heirs is None:
            self._heirs = defaultdict(list)
            for facts in list(self.project.modules.values()):
                for name, known in facts.classes.items():
                    for one in self.project.objects.ancestors(ClassValue(facts.file, name))[1:] if known.bases else ():
                        self._heirs[one].append(ClassValue(facts.file, name))
        return self._heirs.get(value, [])


def paths(values: Values) -> set[Place]:
    """The places from which the paths among `values` are."""
    return {one.site for one in values if isinstance(one, Database) and one.site and not one.is_open}
