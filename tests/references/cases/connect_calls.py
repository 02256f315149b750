"""Connect calls of every library and spelling. The marker says what is expected in its own line."""
import sqlite3
import sqlite3 as sq
from sqlite3 import connect
from sqlite3 import connect as open_database
import aiosqlite
import apsw
import duckdb
import shelve

sqlite3.connect("/app/data/zoe.db")  #: connect-literal rewrite
sqlite3.connect('/app/data/zoe.db', check_same_thread=False)  #: connect-literal rewrite
sqlite3.connect(database="data/zoe.db")  #: connect-literal rewrite
sqlite3.connect(r"/app/data/zoe.db")  #: connect-literal rewrite
sqlite3.connect(u"/app/data/zoe.db")  #: connect-literal rewrite
sqlite3.connect("""/app/data/zoe.db""")  #: connect-literal rewrite
sqlite3.connect("/app/data/" "zoe.db")  #: connect-literal rewrite
sqlite3.connect(f"/app/data/zoe.db")  #: connect-literal rewrite
sqlite3.connect("zoe.db")  #: connect-literal rewrite
sqlite3.connect("./data/zoe.db")  #: connect-literal rewrite
sqlite3.connect("../data//zoe.db")  #: connect-literal rewrite
sqlite3.dbapi2.connect("/app/data/zoe.db")  #: connect-literal rewrite
sq.connect("/app/data/zoe.db")  #: connect-literal rewrite
connect("/app/data/zoe.db")  #: connect-literal rewrite
open_database("/app/data/zoe.db")  #: connect-literal rewrite
apsw.Connection("/app/data/zoe.db")  #: connect-literal rewrite
sqlite3.connect("file:/app/data/zoe.db?mode=ro", uri=True)  #: url rewrite
sqlite3.connect("file:data/zoe.db?mode=ro&cache=shared", uri=True)  #: url rewrite
sqlite3.connect(b"/app/data/zoe.db")  #: connect-literal review
sqlite3.connect("/srv/elsewhere/zoe.db")  #: connect-literal review
sqlite3.connect("notes.db")  #: connect-literal review
sqlite3.connect("cache.dat")  #: connect-literal review
sqlite3.connect("/app/data/app.db")  #: connect-literal review
sqlite3.connect("webapp.db")  #: connect-literal review
sqlite3.connect("/tmp/zoe.db")  #: connect-literal leave
sqlite3.connect("/app/data/performance.db")  #: connect-literal review
sqlite3.connect("/app/data/litellm.db")  #: connect-literal leave
sqlite3.connect("C:\\app\\data\\zoe.db")  #: connect-literal rewrite
duckdb.connect("/app/data/zoe.db")  #: connect-literal leave
shelve.open("data/zoe.db")  #: connect-literal leave

sqlite3.connect(":memory:")
sqlite3.connect("")
sqlite3.connect("file::memory:?cache=shared", uri=True)


async def every_style():
    async with aiosqlite.connect("data/zoe.db") as db:  #: connect-literal rewrite
        await db.execute("SELECT 1")
    with sqlite3.connect("/app/data/zoe.db") as one, open("x.txt") as two:  #: connect-literal rewrite
        return one, two
