# From an empty machine to reports: `make study`. Needs Python 3.11 or newer with pip, and make.

PYTHON ?= python3
VENV := .venv
INSTALLED := $(VENV)/installed
export PATH := $(CURDIR)/$(VENV)/bin:$(PATH)

.DEFAULT_GOAL := study
.PHONY: study quick reproduce test rates claims lab bench lint lock readme

study: $(INSTALLED) data
	dvc repro
	@echo "The reports: $(CURDIR)/reports/index.html"

# The whole pipeline on the tiny sample, in a folder of its own.
quick: $(INSTALLED)
	python -m fashionnet.quick .quick
	cd .quick && dvc repro
	@echo "The reports: $(CURDIR)/.quick/reports/index.html"

# The paper's network on the real DeepFashion in data/, in a folder of its own; see REPRODUCE.md.
reproduce: $(INSTALLED)
	fashionnet reproduce reproduction

# Two processes with two threads each on two cores: threads that wait by spinning would hold up the others sevenfold.
test: $(INSTALLED) lint
	OMP_WAIT_POLICY=passive python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

lint: $(INSTALLED)
	ruff check .
	ruff format --check .

# Longer trainings beside the pipeline, whose outcome is committed: the choice of learning rates, and the claims on
# several seeds.
rates claims: $(INSTALLED) data
	dvc repro prepare
	python -m fashionnet.further.$@

lab: $(INSTALLED)
	jupyter lab $(if $(filter 0,$(shell id -u)),--allow-root) --notebook-dir=. --LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate notebooks/explore.ipynb

# WHOLE=1 make bench measures official sizes too.
bench: $(INSTALLED)
	python -m pytest tests/benchmarks -o addopts="" -q -s

# Only if there is no data/: a folder or a link put there is never touched.
data: | $(INSTALLED)
	fashionnet sample data

$(INSTALLED): requirements.lock pyproject.toml
	@echo "Installing into $(VENV): some minutes, once"
	$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "found Python %d.%d, expected 3.11 or newer (PYTHON=… picks another)" % sys.version_info[:2])'
	$(PYTHON) -m venv $(VENV)
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-compile -r requirements.lock
	$(VENV)/bin/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation -e .
	touch $(INSTALLED)

# Brings README's result table up to date with reports/metrics.
readme: $(INSTALLED)
	python -m fashionnet.readme

# Resolves the ranges of pyproject.toml anew, for every platform at once. Needs uv.
lock:
	uv pip compile --universal --python-version 3.11 --extra dev --no-annotate --upgrade pyproject.toml -o requirements.lock
