# Every target does its own set-up, from nothing but make and Python 3.11 or newer.
# ARGS go to the program: `make test ARGS=tests/unit`, `make sandbox ARGS="--port 9000"`.

PYTHON ?=
ARGS ?=
VENV := .venv
BIN := $(VENV)/bin
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes --only-binary :all:

FIND_PYTHON = for python in $(PYTHON) python3 python3.14 python3.13 python3.12 python3.11 python; do \
	"$$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1 && break; \
	python=; \
done

# Four processes also on two cores, since many tests wait for others; a file's tests stay together, since they
# share what is dear to start. A process that dies ends the run: after a restart, xdist can wait for ever (its
# issue 1323).
PYTEST := $(BIN)/python -m pytest --numprocesses 4 --dist loadfile --no-loadscope-reorder --max-worker-restart 0

.DEFAULT_GOAL := help
.PHONY: help sandbox setup test check fix fuzz matrix bench soak words rooms openapi strangers image lock

help: ## Show what can be made
	@sed -n 's/^\([a-z]*\):.*## /  make \1\t/p' $(MAKEFILE_LIST)

sandbox: $(VENV)/runtime.installed ## Try the bot in a small Discord of its own, in the browser
	@$(BIN)/python -m sandbox $(ARGS)

setup: $(VENV)/runtime.installed ## Prepare .venv/bin/python -m bot run | check | migrate | backup

test: $(VENV)/dev.installed ## Run the tests
	@$(PYTEST) $(ARGS)

check: $(VENV)/dev.installed ## Check format, lint and types, and run the tests
	@$(BIN)/ruff format --check .
	@$(BIN)/ruff check .
	@$(BIN)/mypy
	@$(PYTEST) $(ARGS)

fix: $(VENV)/dev.installed ## Format, and mend what the linter can mend by itself
	@$(BIN)/ruff format .
	@$(BIN)/ruff check --fix .

fuzz: $(VENV)/dev.installed ## Make up hostile input for ten minutes (ARGS="--minutes 60" for longer)
	@$(BIN)/python -m tests.fuzz $(ARGS)

matrix: $(VENV)/dev.installed ## Kill the bot at every named point, and print what became of its promises
	@$(BIN)/python -m tests.matrix $(ARGS)

bench: $(VENV)/dev.installed ## Print the benchmarks
	@$(BIN)/python -m benchmarks $(ARGS)

soak: $(VENV)/dev.installed ## Make ten thousand pictures while everything goes wrong at times (a quarter of an hour)
	@$(BIN)/python -m tests.soak $(ARGS)

strangers: $(VENV)/dev.installed ## Let eight other libraries use the stand-in for Discord (takes Node.js; ARGS=eris for one)
	@$(BIN)/python -m tests.strangers $(ARGS)

words: $(VENV)/dev.installed ## Write the catalogs of all languages from the texts in the code
	@$(BIN)/python -m bot.words.update

rooms: $(VENV)/dev.installed ## Draw the rooms and their imports into docs/architecture.md
	@$(BIN)/python -m tests.meta.draw_rooms

openapi: $(VENV)/dev.installed ## Get Discord's description of its API, which judges what the bot asks in the tests
	@$(BIN)/python -m tests.get_description

image: $(VENV)/pip.works ## Build the container image into build/image, for the tests (as root, with buildah and mmdebstrap)
	@$(BIN)/python .ci/image build/image

LOCK := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header pyproject.toml

lock: $(VENV)/dev.installed ## Write the lock files again from pyproject.toml (ARGS=--upgrade for newer versions)
	@$(LOCK) $(ARGS) -o requirements.lock
	@$(LOCK) $(ARGS) --extra queue -o requirements-queue.lock
	@$(LOCK) $(ARGS) --extra queue --extra dev -o requirements-dev.lock

# --- set-up: done once, and again when a lock file has changed -----------------------------------------

$(VENV)/runtime.installed: requirements.lock | $(VENV)/pip.works
	@echo "Installing what the bot needs into $(VENV) …"
	@$(PIP_INSTALL) -r requirements.lock
	@touch $@

$(VENV)/dev.installed: requirements-dev.lock | $(VENV)/pip.works
	@echo "Installing what the bot and its tests need into $(VENV) …"
	@$(PIP_INSTALL) -r requirements-dev.lock
	@touch $@

$(VENV)/pip.works:
	@$(FIND_PYTHON); \
	if [ -z "$$python" ]; then \
		echo "Python 3.11 or newer is needed, and none was found: install one, or name it: make PYTHON=/path/to/python" >&2; \
		exit 1; \
	fi; \
	$(BIN)/python -m pip --version >/dev/null 2>&1 || "$$python" -m venv --clear $(VENV) >/dev/null 2>&1 || { \
		echo "$$python cannot make a virtual environment: install its venv module (on Debian: apt-get install python3-venv)" >&2; \
		exit 1; \
	}
	@touch $@
