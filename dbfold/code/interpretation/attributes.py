"""What `value.name` may be, for each kind of value."""

from __future__ import annotations

import posixpath

from dbfold.code.imports import Modules
from dbfold.code.interpretation.names import Names
from dbfold.code.interpretation.objects import Objects
from dbfold.code.libraries import SAME_CONNECTION, TEXT_METHODS, TRANSPARENT_METHODS
from dbfold.code.values import (
    NOTHING,
    ClassValue,
    Database,
    Elsewhere,
    External,
    Instance,
    ModuleValue,
    SqlValue,
    TextValue,
    Value,
    Values,
)

_SAME_DATABASE = SAME_CONNECTION | TRANSPARENT_METHODS


class Attributes:
    """The attributes of values."""

    def __init__(self, modules: Modules, names: Names, objects: Objects) -> None:
        self._index = modules
        self._names = names
        self._objects = objects

    def of(self, value: Value, name: str) -> Values:
        """What `value.name` may be."""
        match value:
            case Database() | Elsewhere():
                return frozenset({value}) if name in _SAME_DATABASE else NOTHING
            case ModuleValue(module):
                return self._of_module(module, name)
            case External(outer):
                return frozenset({External(f"{outer}.{name}")})
            case SqlValue() if name in TEXT_METHODS or name == "value":  # of a member of an Enum
                return frozenset({value})
            case TextValue() if name == "value":
                return frozenset({value})
            case Instance() | ClassValue():
                return self._objects.member(value, name)
        return NOTHING

    def _of_module(self, module: str, name: str) -> Values:
        found = self._names.member(module, name)
        if found or not module.endswith("/__init__.py"):
            return found
        submodule = self._index.at(posixpath.join(posixpath.dirname(module), name))
        return frozenset({ModuleValue(submodule)}) if submodule else NOTHING
