"""Code that opens an old and a new database on purpose must not be rewritten to read and write the same file."""
import shutil
import sqlite3

OLD = "/app/data/auth.db"  #: constant review
NEW = "/app/data/zoe.db"  #: constant review


def migrate():
    source = sqlite3.connect(OLD)
    target = sqlite3.connect(NEW)
    return source, target


def literal():
    source = sqlite3.connect("/app/data/developer_tasks.db")  #: connect-literal review
    target = sqlite3.connect("/app/data/zoe.db")  #: connect-literal review
    return source, target


def attached(connection):
    first = sqlite3.connect("/app/data/zoe.db")  #: connect-literal review
    first.execute("ATTACH DATABASE ? AS old", ("/app/data/developer_tasks.db",))  #: call-arg review


def copied():
    shutil.copy("/app/data/developer_tasks.db", "/app/data/zoe.db")  #: call-arg review; call-arg review


class Migration:
    def __init__(self, old="/app/data/learning.db", new="/app/data/zoe.db"):  #: default-param review; default-param review
        self.old, self.new = old, new
        self.source = old
        self.target = new

    def run(self):
        return sqlite3.connect(self.source), sqlite3.connect(self.target)


LEGACY = "/app/data/satisfaction.db"  #: constant review
CURRENT = "/app/data/zoe.db"  #: constant review


def _connect(path=CURRENT):
    connection = sqlite3.connect(path)
    connection.row_factory = sqlite3.Row
    return connection


def through_a_helper():
    legacy = sqlite3.connect(LEGACY)
    return legacy, _connect()


def tokens():
    return sqlite3.connect("/app/data/tokens.db").execute("SELECT 1")  #: connect-literal rewrite


def users():
    return sqlite3.connect("/app/data/zoe.db").execute("SELECT 1")  #: connect-literal rewrite


def memory_and_primary():
    return sqlite3.connect("/app/data/zoe.db"), sqlite3.connect("/app/data/memory.db")  #: connect-literal rewrite; connect-literal rewrite
