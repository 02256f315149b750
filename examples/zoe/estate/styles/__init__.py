"""The ways in which code spells the path of a database; each adds one place to a module (`ternary` two).

A style is a function of the draft and a Site. table.py says which file uses which.
"""

from __future__ import annotations

from estate.styles import definitions, expressions, texts
from estate.styles.expressions import connecting, constant
from estate.styles.site import DIRECTORIES, Site, Style

__all__ = ["DIRECTORIES", "STYLES", "Site"]

STYLES: dict[str, Style] = {
    "connect": connecting('sqlite3.connect("<path>")'),
    "single": connecting("sqlite3.connect('<path>')"),
    "timeout": connecting('sqlite3.connect("<path>", timeout=30.0)'),
    "keyword": connecting('sqlite3.connect(database="<path>")'),
    "readonly": connecting('sqlite3.connect("file:<path>?mode=ro", uri=True)', reading=True),
    "local": connecting("sqlite3.connect(db_path)", 'db_path = "<path>"'),
    "typed": connecting("sqlite3.connect(db_path)", 'db_path: str = "<path>"'),
    "unpacked": connecting("sqlite3.connect(path)", 'owner, path = "zoe", "<path>"'),
    "path": connecting('sqlite3.connect(Path("<path>"))', needs="from pathlib import Path"),
    "slash": connecting(
        "sqlite3.connect(path)", 'path = Path("<directory>") / "<database>"', needs="from pathlib import Path"
    ),
    "join": connecting('sqlite3.connect(os.path.join(DATA_DIR, "<database>"))', needs="import os"),
    "plus": connecting('sqlite3.connect(DATA_DIR + "/<database>")'),
    "fstring": connecting('sqlite3.connect(f"{DATA_DIR}/<database>")'),
    "format": connecting("sqlite3.connect('{}/<database>'.format(DATA_DIR))"),
    "implicit": connecting('sqlite3.connect("<directory>" "/<database>")'),
    "split": connecting('sqlite3.connect("<directory>/<stem>" ".db")'),
    "raw": connecting('sqlite3.connect(r"<path>")'),
    "environ": connecting("sqlite3.connect(path)", 'path = os.environ.get("<variable>", "<path>")', needs="import os"),
    "setdefault": connecting(
        'sqlite3.connect(os.environ["<variable>"])',
        'os.environ.setdefault("<variable>", "<path>")',
        needs="import os",
    ),
    "constant": constant('"<path>"'),
    "final": constant('"<path>"', annotation=": Final", needs="from typing import Final"),
    "getenv": constant('os.getenv("<variable>", "<path>")', needs="import os"),
    "or": constant('os.environ.get("<variable>") or "<path>"', needs="import os"),
    "ternary": constant('"<path>" if os.path.isdir("<directory>") else "data/<database>"', needs="import os"),
    "mcp_getenv": constant('os.getenv("ZOE_DB_PATH", "<path>")', needs="import os"),
    "url": constant('"sqlite:///<path>"', 'sqlite3.connect({}.removeprefix("sqlite:///"))'),
    "url_fstring": constant('f"sqlite:///{DATA_DIR}/<database>"', 'sqlite3.connect({}.removeprefix("sqlite:///"))'),
    "path_constant": constant('Path(DATA_DIR, "<database>")', needs="from pathlib import Path"),
    "settings": expressions.settings,
    "listing": expressions.listing,
    "mapping": expressions.mapping,
    "prompt": expressions.prompt,
    "code": expressions.embedded_code,
    "attribute": definitions.attribute,
    "default": definitions.default,
    "annotated": definitions.annotated,
    "class_attribute": definitions.class_attribute,
    "dataclass": definitions.dataclass,
    "factory": definitions.factory,
    "inherited": definitions.inherited,
    "keyword_only": definitions.keyword_only,
    "call": definitions.call_argument,
    "returned": definitions.returned,
    "argparse": definitions.argument_parser,
    "comparison": definitions.comparison,
    "membership": definitions.membership,
    "exists": definitions.exists,
    "size": definitions.size,
    "copy": definitions.copy,
    "shell": texts.shell,
    "shell_words": texts.shell_words,
    "system": texts.system,
    "docstring": texts.docstring,
    "comment": texts.comment,
    "trailing": texts.trailing_comment,
    "message": texts.message,
    "error": texts.error,
}
