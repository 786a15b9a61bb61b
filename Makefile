# Everything that is done with this repository. `make` alone lists the targets; each of them also works as the first
# command on a clean clone, with nothing but git, make and Python 3.11 or newer (with venv) on the machine.
#
# ARGS passes options on: make test ARGS="-k workflow -x", make run ARGS="--listen 127.0.0.1:50300"

.DEFAULT_GOAL := help
.SUFFIXES:
# Compiling everything anew for each of the many processes that tests start would take as long as the tests.
unexport PYTHONDONTWRITEBYTECODE
.PHONY: help setup run test test-all test-slow fuzz looks soak check lint format types imports stubs docs docs-check contract console pack-web screenshots console-check deploy-check image links words environment proto monitoring monitoring-check bench bench-beside bench-peers lock clean node-tools

BIN := .venv/bin
ARGS ?=
# Builds images. The format matters to the others: images in OCI form have no health check.
IMAGE_TOOL ?= $(firstword $(foreach tool,docker podman buildah,$(if $(shell command -v $(tool)),$(tool))) docker)
VERSION = $(shell sed -n 's/^version = "\(.*\)"/\1/p' pyproject.toml)
# Processes that run the tests. Two cores are enough for four of them: most tests wait for other processes half the time.
TEST_WORKERS ?= 4
# Where quick tests keep their files: in memory if there is room, since it is the slow ones that are about disks.
QUICK_FILES := $(shell df -Pk /dev/shm 2>/dev/null | awk 'NR == 2 && $$4 > 1000000 { print "/dev/shm" }')

# The first Python that is new enough, unless PYTHON names one.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)

help: ## list the targets
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

setup: .venv/.installed ## create or update the environment from the hashed lock

run: setup ## serve on 127.0.0.1:50250 with SQLite in ./onduty.db, and print where the console is
	$(BIN)/onduty serve $(ARGS)

test: setup ## run the quick tests: rules, SQLite, gRPC, clients, command line (two minutes)
	PYTEST_DEBUG_TEMPROOT=$${PYTEST_DEBUG_TEMPROOT:-$(QUICK_FILES)} $(BIN)/pytest -n $(TEST_WORKERS) -m "not slow" --dist worksteal $(ARGS)

test-slow: setup node-tools ## run the others: Redis, Cluster, faults, benchmarks, other languages
	$(BIN)/pytest -n $(TEST_WORKERS) -m slow --dist worksteal $(ARGS)

test-all: test test-slow ## run all tests but repetitions over a Cluster (about ten minutes)

fuzz: setup ## send all that is wrong for FUZZ_S seconds (120)
	ONDUTY_TEST_FUZZ_S=$(or $(FUZZ_S),120) $(BIN)/pytest tests/faults/test_fuzz.py $(ARGS)

looks: setup node-tools ## look at every page of the console in every state, in every way (needs Chromium)
	ONDUTY_TEST_LOOKS=all $(BIN)/pytest -n $(TEST_WORKERS) tests/console/test_looks.py $(ARGS)

soak: setup ## ten minutes of mixed load, and everything checked at the end
	$(BIN)/python -m tests.faults.soak $(ARGS)

check: lint types imports stubs docs-check contract console-check monitoring-check deploy-check links words environment ## lint, format, types, import rules, stubs, docs, contract, console, alerts, deployment, links and words

proto: setup ## write the Python stubs from proto/
	scripts/generate-stubs proto

pack-web: node-tools ## build the npm package for browsers in ./dist
	scripts/pack-web dist

.PHONY: cut release site
cut: setup node-tools ## turn what is unreleased into VERSION: changelog, versions, released contract
	$(BIN)/python scripts/cut_release.py $(or $(VERSION),$(error name it: make cut VERSION=1.2.3)) $(ARGS)

release: setup node-tools ## build all packages in ./dist, twice, and check them in clean environments of every Python
	$(BIN)/python scripts/release.py $(ARGS)

site: setup ## build the documentation as HTML in ./site, offline, and check its links
	$(BIN)/python -m scripts.site $(ARGS)

console: node-tools ## build what browsers get: the schema in JavaScript, and the console
	scripts/build-console

image: ## build the image with docker, podman or buildah (IMAGE_TOOL names one)
	$(IMAGE_TOOL) build $(if $(filter docker,$(IMAGE_TOOL)),,--format docker) -f deploy/Containerfile -t onduty:$(VERSION) \
		--build-arg VERSION=$(VERSION) --build-arg REVISION=$$(git rev-parse HEAD) $(ARGS) .

screenshots: setup ## write the pictures of the console in docs/images (needs chromium, and the typeface Inter)
	mkdir -p docs/images
	$(BIN)/python -m tests.console.screenshots

docs: setup ## write the table of settings in docs/configuration.md
	$(BIN)/python scripts/settings_table.py

monitoring: setup ## write alerts, dashboard and their pages from scripts/monitoring
	$(BIN)/python -m scripts.monitoring

bench: setup ## measure, and name the machine
	$(BIN)/python -m benchmarks $(ARGS)

bench-beside: setup ## measure unary calls and restart beside another checkout (CHECKOUT=its directory)
	$(BIN)/python -m benchmarks.beside $(CHECKOUT) $(ARGS)

bench-peers: setup ## measure beside what one would use instead; writes docs/benchmarks.md
	$(BIN)/python -m benchmarks.peers $(ARGS)

format: setup ## rewrite the sources in the house format
	$(BIN)/ruff check --fix
	$(BIN)/ruff format

lock: ## resolve the lock again (UPGRADE=1 takes newer versions)
	PYTHON="$(PYTHON)" scripts/lock $(if $(UPGRADE),--upgrade)

clean: ## remove the environment, installed tools and caches (databases stay)
	rm -rf .venv .bench-peers .deploy-tools deploy/tools/node_modules node_modules build dist .mypy_cache .ruff_cache .pytest_cache .import_linter_cache .hypothesis .coverage*
	find proto server client tests benchmarks -name __pycache__ -type d -prune -exec rm -rf {} + 2>/dev/null || true
	rm -rf site

# --- the environment -----------------------------------------------------------------------------------------------

# What the lock holds. Hashes are required of everything, the build backend included.
.venv/.locked: requirements/dev.txt
	@test -n "$(PYTHON)" || { echo "onduty needs Python 3.11 or newer; name one with PYTHON=..." >&2; exit 1; }
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv || { \
		rm -rf .venv; echo "'$(PYTHON) -m venv' failed; Debian has it in the package python3-venv" >&2; exit 1; }
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@touch $@

# The project itself, editable. Without isolation the build uses the locked backend instead of downloading one.
.venv/.installed: .venv/.locked pyproject.toml
	$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

# buf and the node test client. Without npm they are left out and the output says so; ONDUTY_TEST_REQUIRE_TOOLS=1 forbids that.
node-tools:
	@scripts/node-tools

# --- the parts of `make check` -------------------------------------------------------------------------------------

lint: setup
	$(BIN)/ruff check
	$(BIN)/ruff format --check

types: setup
	$(BIN)/mypy

imports: setup
	$(BIN)/lint-imports --no-logo

stubs: setup
	scripts/check-stubs

docs-check: setup
	$(BIN)/python scripts/settings_table.py --check

contract: node-tools
	@scripts/check-contract

console-check: node-tools
	@scripts/build-console --check
	@if [ -x node_modules/.bin/tsc ]; then node_modules/.bin/tsc -p tsconfig.json && node scripts/web/size.mjs; fi

monitoring-check: setup
	@$(BIN)/python -m scripts.monitoring --check

deploy-check: setup
	@scripts/check-deploy

links: setup
	$(BIN)/python scripts/check-links
	@$(BIN)/python -m scripts.site --check

words: setup
	$(BIN)/python scripts/check-words

environment: setup
	$(BIN)/python -m pip --disable-pip-version-check check
