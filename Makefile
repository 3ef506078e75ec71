# The commands of this project. `make run` and `make test` set up what they need by themselves.
#
# PYTHON=python3.12 chooses the Python that .venv is made with (3.11 or 3.12; otherwise the first that fits).

.PHONY: run test test-gpu check bench lock setup-run setup-test

export PYTHON

run: setup-run
	@exec .venv/bin/python -m ui

# One worker a core, each kept to its own (tests/conftest.py), a file's tests on one worker.
test: setup-test
	@.venv/bin/python -m pytest -n logical --maxprocesses 4 --dist loadfile

# The engine on a graphics processor that is none: llama.cpp's Vulkan back end on Mesa's software driver. The back end is
# compiled the first time, in a quarter of an hour, and kept in ~/.cache/privet-build.
test-gpu: setup-test
	@PRIVET_BACKEND=vulkan python3 -IS packaging/setup backend
	@GGML_VK_VISIBLE_DEVICES=0 .venv/bin/python -m pytest tests/gpu \
	  --gpu "$$(PRIVET_BACKEND=vulkan python3 -IS packaging/setup backend | tail -n 1)"

check: setup-test
	.venv/bin/ruff check
	.venv/bin/ruff format --check
	.venv/bin/mypy
	.venv/bin/lint-imports
	.venv/bin/python -m pytest tests/house

bench: setup-test
	@.venv/bin/python -m tests.bench $(BENCH)

# Remakes packaging/locks/ from pyproject.toml; needs a package index.
lock:
	@python3 -IS packaging/setup lock

setup-run:
	@python3 -IS packaging/setup run

setup-test:
	@python3 -IS packaging/setup test
