"""What is a comment, by language: in doubt there is none, because a comment is passed over in silence."""

from __future__ import annotations

import pytest

from dbfold.base.text import LineTable
from dbfold.references.languages.line_comments import Comments, syntax_of
from dbfold.references.languages.plain_text import scan_plain
from dbfold.references.model import Kind

COMMENTS = [
    ("run.sh", "# data/x.db"),
    ("run.sh", "tool  # data/x.db"),
    ("run.sh", "echo 'a # b' \"c\" # data/x.db"),
    ("run.sh", 'echo "it\'s" # data/x.db'),
    ("crontab", "  # data/x.db"),
    ("Makefile", "all: # data/x.db"),
    (".env", "A=1 # data/x.db"),
    ("a.yml", "key: don't # data/x.db"),
    ("a.yml", "run: |\n  tool # data/x.db"),
    ("a.yml", "a: >\n  text\nb: 1 # data/x.db"),
    ("a.toml", 'a = "x" # data/x.db'),
    ("a.ini", "; data/x.db"),
    ("a.service", "# data/x.db"),
    ("Dockerfile", "# data/x.db"),
    ("a.sql", "SELECT 1; -- data/x.db"),
    ("a.sql", "/* a\n data/x.db */"),
    ("a.js", "f(); // data/x.db"),
    ("a.js", "/**\n * data/x.db\n */"),
    ("a.ts", "const a = 'http://x'; // data/x.db"),
    ("a.xml", "<!-- a\n data/x.db -->"),
    ("a.bat", "REM data/x.db"),
    ("a.ps1", "<# data/x.db #>"),
    ("a.lua", "x = 1 -- data/x.db"),
    ("a.el", "(f) ; data/x.db"),
    ("a.sh.example", "# data/x.db"),
    ("run", "#!/bin/sh\ntool # data/x.db"),
    ("a.unknown", "// data/x.db"),
]
NO_COMMENTS = [
    ("run.sh", "rm -- data/x.db"),
    ("run.sh", "tool -- --path data/x.db"),
    ("run.sh", 'tool "issue # 5" data/x.db'),
    ("run.sh", "tool 'a # data/x.db'"),
    ("run.sh", "echo $# data/x.db"),
    ("run.sh", "curl http://host // data/x.db"),
    ("crontab", "* * * * * backup data/x.db"),
    ("crontab", "*/5 * * * * tool -- data/x.db"),
    ("a.yml", 'command: "tool -- data/x.db"'),
    ("a.yml", "command: 'echo # data/x.db'"),
    ("a.yml", "- -- data/x.db"),
    ("a.yml", "args: >\n  --title issue # 5\n  --db data/x.db"),
    ("a.yml", "args: >-\n  # 5 data/x.db"),
    ("a.service", "ExecStart=/bin/tool -- data/x.db"),
    ("a.service", "ExecStart=/bin/tool # data/x.db"),
    ("a.service", "ExecStart=/bin/tool \\\n  --db data/x.db"),
    ("a.ini", "path = a # data/x.db"),
    ("Dockerfile", "ENV A=# data/x.db"),
    ("a.toml", 'a = "x # data/x.db"'),
    ("a.json", '"// data/x.db"'),
    ("a.json", "# data/x.db"),
    ("a.sql", "SELECT\n* FROM x; ATTACH 'data/x.db'"),
    ("a.sql", "ATTACH '-- data/x.db'"),
    ("a.js", "open('a // data/x.db')"),
    ("a.js", "a\n* open('data/x.db')"),
    ("a.xml", "<a># data/x.db</a>"),
]


@pytest.mark.parametrize(("name", "text"), COMMENTS)
def test_a_comment(name, text):
    assert kinds(text, name) == [Kind.COMMENT]


@pytest.mark.parametrize(("name", "text"), NO_COMMENTS)
def test_no_comment(name, text):
    assert Kind.COMMENT not in kinds(text, name) != []


def kinds(text, name):
    return [site.kind for site in scan_plain(text, LineTable(text), f"dir/{name}")]


def test_a_line_of_megabytes_is_data():
    text = "a " * 5000 + "# data/x.db"
    assert len(text) - 1 not in Comments(text, "a.sh")
    assert len(text) - 1 in Comments("#" + text, "a.sh")


def test_the_first_line_of_a_script_tells_its_language():
    assert syntax_of("run", "#!/usr/bin/env node\n") == syntax_of("a.js", "")
    assert syntax_of("run", "#!/bin/sh\n") == syntax_of("a.sh", "")
