# `make run` talks; `make test` checks. Both set up what they need in .venv, and only what is missing.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check
INSTALL := $(PIP) install --quiet --progress-bar on --resume-retries 5 --constraint requirements.lock

.PHONY: run test snapshots pictures bench-setup clean

run: $(VENV)/run
	@chosen=$$($(BIN)/python -m bot.settings) || exit 2; \
	eval "current=$$(echo "$$chosen" | head -n 1)"; eval "set -- $$(echo "$$chosen" | tail -n 1)"; \
	test -f "$$current" || $(BIN)/python -m training.build "$$@" >/dev/null || exit 2; \
	$(BIN)/python -m bot

test: $(VENV)/test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest

snapshots: $(VENV)/test
	REWRITE_SNAPSHOTS=1 $(BIN)/python -m pytest tests/bot/discord_app/test_snapshots.py

pictures: $(VENV)/test
	$(BIN)/python -m tests.pictures

bench-setup: $(VENV)/run
	@for tool in g++ cmake; do command -v $$tool >/dev/null || { echo "bench-setup needs $$tool: install g++ and cmake first" >&2; exit 2; }; done
	$(INSTALL) --editable '.[train,bench]'

$(VENV)/pip:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "Parley needs Python 3.11 or newer, and $(PYTHON) is older: set PYTHON=…" >&2; exit 2; }
	@$(PYTHON) -m venv $(VENV) || { echo "Parley needs python3-venv: on Debian or Ubuntu, apt install python3-venv" >&2; exit 2; }
	@$(PIP) install --quiet --upgrade 'pip>=25.1' || { echo "set-up needs the network: pip could not reach its package index" >&2; exit 2; }
	@touch $@

$(VENV)/run: $(VENV)/pip pyproject.toml requirements.lock
	@echo "Installing what Parley needs (once, a few minutes) …" >&2
	@$(INSTALL) --editable '.[train]' >&2 || { echo "set-up needs the network: pip could not install all of requirements.lock" >&2; exit 2; }
	@touch $@

$(VENV)/test: $(VENV)/pip pyproject.toml requirements.lock
	@echo "Installing what Parley and its tests need (once, a few minutes) …" >&2
	@$(INSTALL) --editable '.[train,dev]' >&2 || { echo "set-up needs the network: pip could not install all of requirements.lock" >&2; exit 2; }
	@touch $@ $(VENV)/run

clean:
	rm -rf $(VENV) artifacts data runs
