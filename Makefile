# Every door into this repository. `make` lists them.

PYTHON ?= python3
BIN := .venv/bin
WITH_BROKER := $(BIN)/python -m scripts.broker run --
ARGS ?=

.DEFAULT_GOAL := help
.PHONY: help setup demo test test-live bench lint format lock clean

help: ## this list
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/  make \1\t\2/p' $(MAKEFILE_LIST) | expand -t 20

setup: ## .venv with everything that is locked, from nothing but python3
	@$(PYTHON) -m scripts.bootstrap

demo: setup ## an issue becomes a pull request, on this machine, without accounts (PATCHFERRY_MODEL=… to choose the model)
	@$(WITH_BROKER) $(BIN)/python -m scripts.demo

test: setup ## the whole suite on a real RabbitMQ (ARGS=… for pytest)
	@$(WITH_BROKER) $(BIN)/pytest -n 2 $(ARGS)

test-live: setup ## the contract suite on the real GitHub: needs PATCHFERRY_LIVE_TOKEN and PATCHFERRY_LIVE_REPOSITORY
	@test -n "$$PATCHFERRY_LIVE_TOKEN" -a -n "$$PATCHFERRY_LIVE_REPOSITORY" || \
		{ echo "test-live: set PATCHFERRY_LIVE_TOKEN and PATCHFERRY_LIVE_REPOSITORY (it may be littered)" >&2; exit 3; }
	@$(BIN)/pytest -m live $(ARGS)

bench: setup ## what a task costs, next to plain Aider; into docs/benchmarks.md (minutes, on an idle machine; ARGS=… for more)
	@$(WITH_BROKER) $(BIN)/python -m scripts.bench --write $(ARGS)

lint: setup ## formatting, lint, types, import rules, shell scripts, generated pages
	@$(BIN)/ruff format --check --quiet
	@$(BIN)/ruff check --quiet
	@$(BIN)/mypy
	@$(BIN)/lint-imports --no-logo
	@$(BIN)/shellcheck .ci/run $$(git ls-files '*.sh')
	@$(BIN)/python -m scripts.configuration_page --check

format: setup ## bring the files into shape
	@$(BIN)/ruff format
	@$(BIN)/ruff check --fix

lock: ## make requirements/*.lock anew from pyproject.toml; needs uv
	@sh scripts/lock.sh

clean: ## remove what setup and the tools made
	@rm -rf .venv .tools .cache .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
