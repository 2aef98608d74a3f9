# Two commands: `make run` gives a working site, `make test` proves it. The others are for developers.
PYTHON ?= python3
VENV ?= .venv
BIN = $(VENV)/bin
FLASK = $(BIN)/flask --app wsgi
.DEFAULT_GOAL := help
.PHONY: help run test test-corpus check bench build migrate clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

run: $(VENV)/.installed build migrate ## a working site: environment, front end, database, server
	@$(BIN)/gunicorn --config gunicorn.conf.py wsgi:app

test: $(VENV)/.installed-dev build ## the whole test suite, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest $(ARGS)

test-corpus: $(VENV)/.installed-dev build ## the browser runs over the whole corpus
	WHOLE_CORPUS=1 $(BIN)/python -m pytest -m corpus $(ARGS)

check: $(VENV)/.installed-dev build ## format, lint, types, and the house rules
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/python -m pytest tests/house

bench: $(VENV)/.installed-dev build ## everything measured in milliseconds or requests
	$(BIN)/python -m bench

revision: ## for developers: make the first migration anew from the models (until the first release)
	rm -f migrations/versions/0001_initial.py; T=$$(mktemp -d) && INSTANCE_DIR=$$T $(FLASK) db revise 0001 initial && rm -r $$T
	$(BIN)/python -m tests.tidy_migration

build: static/dist/site.css static/dist/admin.css ## the front end: one style sheet a door

migrate: $(VENV)/.installed
	@$(FLASK) db upgrade

static/dist/site.css: $(sort $(wildcard static/css/site/*.css))
static/dist/admin.css: $(sort $(wildcard static/css/admin/*.css))
static/dist/%.css:
	@mkdir -p static/dist
	@cat $^ > $@

$(VENV)/bin/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/.installed: requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

$(VENV)/.installed-dev: requirements-dev.txt requirements.txt | $(VENV)/bin/python
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@ $(VENV)/.installed

clean: ## remove what was built (never the instance folder)
	rm -rf static/dist .mypy_cache .ruff_cache .pytest_cache
