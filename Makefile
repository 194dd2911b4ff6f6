# Parley's commands. `make` lists them. Works with GNU make 3.81 and newer.
SHELL := /bin/bash
BIN := .venv/bin

.DEFAULT_GOAL := help
.PHONY: help run install web test unit lint format types check screenshots bench torture lock clean

help: ## list the commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / { printf "  make %-12s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: ## install what it takes, build the web client if its sources changed, start the server
	@requirements/install.sh run
	@requirements/web.sh build
	@exec $(BIN)/parley serve

install: ## install the development tools too
	@requirements/install.sh dev

web: ## build the web client if its sources changed
	@requirements/install.sh run
	@requirements/web.sh build

# Three processes for two processors: a third of the time goes by with waiting.
test: install ## run every test: the web client's, unit, integration
	@requirements/web.sh build
	requirements/web.sh test
	PARLEY_TEST_BROWSER="$$($(BIN)/python -m tests.integration.servers.browser)" && export PARLEY_TEST_BROWSER && \
	  $(BIN)/pytest -m "not alone" --numprocesses 3 --dist worksteal && \
	  $(BIN)/pytest -m alone

unit: install ## run the unit tests only
	$(BIN)/pytest tests/unit

lint: install ## look for mistakes and unformatted files, in Python and TypeScript
	$(BIN)/ruff check
	$(BIN)/ruff format --check
	requirements/web.sh lint
	$(BIN)/parley openapi | requirements/web.sh types-check

format: install ## format every file and repair what can be repaired
	$(BIN)/ruff check --fix-only
	$(BIN)/ruff format
	requirements/web.sh format

types: install ## write the web client's types anew, from what the server says of its objects
	$(BIN)/parley openapi | requirements/web.sh types

check: lint ## lint, types, architecture, tests: what CI runs
	$(BIN)/mypy
	$(BIN)/lint-imports
	requirements/web.sh typecheck
	$(MAKE) test

screenshots: install ## take pictures of every page, desk and phone, light and dark
	@requirements/web.sh build
	$(BIN)/python -m tests.integration.browser.screenshots

bench: install ## measure Parley beside Node's socket.io, write docs/performance.md; QUICK=1 is shorter
	@requirements/web.sh build
	PATH="$$PATH:$$PWD/.venv/bin" $(BIN)/python -m tests.benchmarks $(if $(QUICK),--quick)

torture: install ## strike servers with every fault as often as docs/reliability.md tells; FAULTS=F1,F6 TIMES=3 MINUTES=5 WORLD=sqlite CLIENTS=javascript
	@requirements/web.sh build
	$(BIN)/python -m tests.integration.torture $(if $(FAULTS),--faults $(FAULTS)) $(if $(TIMES),--times $(TIMES)) \
	  $(if $(MINUTES),--minutes $(MINUTES)) $(if $(WORLD),--world $(WORLD)) $(if $(CLIENTS),--clients $(CLIENTS))

lock: ## choose newer packages within the ranges of pyproject.toml
	requirements/lock.sh

clean: ## remove what was installed, built and cached; the data folder stays
	rm -rf .venv .cache .coverage dist entrypoints/web/dist entrypoints/web/node_modules
