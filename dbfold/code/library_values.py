"""What texts, type hints and openings are worth: the values that libraries make of them."""

from __future__ import annotations

from dbfold.code.libraries import other_engine
from dbfold.code.values import (
    MEMORY,
    NOTHING,
    ClassValue,
    Database,
    Elsewhere,
    External,
    Instance,
    TextValue,
    Value,
    Values,
)

_OTHER_SCHEMES = ("postgres", "mysql", "mariadb", "duckdb", "mssql", "oracle", "clickhouse", "redshift", "snowflake")


def text_values(text: str) -> Values:
    """What a string may be as a path or a URL."""
    if text == ":memory:" or "mode=memory" in text or text in ("sqlite://", "sqlite+aiosqlite://"):
        return frozenset({MEMORY})
    if ":memory:" in text and text.startswith(("sqlite", "file:")):
        return frozenset({MEMORY})
    if "://" in text and text.startswith(_OTHER_SCHEMES):
        return frozenset({Elsewhere("another engine")})
    return frozenset({TextValue(text)})


def typed(value: Value) -> Values:
    """What a type hint promises: an object of a class, or another engine's connection."""
    if isinstance(value, ClassValue):
        return frozenset({Instance(value.module, value.name)})
    engine = other_engine(value.name) if isinstance(value, External) else None
    return frozenset({Elsewhere(engine)}) if engine else NOTHING


def opened(value: Value) -> Value | None:
    """What opening a path gives: a connection to it."""
    if isinstance(value, Database):
        return value._replace(is_open=True)
    return value if isinstance(value, Elsewhere) else None
