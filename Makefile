PYTHON ?= python3
BIN := .venv/bin
PIP_INSTALL := $(BIN)/python -m pip install --disable-pip-version-check --progress-bar off --quiet -c constraints.txt
OUT ?= archgraph-quickstart

.PHONY: quickstart test test-integrations lint format bench clean

quickstart: .venv/made  ## The main job on the embedded benchmark, the environment made on the way.
	$(BIN)/archgraph quickstart --out $(OUT)

test: lint  ## Everything that a change must pass.
	$(BIN)/python -m pytest --numprocesses auto --maxprocesses 8 --dist worksteal

test-integrations: .venv-integrations/made  ## The integrations against the libraries that they are with.
	ARCHGRAPH_REQUIRE="$$ARCHGRAPH_REQUIRE,integrations" .venv-integrations/bin/python -m pytest tests/integrations \
		tests/bench/test_search_methods.py --numprocesses 1  # a cluster of Ray is load enough

lint: .venv/made-dev
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/mypy

format: .venv/made-dev
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

bench: .venv/made-dev  ## Every table of benchmarks/, the short way.
	set -e; for script in benchmarks/*.py; do echo "== $$script"; $(BIN)/python "$$script" --quick; done

clean:
	rm -rf .venv .venv-integrations build dist $(OUT) .mypy_cache .pytest_cache .ruff_cache

.venv/made: pyproject.toml constraints.txt
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "archgraph needs Python 3.11 or newer; set PYTHON=")'
	@echo "Making the environment in .venv (a few minutes the first time) ..."
	$(PYTHON) -m venv .venv
	$(PIP_INSTALL) -e .
	touch $@

.venv/made-dev: .venv/made
	$(PIP_INSTALL) -e '.[dev]'
	touch $@

.venv-integrations/made: pyproject.toml constraints.txt
	@echo "Making the environment in .venv-integrations (a few minutes the first time) ..."
	$(PYTHON) -m venv .venv-integrations
	$(subst $(BIN),.venv-integrations/bin,$(PIP_INSTALL)) -e '.[dev,integrations]'
	touch $@
