"""Paths that are put together."""
import os
import sqlite3
import sys
from pathlib import Path

from settings import DATA_DIR

HERE = Path(__file__).parent
DIRECTORY = "/app/data"
DATA = Path("/app/data")

A = Path("data") / "zoe.db"  #: path-join rewrite
B = Path("/app") / "data" / "zoe.db"  #: path-join rewrite
C = Path("/app/data", "zoe.db")  #: path-join rewrite
D = os.path.join("/app/data", "zoe.db")  #: path-join rewrite
E = os.path.join(os.path.dirname(__file__), "data", "zoe.db")  #: path-join rewrite
F = os.path.join(os.path.dirname(__file__), "..", "data", "zoe.db")  #: path-join rewrite
G = DIRECTORY + "/zoe.db"  #: path-join rewrite
H = f"{DIRECTORY}/zoe.db"  #: path-join rewrite
I = DATA / "zoe.db"  #: path-join rewrite
J = HERE / "data" / "zoe.db"  #: path-join rewrite
K = Path(__file__).resolve().parent.parent / "data" / "zoe.db"  #: path-join rewrite
L = "%s/zoe.db" % DIRECTORY  #: path-join rewrite
M = "{}/zoe.db".format(DIRECTORY)  #: path-join rewrite
N = DATA_DIR / "zoe.db"  #: path-join review
O = HERE / "zoe.db"  #: path-join review
P = HERE / ".cache" / "data" / "zoe.db"  #: path-join review
Q = DATA.joinpath("zoe.db")  #: path-join rewrite
R = sys.argv[1] + ".db"  #: path-join review
S = f"/app/data/{sys.argv[1]}.db"  #: path-join review
T = sqlite3.connect(DATA / "zoe.db")  #: connect-literal rewrite
U = sqlite3.connect(str(DATA / "zoe.db"))  #: connect-literal rewrite
V = "/app/data/" + "zoe" + ".db"  #: path-join rewrite
W = Path("report").with_suffix(".db")  #: path-join review
BACKUP = A.with_suffix(".bak")

X = "/app/data/zoe.db"  #: constant rewrite
READ_ONLY = f"file:{X}?mode=ro"
COPY = X + ".copy"
URL = f"sqlite:///{X}"


def test_something(tmp_path):
    return tmp_path / "zoe.db"  #: return leave


def over_lines():
    return sqlite3.connect(
        os.path.join(
            DIRECTORY,
            "zoe.db",  #: connect-literal rewrite
        )
    )
