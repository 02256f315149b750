"""Prose, shell and source in strings. This docstring names no file."""
import logging
import os
import subprocess
import tempfile
from pathlib import Path

logger = logging.getLogger(__name__)


def documented():
    """Opens zoe.db."""  #: docstring leave
    print("opening /app/data/zoe.db")  #: message leave
    print("zoe.db")  #: message leave
    logger.info("Initialized zoe.db")  #: message leave
    logger.error(f"no zoe.db in {os.getcwd()}")  #: message leave
    raise FileNotFoundError("/app/data/zoe.db is missing")  #: message leave


def prompt():
    return """
    You are an assistant.
    - database: SQLite at /app/data/zoe.db
    """  # the marker for the line above stands in the table of the test


# The old auth.db is gone.  #: comment leave
os.system("sqlite3 /app/data/zoe.db .tables")  #: embedded-shell rewrite
os.system("cp '/app/data/zoe.db' /backup")  #: embedded-shell review
subprocess.run("sqlite3 /app/data/zoe.db '.tables' | wc -l", shell=True)  #: embedded-shell rewrite
subprocess.run(["sqlite3", "/app/data/zoe.db", ".tables"])  #: call-arg rewrite
COMMAND = "sqlite3 /app/data/zoe.db '.tables' 2>/dev/null"  #: embedded-shell review
SOURCE = "conn = sqlite3.connect('/app/data/zoe.db')"  #: embedded-code review
SQL = "ATTACH DATABASE '/app/data/auth.db' AS auth"  #: embedded-code review
ENV_FILE = "DATABASE_PATH=/app/data/zoe.db"  #: env-assignment review
FILES = Path("data").glob("*.db")  #: glob leave
IGNORED = ["*.db", "*.db-wal"]  #: glob leave; glob leave
SIDE = "/app/data/zoe.db-wal"  #: constant review
NAMED = tempfile.NamedTemporaryFile(suffix=".db")  #: temporary leave
TEMPORARY = "/tmp/test_zoe.db"  #: constant leave
