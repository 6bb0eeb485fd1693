# `make run` and `make test` need only Python >= 3.11 and make.
.DEFAULT_GOAL := help
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
export PORT ?= 8000

help:  ## Show these words
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:[^#]*## /\t/' | expand -t 15

run: $(VENV)/installed  ## Run the site on http://localhost:8000 (PORT changes it), with content and a demonstration
	@DEBUG=1 $(BIN)/python manage.py serve --prepare

test: lint check covered  ## Run everything: style, architecture, types, tests, browser journeys
covered: $(VENV)/installed-dev browser
	rm -rf var/coverage && mkdir -p var/coverage
	COVERAGE_DIR=$(CURDIR)/var/coverage $(BIN)/python -m pytest -n 2 --no-loadscope-reorder
	$(BIN)/python -m tests.covered
pytest: $(VENV)/installed-dev browser
	$(BIN)/python -m pytest -n 2 --no-loadscope-reorder $(PYTEST)
# Compiled tests and plugins are kept even where the environment says not to: it spares two seconds.
try: $(VENV)/installed-dev  ## Run one test file quickly: make try FILE=network/tests/test_people_access.py
	PYTHONDONTWRITEBYTECODE= $(BIN)/python -m pytest --reuse-db $(or $(FILE),$(error Say which: make try FILE=path))
lint: $(VENV)/installed-dev  ## Check style, templates, import directions and types
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/djlint --lint --quiet templates
	$(BIN)/lint-imports
	DEBUG=1 $(BIN)/mypy
check: $(VENV)/installed-dev  ## Django's checks, migrations and the built assets
	SECRET_KEY=$$($(BIN)/python -c 'import secrets; print(secrets.token_urlsafe(60))') LINK_KEY=check-only \
	  SITE_URL=https://keepitlocal.example $(BIN)/python -W ignore manage.py check --deploy --fail-level WARNING
	DEBUG=1 $(BIN)/python manage.py makemigrations --check --dry-run
	tests/assets_are_built
fmt: $(VENV)/installed-dev  ## Format Python
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .
size: $(VENV)/installed  ## Count code lines, modules and suppressions of each app
	@$(BIN)/python -m tests.size

seed: $(VENV)/installed  ## Seed the true content and the demonstration once more
	DEBUG=1 $(BIN)/python manage.py seed_content
	DEBUG=1 $(BIN)/python manage.py seed_demo
facts: $(VENV)/installed  ## List every published figure and quotation with its source, to be checked (CSV=1: a spreadsheet)
	@DEBUG=1 $(BIN)/python manage.py list_facts $(if $(CSV),--csv)
assets: $(VENV)/installed-dev node_modules/installed  ## Build styles, scripts and fonts (needs Node)
	npm run --silent assets
pictures: $(VENV)/installed-dev browser  ## Make the pictures of README and of the editors’ guide
	$(BIN)/python -m tests.pictures
elasticsearch:  ## Start a real Elasticsearch on port 9200 (fetches 920 MB the first time); needs Java and Maven
	@deploy/elasticsearch start
snapshot: $(VENV)/installed-dev  ## Write what the site shows into DIR; equal before and after a reshaping
	DEBUG=1 $(BIN)/python -m tests.snapshot $(DIR)
bench: $(VENV)/installed-dev  ## Measure pages, search and how well it answers; prints figures
	DEBUG=1 $(BIN)/python -m tests.bench
faults: $(VENV)/installed-dev  ## Kill, lock, fill and hang what the site stands on; prints how it fares
	DEBUG=1 $(BIN)/python -m tests.faults $(FAULTS)

lock: $(VENV)/installed-dev  ## Write the lock files anew, after a change to requirements or constraints
	for each in requirements requirements-dev; do \
	  $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header $$each.txt -o $$each.lock; done
audit: $(VENV)/installed-dev  ## Look up known weaknesses of our packages; fails on a finding only
	$(BIN)/python -m tests.audit

browser:
	@tests/find_chromium >/dev/null
node_modules/installed: package.json package-lock.json
	npm ci --no-audit --no-fund
	@touch $@

# Touched only when all went well, so that an install that was cut short runs again.
$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed: PYTHON=python3.12 make run"; exit 1; }
	$(PYTHON) -m venv $(VENV)
$(VENV)/installed: requirements.lock | $(VENV)/bin/python
	@echo "Installing packages; this takes a minute or two the first time."
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements.lock
	@touch $@
$(VENV)/installed-dev: requirements-dev.lock $(VENV)/installed
	$(BIN)/python -m pip install --disable-pip-version-check --require-hashes -r requirements-dev.lock
	@touch $@

.PHONY: help run test covered pytest try lint check fmt size seed facts assets pictures elasticsearch snapshot bench faults lock audit browser
