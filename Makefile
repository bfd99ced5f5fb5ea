# Everything there is to do with a checkout of Laurel. `make` alone lists it.

SHELL := /bin/sh
.DEFAULT_GOAL := help

# The first of these that is 3.11 to 3.13 and works; PYTHON=/path/to/python3 overrules it.
ifndef PYTHON
PYTHON := $(shell for candidate in python3 python3.13 python3.12 python3.11 python; do \
	"$$candidate" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null \
	&& { echo "$$candidate"; break; }; done)
endif

PY := .venv/bin/python
BOOTSTRAP := achievements_site/bootstrap.py
WORKERS ?= 2
ARGS ?=
# What only reads the code needs settings, not servers.
WITHOUT_SERVERS := DATABASE_URL=postgres://nowhere/laurel REDIS_URL=redis://nowhere/0 LAUREL_HOME=.venv/nowhere

.PHONY: help
help: ## List what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-17s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

.PHONY: run
run: .environment ## Start Laurel with demo data on http://127.0.0.1:8000 (PORT=...); Ctrl-C stops it
	@$(PY) manage.py run

.PHONY: test
test: .test-environment ## Run the tests (ARGS="-k board")
	@$(PY) -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

.PHONY: browser-test
browser-test: .test-environment ## Run one pass of the tests that drive a real Chromium
	@$(PY) -m pytest -m "browser and not full" -n $(WORKERS) tests/browser tests/portal $(ARGS)

.PHONY: chaos-test
chaos-test: .test-environment ## Run the short fault runs that CI runs
	@$(PY) -m pytest -m "chaos and not full" tests/tools/chaos $(ARGS)

.PHONY: fuzz-test
fuzz-test: .test-environment ## Run the short fuzzing that CI runs
	@$(PY) -m pytest -m "fuzz and not full" tests/api/test_fuzz.py $(ARGS)

.PHONY: full-test
full-test: .test-environment ## Run what is too long for each change: every width, a million rows, storms, long fuzzing (hours)
	@$(PY) -m pytest -m full $(ARGS)
	@LAUREL_TEST_UNLOCKS=1000000 $(PY) -m pytest tests/journeys/test_state_machine.py
	@$(PY) -m tests.tools.chaos.run --seconds 600
	@$(PY) -m tests.api.fuzz

.PHONY: lint
lint: .test-environment ## Check style, templates, who imports whom, API changes against the changelog, links in documents
	@$(PY) -m ruff check .
	@$(PY) -m ruff format --check .
	@.venv/bin/djlint --lint --quiet templates
	@.venv/bin/lint-imports --no-cache
	@$(PY) -m tests.api.breaking
	@$(PY) -m tests.rules.documents

.PHONY: types
types: .test-environment ## Check types
	@$(WITHOUT_SERVERS) $(PY) -m mypy

.PHONY: migrations-check
migrations-check: .test-environment ## Fail when a model has changed without its migration
# Django would like to look into the database, too; that there is none is worth reading only if the check fails.
	@$(WITHOUT_SERVERS) $(PY) manage.py makemigrations --check --dry-run 2>.venv/migrations-check.log \
		|| { cat .venv/migrations-check.log; exit 1; }

.PHONY: schema
schema: .test-environment ## Write the API's description anew, of which the Python client is made
	@$(WITHOUT_SERVERS) DJANGO_SETTINGS_MODULE=achievements_site.settings $(PY) -c \
		"import django; django.setup(); from tests.api.test_schema import write; write()"

.PHONY: schema-release
schema-release: .test-environment ## Take today's API as released: what breaks its callers from now on needs a line in CHANGELOG.md
	@$(PY) -m tests.api.breaking --release

.PHONY: fuzz
fuzz: .test-environment ## Send generated requests to a running Laurel as every kind of caller (ARGS="--role token --minutes 2")
	@$(PY) -m tests.api.fuzz $(ARGS)

.PHONY: format
format: .test-environment ## Format the code and fix what can be fixed automatically
	@$(PY) -m ruff check --fix .
	@$(PY) -m ruff format .

.PHONY: bench
bench: .test-environment ## Measure every hot flow on this machine (ARGS="--help")
	@$(PY) -m tests.tools.load.bench $(ARGS)

.PHONY: bench-sockets
bench-sockets: .test-environment ## Measure 10,000 open sockets and what reaches them (ARGS="--help")
	@$(PY) -m tests.tools.load.socket_bench $(ARGS)

.PHONY: chaos
chaos: .test-environment ## Kill and empty parts of a running Laurel and check that nothing was lost (ARGS="--help")
	@$(PY) -m tests.tools.chaos.run $(ARGS)

.PHONY: pin
pin: .test-environment ## Pin requirements.in and tests/requirements.in anew, on Python 3.11
	@$(PY) -m pip install --quiet pip-tools
	@$(PIN) --output-file requirements.txt requirements.in
	@cd tests && $(subst .venv,../.venv,$(PIN)) --output-file requirements.txt requirements.in

# Nothing of the pinning machine in the result: no indexes, no paths.
PIN := CUSTOM_COMPILE_COMMAND='make pin' .venv/bin/pip-compile --quiet --upgrade --generate-hashes --allow-unsafe \
	--strip-extras --no-emit-index-url --no-emit-find-links --no-emit-trusted-host

.PHONY: clean
clean: ## Remove the environment and every cache; data in .laurel stays
	@rm -rf .venv .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: .environment .test-environment .python
.environment: .python
	@$(PYTHON) $(BOOTSTRAP) requirements.txt

.test-environment: .python
	@$(PYTHON) $(BOOTSTRAP) requirements.txt tests/requirements.txt

.python:
	@test -n "$(PYTHON)" || { echo "Laurel needs Python 3.11, 3.12 or 3.13, and found none in PATH." \
		"Install one, or name it: make run PYTHON=/path/to/python3"; exit 1; }
