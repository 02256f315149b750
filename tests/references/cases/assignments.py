"""Where a path is kept: constants, attributes, locals, parameters, fields."""
import os
import sqlite3
from dataclasses import dataclass, field
from pathlib import Path
from pydantic import BaseModel, Field

DB_PATH = "/app/data/zoe.db"  #: constant rewrite
ANNOTATED: str = "/app/data/zoe.db"  #: constant rewrite
PARENTHESIZED = ("/app/data/zoe.db")  #: constant rewrite
A_PATH = Path("/app/data/zoe.db")  #: constant rewrite
TEXT = str(Path("/app/data/zoe.db"))  #: constant rewrite
RESOLVED = Path("data/zoe.db").resolve()  #: constant rewrite
ABSOLUTE = os.path.abspath("data/zoe.db")  #: constant rewrite
FIRST = SECOND = "/app/data/zoe.db"  #: constant rewrite
if os.environ.get("DEBUG"):
    DEBUG_PATH = "/app/data/zoe.db"  #: constant rewrite
TERNARY = "/app/data/zoe.db" if os.path.exists("/app") else "data/zoe.db"  #: env-default rewrite; env-default rewrite


class Store:
    path = "/app/data/zoe.db"  #: attribute rewrite
    other: str = "/app/data/zoe.db"  #: default-param rewrite

    def __init__(self, db_path: str = "/app/data/zoe.db", *, extra="/app/data/zoe.db"):  #: default-param rewrite; default-param rewrite
        self.db_path = "/app/data/zoe.db"  #: attribute rewrite
        self.path = db_path or "/app/data/zoe.db"  #: env-default rewrite
        local = "/app/data/zoe.db"  #: local rewrite
        if (walrus := "/app/data/zoe.db"):  #: local rewrite
            print(walrus, local)

    def where(self):
        return "/app/data/zoe.db"  #: return rewrite

    def each(self):
        yield "/app/data/zoe.db"  #: return rewrite


@dataclass
class Settings:
    db_path: str = "data/zoe.db"  #: default-param rewrite
    lazy: str = field(default="data/zoe.db")  #: default-param rewrite
    later: Path = field(default_factory=lambda: Path("data/zoe.db"))  #: default-param rewrite


class Configuration(BaseModel):
    path: str = Field("data/zoe.db", description="where zoe.db is")  #: default-param rewrite; message leave
    other: str = Field(default="data/zoe.db")  #: default-param rewrite


handler = lambda path="/app/data/zoe.db": sqlite3.connect(path)  #: default-param rewrite
CONFIG = {"db_path": "/app/data/zoe.db"}  #: collection rewrite
CONFIG["db_path"] = "/app/data/zoe.db"  #: collection rewrite
os.environ["DATABASE_PATH"] = "/app/data/zoe.db"  #: env-assignment review
PATHS = ["/app/data/zoe.db"]  #: collection rewrite
PAIR = ("/app/data/zoe.db", "/app/data/auth.db")  #: collection rewrite; collection review
SET = {"/app/data/zoe.db"}  #: collection review
handed_on(["/app/data/zoe.db"])  #: collection review
MAPPING = {"auth.db": "zoe.db"}  #: collection review; collection review
NESTED = {"databases": {"main": "data/zoe.db"}}  #: collection rewrite
