.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory
BIN := .venv/bin
UV = $(shell command -v uv || echo $(BIN)/uv)
PYTHON = $(shell for p in python3.11 python3 python3.12 python3.13 python; do \
  $$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && { command -v $$p; break; }; done)
MEMBERS := . $(patsubst %/,%,$(dir $(wildcard plugins/*/pyproject.toml adapters/*/pyproject.toml)))
NAMES := crm-kernel $(addprefix crm-,$(notdir $(filter-out .,$(MEMBERS))))
ASSETS := crm_kernel/ui/dist/manifest.json
ASSET_SOURCES := $(shell find hatch_build.py frontend -type f -not -path '*/node_modules/*' -not -path '*/.*' 2>/dev/null)
EDITABLE = $(UV) pip install -q --compile-bytecode --python .venv --no-deps

.PHONY: help install demo example test lint types format docs messages new-plugin bench faults wheels build lock clean

help: ## Show these targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(firstword $(MAKEFILE_LIST))

.venv/.stamp: requirements.lock $(MEMBERS:%=%/pyproject.toml) $(ASSET_SOURCES)
	@test -n "$(PYTHON)" || { echo "Forecourt needs Python 3.11 or newer on PATH" >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }
	@command -v uv >/dev/null || test -x $(BIN)/uv || $(BIN)/python -m pip install -q --disable-pip-version-check uv
	$(UV) pip sync -q --compile-bytecode --python .venv requirements.lock
	$(EDITABLE) $(MEMBERS:%=-e %)
	@touch $@

install: .venv/.stamp ## Set everything up into .venv
	@test -n "$$CRM_SKIP_ASSETS" || test -f $(ASSETS) || $(EDITABLE) --reinstall -e .

demo: install ## Serve the product with demo data on http://127.0.0.1:8000
	@$(BIN)/crm demo

example: install ## Serve a small dealer ERP with Forecourt inside: HOST=fastapi, django or flask
	@$(BIN)/python -m examples.$(or $(HOST),fastapi)_erp

test: install ## Pass the tests on SQLite, without any service
	$(BIN)/pytest -n auto --dist worksteal -m "not (faults or postgres or mariadb or broker)"

lint: install ## Check style, forbidden imports and import contracts
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	$(BIN)/lint-imports

types: install ## Check types strictly
	$(BIN)/mypy

format: install ## Put the code into the house's style
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

docs: install ## Write the generated pages anew and check every link
	$(BIN)/python -m tools.docs

messages: install ## Bring the catalogues up to date and list what is not translated
	$(BIN)/python -m tools.messages

new-plugin: install ## Write a new module into plugins/: make new-plugin NAME=loan
	@test -n "$(NAME)" || { echo "Name it: make new-plugin NAME=loan" >&2; exit 1; }
	@$(BIN)/crm plugins new $(NAME) --into plugins

bench: install ## Measure speed beside its floor (by hand; results go to docs/)
	$(BIN)/python -m benchmarks

faults: install ## Long fault sweeps (by hand; results go to docs/)
	$(BIN)/pytest tests/faults -m faults --timeout 0

wheels: install ## Build every wheel, install them into a fresh environment, look inside
	$(BIN)/pytest -m wheels tests

build: install ## Build source and wheel distributions into dist/
	for member in $(MEMBERS); do (cd $$member && $(CURDIR)/$(BIN)/hatchling build -d $(CURDIR)/dist) || exit 1; done

lock: $(BIN)/python ## Resolve every dependency anew into requirements.lock
	$(UV) pip compile -q --universal --python-version 3.11 --no-emit-index-url --no-header $(NAMES:%=--no-emit-package %) \
	  --generate-hashes --all-extras --group dev $(MEMBERS:%=%/pyproject.toml) -o requirements.lock

clean: ## Remove caches and built files, but neither .venv nor data
	rm -rf dist build .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis crm_kernel/ui/dist
	find . -name __pycache__ -not -path './.venv/*' -not -path './frontend/*' -prune -exec rm -rf {} +
