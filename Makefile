# From a clean clone: `make demo` shows Vitrina, `make test` proves it. Both prepare what they need; the second time that costs nothing.
PYTEST := .venv/bin/python -m pytest
WORKERS ?= 2
# A worker that crashes ends the run and is named: replaced, it could leave the others waiting for it until CI's limit.
PARALLEL := $(PYTEST) -n $(WORKERS) --dist loadfile --max-worker-restart 0
LONG := tests/integrations tests/soak

.DEFAULT_GOAL := help
.PHONY: help demo test test-fast test-integrations soak ready format
.PHONY: check check-layout check-lint check-types check-layers check-shell

help: ## show these lines
	@sed -nE 's/^([a-z-]+):.*## (.*)/  make \1\t\2/p' Makefile | expand -t 28

demo: ## fill a store with the examples and start the hub on it [ARGS="--home DIR --port N"]
	@scripts/setup.sh demo
	@exec .venv/bin/vitrina demo $(ARGS)

test: ready ## every test but those of `test-integrations` and `soak` [ARGS=…] [WORKERS=2]
	@$(PARALLEL) $(LONG:%=--ignore=%) $(ARGS)

test-fast: ready ## those that start no process, browser or database
	@$(PARALLEL) $(LONG:%=--ignore=%) -m "not slow" $(ARGS)

test-integrations: ready ## Vitrina with each library that it works together with
	@$(PYTEST) tests/integrations $(ARGS)

soak: ready ## hours of use in minutes: what grows, leaks or is left behind
	@$(PYTEST) tests/soak $(ARGS)

check: check-layout check-lint check-types check-layers check-shell ## layout, lint, types, layers, shell scripts [-k: all of them]

check-layout: ready
	.venv/bin/ruff format --check .

check-lint: ready
	.venv/bin/ruff check .

check-types: ready
	.venv/bin/basedpyright

check-layers: ready
	.venv/bin/lint-imports

check-shell:
	@if command -v shellcheck; then shellcheck scripts/*.sh .ci/run; else echo "shellcheck is not installed: left out"; fi

format: ready ## let the formatter decide
	.venv/bin/ruff format .
	.venv/bin/ruff check --fix .

ready:
	@scripts/setup.sh test
