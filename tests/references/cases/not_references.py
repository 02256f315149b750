"""What only looks like a database: attributes, configuration keys, other suffixes, other programs' files."""
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
