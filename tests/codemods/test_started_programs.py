"""Programs that are started in every way: the accessor is where they can import it."""

from __future__ import annotations

import pytest
from programs import Program

STORE = (
    "import sqlite3\nDB = 'ROOT/data/users.db'\n"
    "def show():\n    print(sqlite3.connect(DB).execute('SELECT name FROM users').fetchall())\n"
)
MAIN = "from shop import store\nstore.show()\n"
GUARDED = STORE + "if __name__ == '__main__':\n    show()\n"
PYPROJECT = """
[project]
name = "shop"
version = "1"
[project.scripts]
shop = "shop.store:show"
[build-system]
requires = ["setuptools"]
"""

# commands, files, and the accessors that are generated
PROGRAMS = {
    "a script": (["python scripts/report.py"], {"scripts/report.py": STORE + "show()\n"}, {"scripts"}),
    "a script that imports another": (
        ["python scripts/report.py"],
        {"scripts/report.py": "import store\nstore.show()\n", "scripts/store.py": STORE},
        {"scripts"},
    ),
    "a script in a script's directory": (
        ["python tools/db/report.py"],
        {"tools/db/report.py": STORE + "show()\n"},
        {"tools/db"},
    ),
    "a script from its own directory": (
        ["cd scripts && python report.py"],
        {"scripts/report.py": GUARDED},
        {"scripts"},
    ),
    "a program beside its package": (
        ["python main.py"],
        {"main.py": MAIN, "shop/__init__.py": "", "shop/store.py": STORE},
        {""},
    ),
    "a package without __init__": (["python main.py"], {"main.py": MAIN, "shop/store.py": STORE}, {""}),
    "a package without __init__ that imports by dots": (
        ["python -m shop"],
        {"shop/__main__.py": "from .cli import main\nmain()\n", "shop/cli.py": STORE.replace("show()", "main()")},
        {""},
    ),
    "a file that another one runs": (
        ["python main.py", "python jobs/one.py"],
        {
            "main.py": "import runpy\nrunpy.run_path('jobs/one.py', run_name='__main__')\n",
            "jobs/one.py": GUARDED,
            "jobs/two.py": "import runpy\nrunpy.run_path('one.py')\nrunpy.run_path('two.py')\n",
        },
        {"", "jobs"},
    ),
    "a file whose text is executed": (
        ["python main.py"],
        {"main.py": "exec(open('jobs/one.py').read())\n", "jobs/one.py": GUARDED},
        {"", "jobs"},
    ),
    "plugins that are loaded by their paths": (
        ["python app/main.py"],
        {
            "app/main.py": "import importlib.util, pathlib\n"
            "for path in (pathlib.Path(__file__).parent.parent / 'plugins').glob('s*.py'):\n"
            "    spec = importlib.util.spec_from_file_location(path.stem, path)\n"
            "    module = importlib.util.module_from_spec(spec)\n"
            "    spec.loader.exec_module(module)\n"
            "    module.show()\n",
            "plugins/store.py": STORE,
        },
        {"app", "plugins"},
    ),
    "a module of a directory": (
        ["python -m scripts.report"],
        {"scripts/report.py": GUARDED, "Makefile": "run:\n\tpython -m scripts.report\n"},
        {"", "scripts"},
    ),
    "a script and a module at once": (
        ["python scripts/report.py", "python main.py"],
        {"scripts/report.py": GUARDED, "main.py": "from scripts.report import show\nshow()\n"},
        {"", "scripts"},
    ),
    "a script in a package": (
        ["python shop/report.py", "python -m shop.report"],
        {"shop/__init__.py": "", "shop/report.py": GUARDED},
        {"", "shop"},
    ),
    "a directory of modules that has an __init__": (
        ["python app/main.py"],
        {"app/__init__.py": "", "app/main.py": "import store\nstore.show()\n", "app/store.py": STORE},
        {"app"},
    ),
    "a directory that is put on the path": (
        ["python main.py"],
        {"main.py": "import sys\nsys.path.insert(0, 'lib')\nimport store\nstore.show()\n", "lib/store.py": STORE},
        {"lib"},
    ),
    "a package that is installed": (
        ["cp -r shop site && PYTHONPATH=site/.. python -c 'import shop.store as s; s.show()'"],
        {"pyproject.toml": PYPROJECT, "shop/__init__.py": "", "shop/store.py": STORE},
        {"shop"},
    ),
    "a package below src": (
        ["mkdir -p site && cp -r src/shop site && cd site && python -c 'import shop.store as s; s.show()'"],
        {"src/shop/__init__.py": "", "src/shop/store.py": STORE},
        {"src/shop"},
    ),
    "a package whose modules import by dots": (
        ["mkdir -p site && cp -r src/shop site && cd site && python -m shop.sub.cli"],
        {
            "src/shop/__init__.py": "",
            "src/shop/sub/__init__.py": "",
            "src/shop/sub/cli.py": "from .store import show\nshow()\n",
            "src/shop/sub/store.py": STORE,
        },
        {"src/shop"},
    ),
    "a package that is copied into an image": (
        ["mkdir -p image && cp -r shop image && cd image && python -m shop.store"],
        {
            "Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY shop/ shop/\nCMD ["python", "-m", "shop.store"]\n',
            "shop/__init__.py": "",
            "shop/store.py": GUARDED,
        },
        {"shop"},
    ),
    "all that is copied into an image": (
        ["mkdir -p image && cp -r *.py shop image && cd image && python -m shop.store"],
        {
            "Dockerfile": 'FROM python:3.12\nWORKDIR /app\nCOPY . .\nCMD ["python", "-m", "shop.store"]\n',
            "shop/__init__.py": "",
            "shop/store.py": "from . import other\n" + GUARDED,
            "shop/other.py": "",
            "run.py": "",
        },
        {""},
    ),
    "a zipapp": (
        ["python -m zipapp app -o app.pyz && python app.pyz"],
        {
            "Makefile": "app:\n\tpython -m zipapp app\n",
            "app/__main__.py": "import store\nstore.show()\n",
            "app/store.py": STORE,
        },
        {"app"},
    ),
    "a zipapp of a package": (
        ["mkdir -p z && cp -r shop z && python -m zipapp z -m shop.store:show -o app.pyz && python app.pyz"],
        {"Makefile": "app:\n\tpython -m zipapp z\n", "shop/__init__.py": "", "shop/store.py": STORE},
        {"shop"},
    ),
}


@pytest.mark.parametrize(("commands", "files", "roots"), PROGRAMS.values(), ids=PROGRAMS)
def test_the_accessor_is_found(tmp_path, commands, files, roots):
    program = Program(tmp_path / "program", tuple(commands))
    outcome = program.fold(files)
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert "ada" in outcome.after[0][1]
    assert "DATABASE_PATH" in "".join(outcome.code.values())
    found = program.root.rglob("database_config.py")
    built = {"site", "image", "z"}
    places = {path.parent.relative_to(program.root).as_posix() for path in found}
    assert {"" if place == "." else place for place in places if place.partition("/")[0] not in built} == roots
    assert "[exit 0]" in program.dbfold("rewrite", "--check", ".")
    assert "All clear" in program.dbfold("check", ".")


def test_the_policy_names_a_package(tmp_path):
    program = Program(tmp_path / "program")
    files = {"main.py": MAIN, "shop/__init__.py": "", "shop/store.py": STORE, "other.py": STORE}
    outcome = program.fold(files, "accessor: {module: shop.database_config}\n")
    assert outcome.is_kept, f"{outcome.said}{outcome.errors}"
    assert "from shop.database_config import DATABASE_PATH" in outcome.code["shop/store.py"]
    assert "from shop.database_config import DATABASE_PATH" in outcome.code["other.py"]
    assert (program.root / "shop/database_config.py").is_file()
    assert "All clear" in program.dbfold("check", ".")


def test_a_package_that_is_not_there_holds_all(tmp_path):
    outcome = Program(tmp_path / "program").fold({"main.py": STORE}, "accessor: {module: shop.database_config}\n")
    assert not outcome.changed
    assert "there is no package shop in the root directory" in outcome.said


def test_a_file_that_cannot_import_it_both_ways_is_held(tmp_path):
    files = {"src/shop/__init__.py": "", "src/shop/store.py": GUARDED, "run.sh": "python src/shop/store.py\n"}
    files["main.py"] = "import shop.store\n"
    outcome = Program(tmp_path / "program", ("python src/shop/store.py",)).fold(files)
    assert outcome.is_kept
    assert not outcome.changed
    assert "it is started as a file and imported as shop.store" in outcome.said
