# What a newcomer needs: make demo, make test. Each does the set-up that it needs.

PYTHON ?= $(shell command -v python3.11 || command -v python3)
BIN := .venv/bin
STAMP := .venv/.installed
APART := slow or browser or real_logs or wheel
ALONE := browser or real_logs or wheel

.PHONY: help setup demo test slow check format texts bench lock clean

help:
	@echo "make setup   a virtual environment in .venv, from requirements.lock"
	@echo "make demo    the whole way on a sample log; says where the report is"
	@echo "make test    the tests that are done in a few minutes"
	@echo "make slow    the others: long ones, in a browser, on real logs, from a built wheel"
	@echo "make check   linter, formatter, types, import contracts"
	@echo "make format  let the formatter rewrite the code"
	@echo "make texts   bring the catalogues of the report's texts up to date with its code"
	@echo "make bench   speed and memory, against pandas with pm4py"
	@echo "make lock    write requirements.lock anew from pyproject.toml"
	@echo "make clean   remove what these made"

setup: $(STAMP)

$(STAMP): requirements.lock pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 is needed: make setup PYTHON=/path/to/python3.11")'
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --require-hashes --requirement requirements.lock
	$(BIN)/python -m pip install --quiet --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup
	$(BIN)/vsm demo

test: setup
	$(BIN)/pytest -q -n auto -m "not ($(APART))"

# What opens no browser and times nothing large runs side by side.
slow: setup
	$(BIN)/pytest -q -n auto -m "slow and not ($(ALONE))"
	$(BIN)/pytest -q -m "$(ALONE)"

check: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

format: setup
	$(BIN)/ruff check --fix-only --quiet .
	$(BIN)/ruff format .

texts: setup
	$(BIN)/python tests/report/report_texts.py

bench: setup
	$(BIN)/python benchmarks/run.py
	$(BIN)/python benchmarks/alignments.py

# Versions that are in the lock stay unless pyproject.toml forbids them; to raise one, delete its lines first.
lock:
	test -x build/lock/bin/pip-compile || { $(PYTHON) -m venv build/lock && build/lock/bin/pip install --quiet pip-tools; }
	$(PYTHON) -c 'import tomllib; print(*tomllib.load(open("pyproject.toml", "rb"))["dependency-groups"]["dev"], sep="\n")' > build/dev.in
	CUSTOM_COMPILE_COMMAND="make lock" build/lock/bin/pip-compile --no-config --quiet --generate-hashes --strip-extras \
		--no-emit-index-url --no-emit-trusted-host --no-emit-find-links \
		--output-file requirements.lock pyproject.toml build/dev.in

clean:
	rm -rf .venv build dist demo .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
