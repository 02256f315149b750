"""Paths handed to other functions, compared, or collected."""
import os
import shutil

from application import KnowledgeStore, ToolParameter, resolve

KnowledgeStore("/app/data/zoe.db")  #: call-arg rewrite
ToolParameter("database", "string", False, "Database file path", "/app/data/zoe.db")  #: call-arg rewrite
KnowledgeStore(path="data/zoe.db")  #: call-arg rewrite
os.path.exists("/app/data/zoe.db")  #: call-arg rewrite
open("/app/data/zoe.db", "rb")  #: call-arg rewrite
resolve("zoe.db")  #: call-arg review
getattr(object(), "db_path", "/app/data/zoe.db")  #: call-arg rewrite
settings = {}
settings.get("db_path", "/app/data/zoe.db")  #: call-arg rewrite
name = "x"
if name == "zoe.db":  #: comparison review
    pass
if name.endswith("zoe.db"):  #: comparison review
    pass
if name in ("zoe.db", "auth.db"):  #: comparison review; comparison review
    pass
names = []
names.append("zoe.db")  #: collection review
shutil.copy("/app/data/zoe.db", "/backup/zoe.db")  #: call-arg review; call-arg review
f"{KnowledgeStore('/app/data/zoe.db')}"  #: call-arg review
