"""Values as JSON and back, by their types: what goes into the cache has no code in it, and needs none to be read.

Named tuples and dataclasses become lists of their fields, members of a union begin with their number in it, mappings
whose keys are no strings become lists of pairs. What the types do not say is an error of the programmer (TypeError);
what the JSON does not say is a `ValueError`, `TypeError`, `KeyError` or `IndexError` of whoever decodes it.
"""

from __future__ import annotations

import json
import types
import typing
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, Generic, TypeVar, get_args, get_origin, get_type_hints

Value = TypeVar("Value")
_Convert = Callable[[Any], Any]

DECODING_ERRORS = (ValueError, TypeError, KeyError, IndexError, RecursionError)
"""What `decode` raises for data that says no value of its type."""

_PLAIN = (str, int, bool, float, type(None))
_LISTS: dict[Any, Callable[[Any], Any]] = {
    list: list,
    Sequence: tuple,
    frozenset: frozenset,
    set: set,
}


class Codec(Generic[Value]):
    """Encodes values of `type` and decodes them. One is made for each type, when a module is loaded or later."""

    def __init__(self, type: Any) -> None:
        self._type = type
        self._converters: tuple[_Convert | None, _Convert | None] | None = None

    def encode(self, value: Value) -> bytes:
        """The value as JSON."""
        encode, _ = self._compiled()
        plain = encode(value) if encode else value
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")

    def decode(self, data: bytes) -> Value:
        """The value that `data` says. Raises ValueError, TypeError, KeyError or IndexError if it says none."""
        _, decode = self._compiled()
        plain = json.loads(data.decode("utf-8", "surrogatepass"))
        return decode(plain) if decode else plain  # type: ignore[no-any-return]

    def decoded(self, kept: bytes | None) -> Value | None:
        """The value that was kept; None if there is none, or if it is not what it should be."""
        if kept is not None:
            with suppress(*DECODING_ERRORS):
                return self.decode(kept)
        return None

    def _compiled(self) -> tuple[_Convert | None, _Convert | None]:
        if self._converters is None:
            self._converters = _Compiler().converters(self._type)
        return self._converters


class _Compiler:
    """Makes the two functions of a type; None stands for a function that gives what it is given.

    Classes are looked up when they are needed, because an expression holds expressions.
    """

    def __init__(self) -> None:
        self._known: dict[Any, tuple[_Convert | None, _Convert | None]] = {}

    def converters(self, type: Any) -> tuple[_Convert | None, _Convert | None]:
        if type in _PLAIN or type is Any:
            return None, None
        if type in self._known:
            return self._known[type]
        origin, arguments = get_origin(type), get_args(type)
        if origin in (types.UnionType, typing.Union):
            return self._remembered(type, lambda: self._union(arguments))
        if origin is tuple and arguments[-1:] != (...,):
            return self._remembered(type, lambda: self._fields(tuple, list(arguments)))
        if origin is tuple:
            return self._items(arguments[0], tuple)
        if origin in _LISTS:
            return self._items(arguments[0], _LISTS[origin])
        if origin in (dict, Mapping):
            return self._mapping(*arguments)
        if isinstance(type, builtin_type) and issubclass(type, Enum):
            return (lambda value: value.value), type
        return self._remembered(type, lambda: self._fields(*_class_fields(type)))

    def _remembered(
        self, type: Any, make: Callable[[], tuple[_Convert, _Convert]]
    ) -> tuple[_Convert | None, _Convert | None]:
        """A type that may hold itself: until it is made, functions that look it up."""
        later = _Later()
        self._known[type] = later.encode, later.decode
        self._known[type] = later.made = make()
        return later.made

    def _fields(self, make: Any, types_of_fields: list[Any]) -> tuple[_Convert, _Convert]:
        """The functions of a class, or of a tuple of several types.

        They are written as source, as `namedtuple` writes its methods: a loop over the fields takes half as long again.
        """
        pairs = [self.converters(one) for one in types_of_fields]
        names: dict[str, Any] = {"make": make}
        encoded, decoded = [], []
        for number, (encode, decode) in enumerate(pairs):
            names[f"encode_{number}"], names[f"decode_{number}"] = encode, decode
            part = f"value[{number}]" if issubclass(make, tuple) else f"value.{fields(make)[number].name}"
            encoded.append(f"encode_{number}({part})" if encode else part)
            decoded.append(f"decode_{number}(plain[{number}])" if decode else f"plain[{number}]")
        made = f"({''.join(f'{part}, ' for part in decoded)})" if make is tuple else f"make({', '.join(decoded)})"
        return eval(f"lambda value: [{', '.join(encoded)}]", names), eval(f"lambda plain: {made}", names)

    def _items(self, type: Any, make: Callable[[Any], Any]) -> tuple[_Convert, _Convert]:
        encode, decode = self.converters(type)
        return (
            (lambda value: [encode(one) for one in value]) if encode else list,
            (lambda plain: make([decode(one) for one in plain])) if decode else make,
        )

    def _mapping(self, key: Any, value: Any) -> tuple[_Convert, _Convert]:
        encode_key, decode_key = self.converters(key)
        encode, decode = self.converters(value)
        if key is str:
            return (
                (lambda found: {name: encode(one) for name, one in found.items()}) if encode else dict,
                (lambda plain: {name: decode(one) for name, one in plain.items()}) if decode else dict,
            )

        def given(convert: _Convert | None, one: Any) -> Any:
            return convert(one) if convert else one

        return (
            lambda found: [[given(encode_key, name), given(encode, one)] for name, one in found.items()],
            lambda plain: {given(decode_key, name): given(decode, one) for name, one in plain},
        )

    def _union(self, options: tuple[Any, ...]) -> tuple[_Convert, _Convert]:
        """Texts, numbers and None stand for themselves; of a class, its number in the union comes first."""
        classes = [option for option in options if option not in _PLAIN]
        pairs = [self.converters(option) for option in classes]
        if len(classes) == 1:  # an optional one
            encode_one, decode_one = pairs[0]
            plain_types = tuple(option for option in options if option in _PLAIN)
            return (
                lambda value: value if encode_one is None or isinstance(value, plain_types) else encode_one(value),
                lambda plain: plain if decode_one is None or isinstance(plain, plain_types) else decode_one(plain),
            )
        numbers = {option: number for number, option in enumerate(classes)}

        def encode(value: Any) -> Any:
            number = numbers.get(type(value))
            if number is None:
                if not isinstance(value, _PLAIN):
                    raise TypeError(f"{type(value)} is none of {options}")
                return value
            convert = pairs[number][0]
            return [number, convert(value) if convert else value]

        def decode(plain: Any) -> Any:
            if type(plain) is not list:
                return plain
            number, rest = plain
            convert = pairs[number][1]
            return convert(rest) if convert else rest

        return encode, decode


class _Later:
    """The functions of a type that is being made."""

    made: tuple[_Convert, _Convert]

    def encode(self, value: Any) -> Any:
        return self.made[0](value)

    def decode(self, plain: Any) -> Any:
        return self.made[1](plain)


builtin_type = type


def _class_fields(made: Any) -> tuple[Any, list[Any]]:
    """A class and the types of its fields, in the order of its constructor."""
    if not isinstance(made, builtin_type) or not (is_dataclass(made) or hasattr(made, "_fields")):
        raise TypeError(f"no fields are known of {made}")
    hints = get_type_hints(made)
    names = [one.name for one in fields(made)] if is_dataclass(made) else list(made._fields)
    return made, [hints[name] for name in names]
