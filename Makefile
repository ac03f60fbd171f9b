VENV := .venv
PYTHON := $(VENV)/bin/python
PIP_INSTALL := $(PYTHON) -m pip install --quiet --disable-pip-version-check

# Empty files that tell when a step was last done, so that doing it again costs nothing.
RUN_READY := $(VENV)/.run-ready
DEV_READY := $(VENV)/.dev-ready
BROWSER_READY := $(VENV)/.browser-ready

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help install run test check fuzz mutants audit bench gpu load visitor peers hostile leaks lock space train screenshots walks

help: ## List these commands
	@awk -F ':.*## ' '/^[a-z]+:.*## / {printf "make %-11s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

install: $(RUN_READY) $(DEV_READY) $(BROWSER_READY) ## Set up everything: environment, tools, a browser for the tests

run: $(RUN_READY) ## Open the app on http://127.0.0.1:7860
	$(PYTHON) app.py

# One thread a process, as many processes as processors: most tests wait for a page or are too small to share
# processors. In the order of their files: sorted by number, single slow tests would come last and alone.
test: export OMP_NUM_THREADS = 1
test: $(DEV_READY) $(BROWSER_READY) ## Run every test, the browser's included (ARGS="-k faces" for some)
	$(PYTHON) -m pytest --numprocesses logical --maxprocesses 4 --dist loadfile --no-loadscope-reorder $(ARGS)

check: $(DEV_READY) ## Lint, formatting, types and who may import whom
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -m mypy
	PYTHONPATH=. $(VENV)/bin/lint-imports --no-cache

# No test, only this, gives an input a time: tests run on machines that do much else.
fuzz: export GLAMOR_FUZZ_INPUTS ?= 5000
fuzz: export GLAMOR_FUZZ_SECONDS ?= 10
fuzz: $(DEV_READY) ## Try 5,000 damaged and hostile inputs, each within 1 GiB and 10 s (GLAMOR_FUZZ_INPUTS=50000 for more)
	$(PYTHON) -m pytest --quiet tests/fuzz

mutants: $(DEV_READY) ## See which faults in core modules the tests notice; writes docs/mutants.md (ARGS="glamor/photo.py")
	$(PYTHON) scripts/mutants.py $(ARGS)

audit: $(DEV_READY) ## Ask PyPI whether anything installed has a known weakness
	$(PYTHON) -m pip_audit --local --progress-spinner off

bench: $(DEV_READY) ## Time everything beside its floor; writes benchmarks/results.json and the README's table
	$(PYTHON) benchmarks/bench.py $(ARGS)

gpu: $(DEV_READY) ## Measure a GPU in eight minutes; writes docs/gpu.md and benchmarks/results-gpu.json (ARGS="--device cpu --small": rehearse)
	$(PYTHON) benchmarks/gpu.py $(ARGS)

load: $(DEV_READY) ## Serve 1, 4, 16 and 64 visitors (ARGS="--large": photos of 40 megapixels that are remembered)
	$(PYTHON) benchmarks/load.py $(ARGS)

visitor: $(DEV_READY) $(BROWSER_READY) ## Time what a visitor waits for, in Chromium, with and without latency; writes the README's table
	$(PYTHON) benchmarks/visitor.py --write $(ARGS)

peers: $(DEV_READY) ## Time this library beside others, as far as they are installed; writes the README's table
	$(PYTHON) benchmarks/peers.py --write $(ARGS)

hostile: $(DEV_READY) ## Serve visitors while hostile files are decoded, for 12 minutes
	$(PYTHON) benchmarks/hostile.py $(ARGS)

walks: $(DEV_READY) ## Write which files five requests pass through into docs/architecture.md
	$(PYTHON) scripts/walks.py --write

leaks: $(DEV_READY) ## Answer 2,000 predictions and 200 explanations, and see what stays behind
	$(PYTHON) benchmarks/leaks.py $(ARGS)

lock: $(DEV_READY) ## Choose anew, and pin by hash, what the container installs
	$(VENV)/bin/uv pip compile requirements.txt --upgrade --quiet --generate-hashes --no-annotate \
		--python-version 3.11 --python-platform x86_64-manylinux_2_28 --output-file requirements.lock \
		--custom-compile-command "make lock"

space: $(DEV_READY) ## See whether this can be pushed to a Space on ZeroGPU: what it asks for, against what there is
	$(PYTHON) scripts/space.py

screenshots: $(DEV_READY) $(BROWSER_READY) ## Take the README's pictures and film of the real page with the embedded weights
	$(PYTHON) -m scripts.screenshots

# Large pages, kept instead of given back, spare the kernel most of the work of handing out memory:
# a step on 48 px faces takes 0.75 of the time.
train: export THP_MEM_ALLOC_ENABLE = 1
train: export MALLOC_MMAP_MAX_ = 0
train: export MALLOC_TRIM_THRESHOLD_ = 100000000000
train: export MALLOC_TOP_PAD_ = 268435456
train: $(DEV_READY) ## Train on data/faces and data/scenes into runs/default (ARGS are handed on)
	$(PYTHON) -m glamor train --faces data/faces --scenes data/scenes --out runs/default \
		--license "research and demonstration only" --trained-on "AffectNet-like faces, FER2013, web portraits, \
	SFEW film frames, web and stock photos, WIDER FACE scenes with pseudo-labels" $(ARGS)

$(PYTHON):
	bash scripts/create_venv.sh $(VENV)

$(RUN_READY): requirements.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements.txt
	@touch $@

$(DEV_READY): requirements-dev.txt requirements-ray.txt requirements-train.txt requirements.txt | $(PYTHON)
	$(PIP_INSTALL) -r requirements-dev.txt
	@touch $@

$(BROWSER_READY): scripts/ensure_browser.sh $(DEV_READY)
	bash scripts/ensure_browser.sh $(PYTHON)
	@touch $@
