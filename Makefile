# `make demo` and `make test` need Python (3.11 or later), git and make, and the package index once.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin

.PHONY: demo test coverage lint format schema rules release clean

# The stamp is newer than pyproject.toml: the environment has what it asks for.
$(VENV)/.installed: pyproject.toml
	$(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	@touch $@

# The example estate: audit, rewrite, audit again.
demo: $(VENV)/.installed
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(BIN)/python examples/zoe/demo.py

# The whole suite, long tests included.
test: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto

# The fast tests alone, and which lines of dbfold they have run; half as long again as without.
coverage: $(VENV)/.installed
	$(BIN)/python -m pytest -n auto -m "not slow" --cov

lint: $(VENV)/.installed
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: $(VENV)/.installed
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

# The pages in rules/ and docs/rules.md, generated from the catalogue.
rules: $(VENV)/.installed
	$(BIN)/python -m rules.pages

# The JSON Schema of dbfold.yaml, generated from the policy's model.
schema: $(VENV)/.installed
	$(BIN)/python -m dbfold.policy.schema

# dist/ with the sdist and the wheel, checked, and the notes of the version.
release: $(VENV)/.installed
	@$(BIN)/python -m tools.release

clean:
	rm -rf $(VENV) .build .coverage build dist *.egg-info
