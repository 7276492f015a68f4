# `make run` runs the quickstart, `make test` checks everything that needs only small packages.
# Each sets up its own virtual environment first; the second time it starts at once.

PYTHON ?= python3
VENV := .venv
SDK_VENV := .venv-sdk
PIP_FLAGS := --quiet --disable-pip-version-check

.PHONY: run test check conformance editor crash load bench performance fuzz problems clean

run: $(VENV)/.ready
	$(VENV)/bin/slyflow run --instance embedded pipelines/quickstart.yaml

test: $(VENV)/.ready-dev
	scripts/check $(VENV)/bin
	scripts/test $(VENV)/bin

check: $(VENV)/.ready-dev
	scripts/check $(VENV)/bin

conformance: $(SDK_VENV)/.ready
	$(SDK_VENV)/bin/python -m pytest tests/conformance -m conformance

# What an editor makes of the schema, asked of a real language server; without node it is skipped.
editor: $(VENV)/.ready-dev
	$(VENV)/bin/python -m pytest tests/editor -m editor

crash: $(VENV)/.ready-dev
	$(VENV)/bin/python -m pytest tests/crash tests/simulation tests/fuzz tests/end_to_end/test_disk.py \
		tests/end_to_end/test_faults.py --slow -n 2

# 10,000 sessions in one run, counted; and how long a decision and a large resume take.
load: $(VENV)/.ready-dev
	$(VENV)/bin/python -m pytest tests/load --slow
	$(VENV)/bin/python -m benchmarks load

bench: $(VENV)/.ready-dev
	$(VENV)/bin/python -m benchmarks

# Writes docs/performance.md: slyflow's figures beside those of peers, which it installs into .venv-peers.
performance: $(VENV)/.ready-dev
	$(VENV)/bin/python -m benchmarks --write docs/performance.md

# Checks files that are broken at random, for SECONDS, from the seed FIRST on.
fuzz: $(VENV)/.ready-dev
	$(VENV)/bin/python -m tests.fuzz --seconds $(or $(SECONDS),3600) --first $(or $(FIRST),0)

# Writes docs/problems.md from the codes and their explanations.
problems: $(VENV)/.ready-dev
	$(VENV)/bin/python -m tests.docs.problempage

# N worlds from the seed FIRST on; what fails is printed with its seed and as a small world.
# With INTO=FILE each chunk is kept there, and the same command goes on where it was interrupted.
simulate: $(VENV)/.ready-dev
	$(VENV)/bin/python -m tests.simulation $(or $(N),20000) --first $(or $(FIRST),0) $(if $(INTO),--into $(INTO))

clean:
	rm -rf $(VENV) $(SDK_VENV) .slyflow

$(VENV)/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { echo "slyflow needs Python 3.11 or newer: make PYTHON=python3.12 …" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); exit 1; }

$(VENV)/.ready: pyproject.toml | $(VENV)/bin/python
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --editable '.[quickstart]'
	@touch $@

$(VENV)/.ready-dev: pyproject.toml | $(VENV)/.ready
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --upgrade 'pip>=25.1'  # the first that knows groups
	$(VENV)/bin/python -m pip install $(PIP_FLAGS) --group dev
	@touch $@

# Most modules of the SDK's are never imported; those that are get compiled then.
$(SDK_VENV)/.ready: pyproject.toml tests/conformance/requirements.txt
	$(PYTHON) -m venv $(SDK_VENV)
	$(SDK_VENV)/bin/python -m pip install $(PIP_FLAGS) --no-compile --editable . --requirement tests/conformance/requirements.txt
	@touch $@
