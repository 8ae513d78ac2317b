# Every target does its own set-up, and does it once (stamp files inside .venv and booth/node_modules).
# `make help` lists the targets.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
COMPILE := CUSTOM_COMPILE_COMMAND="make locks" $(BIN)/pip-compile --quiet
CHECKED := $(wildcard src tests bench gallery .ci)
NATIVE := native/Cargo.toml native/Cargo.lock $(wildcard native/src/*.rs)
BOOTH := $(if $(wildcard booth/package.json),booth/node_modules/.stamp)
BUNDLE := $(if $(BOOTH),src/quorate/web/static/booth/booth.sha256)

MAKEFLAGS += --no-print-directory
.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.NOTPARALLEL:
.PHONY: help setup test test-python test-booth kills verdicts demo bench lint lint-python lint-native licences audit wheel \
        locks clean screenshots

help: ## this list
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST) | expand -t 20

setup: $(VENV)/.stamp-package $(BOOTH) $(BUNDLE) ## virtual environment, locked packages, native module, booth

$(VENV)/.stamp-requirements: requirements/dev.txt
	@PYTHON="$(PYTHON)" sh .ci/prerequisites
	@echo "setup: virtual environment and locked packages"
	@test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	@$(PIP) install --require-hashes --no-deps -r requirements/dev.txt
	@touch $@

$(VENV)/.stamp-package: $(VENV)/.stamp-requirements pyproject.toml $(NATIVE)
	@echo "setup: native module (Rust, release build)"
	@PATH="$(CURDIR)/$(BIN):$$PATH" $(PIP) install --no-build-isolation --no-deps --editable .
	@touch $@

booth/node_modules/.stamp: booth/package.json booth/package-lock.json
	@echo "setup: booth packages"
	@cd booth && npm ci --silent --no-audit --no-fund
	@touch $@

src/quorate/web/static/booth/booth.sha256: $(BOOTH) booth/build.mjs $(shell find booth/src -type f)
	@echo "setup: the booth's bundle, which the server serves"
	@cd booth && node build.mjs ../src/quorate/web/static/booth >/dev/null

test: lint-python test-booth test-python ## every check and test; pytest's summary comes last

test-python: setup
	@$(BIN)/python -m pytest -n 2 </dev/null

test-booth: setup
	@$(if $(BOOTH),cd booth && npm test --silent </dev/null)

lint: lint-python lint-native ## ruff, strict mypy; rustfmt, clippy

lint-python: setup
	@$(BIN)/ruff check --quiet $(CHECKED)
	@$(BIN)/mypy $(CHECKED)

lint-native:
	@cd native && cargo fmt --check && cargo clippy --locked --quiet --all-targets -- --deny warnings

demo: setup ## replay the 2015 strike authorisation, then serve (SERVE=0: replay only)
	@$(BIN)/quorate demo --out demo-output $(if $(filter 0,$(SERVE)),--no-serve)

kills: setup ## kill the server a thousand times while members vote (an hour)
	@QUORATE_KILLS=1000 $(BIN)/python -m pytest -n 2 tests/faults/test_server_kill.py

verdicts: setup ## 100,000 random and changed ballots: do both implementations say the same of each? (half an hour)
	@QUORATE_VERDICTS=100000 QUORATE_SEED="$$(od -An -N8 -tx8 /dev/urandom | tr -d ' ')" \
	  $(BIN)/python -m pytest -n 2 -rP tests/attacks/test_implementations_disagree.py

bench: setup ## print the figures, write bench/results/latest.json
	@$(BIN)/python -m bench

screenshots: setup ## pictures of the site for the documentation: docs/screenshots
	@$(BIN)/python -m gallery

licences: setup ## licences of everything that ships: docs/licences.md; fails on one not allowed
	@$(BIN)/python .ci/licences.py

audit: setup ## known vulnerabilities in the locked packages (asks the advisory services)
	@$(BIN)/pip-audit --strict --require-hashes --disable-pip -r requirements/dev.txt
	@cd native && if cargo audit --version >/dev/null 2>&1; then cargo audit --quiet; \
	  else echo "audit: cargo-audit is not installed (cargo install cargo-audit): Rust crates not checked" >&2; exit 1; fi
	@$(if $(BOOTH),cd booth && npm audit --audit-level=low)

wheel: setup ## dist/: one abi3 wheel, CPython 3.11 and later
	@$(BIN)/maturin build --release --quiet --out dist

locks: setup ## newest allowed versions into every lock file: pip, cargo, npm
	@$(COMPILE) --upgrade --output-file requirements/runtime.txt pyproject.toml
	@$(COMPILE) --upgrade --extra server --constraint requirements/runtime.txt \
	  --output-file requirements/server.txt pyproject.toml
	@$(COMPILE) --upgrade --extra dev --extra server --constraint requirements/server.txt \
	  --output-file requirements/dev.txt pyproject.toml
	@cd native && cargo update --quiet
	@$(if $(BOOTH),cd booth && npm update --package-lock-only --silent --no-audit --no-fund)
	@$(MAKE) licences

clean: ## remove all that set-up and builds made
	@rm -rf $(VENV) native/target src/quorate/_native*.so dist build booth/node_modules booth/dist booth/dist-bundle src/quorate/web/static/booth
	@rm -rf .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
