# Two commands do everything on a fresh machine: `make demo` shows the whole loop, `make test` proves it.

.DEFAULT_GOAL := help
SHELL := /bin/sh
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed
export HF_HUB_OFFLINE ?= 1
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.PHONY: help install demo test lint site serve screenshots measure clean

help: ## Say what each command does
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "  make %-9s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(STAMP) ## Make .venv with everything that is needed

$(STAMP): pyproject.toml constraints.txt
	@sh ci/install.sh "$(PYTHON)" "$(VENV)"
	@touch $(STAMP)

demo: install ## Go the whole way once: a new task, a real model, a number, a site
	@$(BIN)/commons demo

test: install ## Prove that it all works
	@$(BIN)/python -m pytest -q

lint: install ## Check the tasks and the program
	@$(BIN)/commons lint
	@$(BIN)/commons verify
	@$(BIN)/commons docs --check
	@$(BIN)/ruff check
	@$(BIN)/mypy

site: install ## Build the site into _site/
	@$(BIN)/commons site build

serve: site ## Show the site on this machine
	@$(BIN)/commons site serve

screenshots: install ## Take the pictures of the site in docs/screenshots anew
	@rm -rf docs/screenshots && mkdir docs/screenshots
	@SCREENSHOTS=1 $(BIN)/python -m pytest -q tests/e2e/browser/test_screenshots.py

measure: install ## Run the full-count measurements; their output is kept in benchmarks/results/
	@for one in benchmarks/[a-z]*.py; do \
	  name=$$(basename $$one .py); echo "== $$name"; mkdir -p benchmarks/results; \
	  $(BIN)/python $$one > benchmarks/results/$$name.txt; code=$$?; cat benchmarks/results/$$name.txt; \
	  test $$code -eq 0 || exit $$code; \
	done

clean: ## Remove what was installed and built (results and stored answers stay)
	rm -rf $(VENV) _site
