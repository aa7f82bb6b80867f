# From a clean clone: `make demo` shows Vitrina, `make test` proves it. Both prepare what they need; the second time that costs nothing.
PYTEST := .venv/bin/python -m pytest
WORKERS ?= 2
LONG := tests/integrations tests/soak

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-integrations soak check format

help: ## show these lines
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 28

demo: ## fill a store with the examples and start the hub on it [ARGS="--home DIR --port N"]
	@scripts/setup.sh demo
	@exec .venv/bin/vitrina demo $(ARGS)

test: ## every test but those of `test-integrations` and `soak` [ARGS=…] [WORKERS=2]
	@scripts/setup.sh test
	@$(PYTEST) -n $(WORKERS) --dist loadfile $(LONG:%=--ignore=%) $(ARGS)

test-fast: ## those that start no process, browser or database
	@scripts/setup.sh test
	@$(PYTEST) -n $(WORKERS) --dist loadfile $(LONG:%=--ignore=%) -m "not slow" $(ARGS)

test-integrations: ## Vitrina with each library that it works together with
	@scripts/setup.sh test
	@$(PYTEST) tests/integrations $(ARGS)

soak: ## hours of use in minutes: what grows, leaks or is left behind
	@scripts/setup.sh test
	@$(PYTEST) tests/soak $(ARGS)

check: ## layout, lint, types, layers, shell scripts
	@scripts/setup.sh test
	.venv/bin/ruff format --check .
	.venv/bin/ruff check .
	.venv/bin/basedpyright
	.venv/bin/lint-imports
	@if command -v shellcheck >/dev/null; then set -x; shellcheck scripts/*.sh .ci/run; fi

format: ## let the formatter decide
	@scripts/setup.sh test
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .
