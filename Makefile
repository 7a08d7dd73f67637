# make demo    the collection at work on a simulated fleet
# make test    unit and integration tests
# make lint    the quick gates: formatting, types, ansible-lint
# make check   make test and every gate
# make clean   away with everything that was made
#
# PYTHON names the interpreter to use, one of 3.11 to 3.13. Everything made stays below .venv and build.

PYTHON ?= python3
export PYTHON
export PYTHONDONTWRITEBYTECODE = 1

ENVIRONMENT = sh tests/gates/environment.sh
PYTEST = .venv/test/bin/python -m pytest --quiet -n 2 --dist loadfile $(TESTS)

.PHONY: demo test lint check clean

demo:
	@$(ENVIRONMENT) demo
	@.venv/demo/bin/python -m tests.demo

test:
	@$(ENVIRONMENT) test
	@$(PYTEST)

lint:
	@$(ENVIRONMENT) check
	@.venv/check/bin/python -m tests.gates --quick

check:
	@$(ENVIRONMENT) check
	@.venv/check/bin/python -m tests.gates

clean:
	@rm -rf .venv build .mypy_cache .pytest_cache .ruff_cache .hypothesis tests/output
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +
