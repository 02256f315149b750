"""A place that is to be written: which database it names, in which directory."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from estate.draft import Draft

# The spellings of one directory: in the container, on the Raspberry Pi, from the repository, in an old image.
DIRECTORIES = {"app": "/app/data", "home": "/home/pi/zoe/data", "relative": "data", "old": "/data"}

VARIABLES = {"zoe.db": "DATABASE_PATH", "memory.db": "MEMORY_DATABASE_PATH", "sessions.db": "SESSION_DB_PATH"}


class Site(NamedTuple):
    """The database that a place names, and the directory as it spells it."""

    database: str
    directory: str

    @property
    def path(self) -> str:
        return f"{self.directory}/{self.database}"

    @property
    def stem(self) -> str:
        return self.database.removesuffix(".db")

    @property
    def noun(self) -> str:
        return "".join(map(str.capitalize, self.stem.split("_")))

    @property
    def variable(self) -> str:
        return VARIABLES.get(self.database, f"{self.stem.upper()}_DB")


Style = Callable[[Draft, Site], None]
