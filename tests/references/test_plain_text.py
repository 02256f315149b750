"""Files that have no detector of their own: what is a file's name, and what only looks like one."""

import pytest

from dbfold.base.text import LineTable
from dbfold.references.candidates import is_foreign, is_module_name
from dbfold.references.languages.plain_text import scan_plain


def doubtful(text, name):
    """What was found, with whether only the policy can tell that it is a database."""
    return [(site.text, site.only_if_declared) for site in scan_plain(text, LineTable(text), name)]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('now reads `config.option("redis.db")` first', [("redis.db", True)]),
        ("opts.get('mongo.db', 0)", [("mongo.db", True)]),
        ('opts["mongo.db"] = 1', [("mongo.db", True)]),
        ('open("mongo.db")', [("mongo.db", False)]),
        ('files = ["mongo.db"]', [("mongo.db", False)]),
        ('option("data/redis.db")', [("data/redis.db", False)]),
        ("'ENGINE': 'django.db.backends.sqlite3',", [("django.db.backends.sqlite3", True)]),
        ("app.db.execute", []),
        ("self.app.db", [("self.app.db", True)]),
    ],
)
def test_keys_and_modules(text, found):
    assert doubtful(text, "package.spec") == found


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("django.db", True),
        ("sqlalchemy.dialects.sqlite", True),
        ("shop.storage.backends.db", True),
        ("shop.test.db", False),
        ("zoe.db", False),
        ("django.db/x.db", False),
        ("backup.2024.01.db", False),
    ],
)
def test_module_names(text, expected):
    assert is_module_name(text) is expected


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/var/lib/rpm/Packages.db", True),
        ("{root}/var/lib/rpm/Packages.db", True),
        ("/etc/postfix/virtual.db", True),
        ("{home}/Library/Messages/chat.db", True),
        ("C:\\Users\\me\\Thumbs.db", True),
        ("/var/lib/shop/shop.db", False),
        ("/home/rpm/Packages.db", False),
        ("/Library/Application Support/Shop/shop.db", False),
    ],
)
def test_files_of_others(path, expected):
    assert is_foreign(path) is expected
