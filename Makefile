# Two commands for a fresh clone: `make run` starts the emulator, `make test` runs every check. `make help` lists the rest.

PYTHON ?= python3
VENV ?= .venv
ARGS ?=
IMAGE ?= localhost/outlook365-emulator
# One seed orders the tests and feeds hypothesis; a red run is repeated with `make test SEED=...`.
ifndef SEED
SEED := $(shell date +%s)
endif

BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
PYTEST := $(BIN)/python -m pytest -q -n 2 --dist loadgroup -p randomly --randomly-seed=$(SEED) --hypothesis-seed=$(SEED)
# Further interpreters that `make test-all` runs the tests with, where they are found.
PYTHONS ?= $(wildcard $(HOME)/.pyenv/versions/3.12*/bin/python $(HOME)/.pyenv/versions/3.13*/bin/python)

.DEFAULT_GOAL := help
.PHONY: help python run install test small test-all long pythons lint types unit contract plugin clients docs dist system image bench clean format

help: ## list the commands
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo "Python 3.11 or later is needed, but '$(PYTHON)' is $$($(PYTHON) --version 2>&1)." \
		"Name another one: make PYTHON=python3.12 $(MAKECMDGOALS)" >&2; exit 2; }

$(VENV)/.run: pyproject.toml | python
	@echo "Preparing $(VENV) (once, and when pyproject.toml changes)"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV) || { \
		echo "'$(PYTHON) -m venv' failed; on Debian and Ubuntu: apt install python3-venv" >&2; \
		rm -rf $(VENV); exit 2; }
	@$(PIP) install -e .
	@touch $@

$(VENV)/.test: $(VENV)/.run
	@echo "Installing what the tests and the documentation need"
	@$(PIP) install -e '.[test,docs]'
	@touch $@

run: $(VENV)/.run ## start the emulator with the world contoso; options: make run ARGS="--port 0"
	@$(BIN)/outlook365-emulator serve --world contoso $(ARGS)

install: $(VENV)/.test ## prepare the environment and start nothing

test: lint types small ## every check, in small forms: lint, types, unit, contract, plugin, clients, docs, dist

small: $(VENV)/.test
	@echo "seed $(SEED); repeat this run with: make test SEED=$(SEED)"
	$(PYTEST) -m "not system" tests

test-all: lint types long pythons bench ## the full numbers of the long runs, every Python that is found, the benchmarks

pythons: ## every check in small form with each further Python that is found
	@set -e; for python in $(PYTHONS); do \
		version=$$($$python -c 'import sys; print("%d.%d" % sys.version_info[:2])'); \
		echo "Python $$version"; \
		$(MAKE) --no-print-directory small VENV=.venv-$$version PYTHON=$$python SEED=$(SEED); \
	done

long: $(VENV)/.test
	@echo "seed $(SEED); repeat this run with: make long SEED=$(SEED)"
	OUTLOOK365_LONG=1 $(PYTEST) -m "not system" tests

lint: $(VENV)/.test ## ruff
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: $(VENV)/.test ## mend what ruff can mend
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: $(VENV)/.test ## mypy --strict
	$(BIN)/mypy

unit contract plugin clients dist: $(VENV)/.test ## the tests of one folder
	$(PYTEST) -m "not system" tests/$@

docs: $(VENV)/.test ## build the documentation into site/ and test it
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict
	$(PYTEST) -m "not system" tests/docs

system: $(VENV)/.test ## tests that need node, a browser or root; REQUIRE_ALL=1 turns a missing one into a failure
	$(PYTEST) -m "system and not image" tests || [ $$? -eq 5 ]

image: $(VENV)/.test ## build the container image without an engine (root, Debian) and test it
	.ci/image build . $(IMAGE)
	OUTLOOK365_IMAGE=$(IMAGE) REQUIRE_ALL=1 $(PYTEST) -n 0 -m image tests/image

bench: $(VENV)/.test ## every benchmark, each a command of its own
	@set -e; for file in $(wildcard benchmarks/*.py); do echo "$$file"; $(BIN)/python $$file; done

clean: ## remove everything that these commands made
	rm -rf .venv .venv-* site dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis .coverage*
	find . -name __pycache__ -not -path './.git/*' -prune -exec rm -rf {} +
