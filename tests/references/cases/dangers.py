"""What the code does with a file can make a rewrite do harm: deleting the old file would delete the new one."""
import argparse
import enum
import os
import shutil
import sqlite3
import subprocess
from pathlib import Path

from sqlalchemy import create_engine

from application import Literal, app, copy_rows, template_dir, temporal_dir

Path("data/auth.db").unlink(missing_ok=True)  #: call-arg review
os.remove("data/auth.db")  #: call-arg review
os.rename("data/auth.db", "data/auth.old")  #: call-arg review
shutil.copy("restore/auth.bak", "data/auth.db")  #: call-arg review
open("data/auth.db", "wb").close()  #: call-arg review
Path("data/auth.db").write_bytes(b"")  #: call-arg review
os.system("rm data/auth.db")  #: embedded-shell review
os.system("sqlite3 /app/data/zoe.db .dump > /app/data/zoe.db")  #: embedded-shell review; embedded-shell review
subprocess.run(["rm", "-f", "data/auth.db"])  #: call-arg review
subprocess.run(["sqlite3", "/app/data/zoe.db", ".tables"])  #: call-arg rewrite
open("/app/data/zoe.db", "rb").close()  #: call-arg rewrite
OLD = Path("data/learning.db")  #: constant review


def forget():
    OLD.unlink()
    stale = "data/satisfaction.db"  #: local review
    os.remove(stale)


def backup(backup_dir):
    shutil.copy("data/zoe.db", f"{backup_dir}/data/zoe.db")  #: call-arg review; path-join review


copy_rows("data/auth.db", "data/zoe.db")  #: call-arg review; call-arg review

parser = argparse.ArgumentParser()
parser.add_argument("--source", default="data/developer_tasks.db")  #: cli-default review
parser.add_argument("--target", default="data/zoe.db")  #: cli-default review


def engines():
    old = create_engine("sqlite:///data/auth.db")  #: url review
    return old, create_engine("sqlite:///data/zoe.db")  #: url review


def attached():
    connection = sqlite3.connect("data/zoe.db")  #: connect-literal review
    connection.execute("ATTACH 'data/auth.db' AS old")  #: embedded-code review


class Names(enum.Enum):
    FIRST = "data/auth.db"  #: attribute review
    SECOND = "data/developer_tasks.db"  #: attribute review


SEVERAL = {"a": "data/auth.db", "b": "data/learning.db"}  #: collection review; collection review
BARE = "zoe.db"  #: constant review
base = "data"
for base in ("/mnt/a", "/mnt/b"):
    sqlite3.connect(f"{base}/zoe.db")  #: connect-literal review
here = f"{template_dir}/zoe.db"  #: path-join review
there = f"{temporal_dir}/zoe.db"  #: path-join review
DSN = "file:data/zoe.db?mode=ro"  #: url rewrite
INNER = "sqlite:///file:data/zoe.db?mode=ro&uri=true"  #: url review
ODD = "sqlite:///data/zoe.db?a='\""  #: url review
TWO = os.system("sqlite3 data/zoe.db " "'select {x}'")  #: embedded-shell review


@app.route("/app/data/zoe.db")  #: call-arg review
def download(kind: Literal["data/zoe.db"] = "data/zoe.db") -> "data/zoe.db":  #: collection review; default-param rewrite; call-arg review
    return kind


repeated = "x"
repeated = repeated.replace("1", "x")
repeated = repeated.replace("2", "x")
repeated = repeated.replace("3", "x")
repeated = repeated.replace("4", "x")
repeated = repeated.replace("5", "x")
