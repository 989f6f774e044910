# Two commands are enough: `make demo` to see it work, `make check` to know that it does.
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
SHELL := /bin/bash

FITS := import ensurepip, sys, venv; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))
PYTHON ?= $(shell for p in python3.11 python3.12 python3.13 python3; do \
	$$p -c '$(FITS)' 2>/dev/null && { echo $$p; break; }; done)
BIN := .venv/bin
READY := .venv/.ready
WORKERS ?= 2

.PHONY: help
help: ## what each word does
	@awk -F ':.*## ' '/^[a-z-]+:.*## /{printf "  make %-8s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

$(READY): requirements.lock pyproject.toml hatch_build.py
	@test -n "$(PYTHON)" || { echo "no Python 3.11 to 3.13 with venv found;" \
		"on Debian or Ubuntu: apt install python3-venv"; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --require-hashes \
		-r requirements.lock
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --editable .
	@touch $@

.PHONY: setup
setup: $(READY) ## make the environment in .venv, each package checked by its digest

.PHONY: demo
demo: $(READY) ## protect a real face (a public-domain portrait) and say where to look
	$(BIN)/python scripts/demo.py .demo

.PHONY: lint
lint: $(READY) ## lock file, files, style, types, spelling
	$(BIN)/python scripts/lock.py --check
	$(BIN)/python scripts/files.py
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/codespell

.PHONY: check
check: lint ## set-up, lint, types, every test, docs: what CI runs
	$(BIN)/python scripts/docs.py --check
	$(BIN)/python scripts/catalogue.py --check
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder

.PHONY: quick
quick: lint ## lint, types and the fast tests
	$(BIN)/pytest -n $(WORKERS) --dist loadgroup --no-loadscope-reorder -m "not slow and not media"

.PHONY: fix
fix: $(READY) ## let ruff mend what it can
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

.PHONY: golden
golden: $(READY) ## write the golden files anew, and print what changed
	$(BIN)/pytest --golden -k golden

.PHONY: docs
docs: $(READY) ## write the generated pages and catalogues anew
	$(BIN)/python scripts/docs.py
	$(BIN)/python scripts/catalogue.py

.PHONY: fuzz
fuzz: $(READY) ## five minutes of broken containers against the reader
	$(BIN)/python scripts/fuzz.py --seconds 300

.PHONY: damage
damage: $(READY) ## kill it, fill the disk, break its files
	SAFEHOUSE_FAULTS=all $(BIN)/pytest -rP tests/damage tests/vault/test_faults.py tests/vault/test_rekey.py tests/plan/test_shown_props.py

.PHONY: bench
bench: $(READY) ## who is seen and heard, and how fast, beside others; prints tables
	$(BIN)/python benchmarks/seen.py
	$(BIN)/python benchmarks/speed.py
	$(BIN)/python benchmarks/offload.py
	$(BIN)/python benchmarks/voices.py

.PHONY: lock
lock: $(READY) ## resolve pyproject.toml into requirements.lock
	$(BIN)/python scripts/lock.py

.PHONY: clean
clean: ## remove what make made
	rm -rf .venv .demo .bench .mypy_cache .ruff_cache .pytest_cache .hypothesis build dist
