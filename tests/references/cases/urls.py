"""SQLAlchemy's URLs keep their scheme, driver and query."""
from sqlalchemy import create_engine
from sqlalchemy.ext.asyncio import create_async_engine

A = create_engine("sqlite:////app/data/zoe.db")  #: url rewrite
B = create_engine("sqlite:///data/zoe.db", echo=True)  #: url rewrite
C = create_async_engine("sqlite+aiosqlite:////app/data/zoe.db")  #: url rewrite
DATABASE_URL = "sqlite:///./data/zoe.db"  #: url rewrite
D = "sqlite:////app/data/zoe.db?check_same_thread=False"  #: url rewrite
BASE = "/app/data"
E = f"sqlite:///{BASE}/zoe.db"  #: url rewrite
F = create_engine("sqlite:///notes.db")  #: url review
G = create_engine("sqlite:///./app")  #: url review

H = create_engine("sqlite://")
I = create_engine("sqlite:///:memory:")
J = create_engine("postgresql://localhost/zoe.db")
K = create_engine("sqlite:///file:zoe?mode=memory&cache=shared&uri=true")
