"""What only looks like a database: attributes, configuration keys, other suffixes, other programs' files."""
import os
from pathlib import Path

import salt.config

opts = {"mongo.db": "salt", "redis.db": 0, "etcd.db": ""}
opts["mongo.db"] = opts.get("redis.db", 0)
value = salt.config.option("mongo.db")
found = "mongo.db" in opts
THUMBNAILS = "Thumbs.db"
COOKIES = "cookies.sqlite"
BACKUP = "/app/data/zoe.db.bak"
DOTTED = "app.db.models"
SUFFIX = ".db"
VERSION = "sqlite3.35"


class Repository:
    def __init__(self, db):
        self.db = db
        self.db.execute("SELECT 1")
        args = self
        args.db = db


def query(self):
    return f"{self.db} {self.db.path}"


ENGINE = "django.db.backends.sqlite3"
SESSION_ENGINE = "django.contrib.sessions.backends.db"
BACKEND = "shop.storage.backends.db"
dialect = "sqlalchemy.dialects.sqlite"
RPM = "/var/lib/rpm/Packages.db"
LOCATE = {"database": "/var/lib/mlocate/mlocate.db"}
PRIVACY = "/Library/Application Support/com.apple.TCC/TCC.db"
MESSAGES = Path.home() / "Library" / "Messages" / "chat.db"


class Fixture:
    def opts(self):
        return {"spm_db": os.path.join(self._tmp_data, "packages.db")}  #: collection leave
