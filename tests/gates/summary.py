"""What is to be read last, found in the output of the tools: tests that did not run, and how pytest closed."""

from __future__ import annotations

import re
from collections.abc import Iterator

SKIPPED_TESTS = "skipped, and for want of what"  # the headline that tests/conftest.py prints
SANITY_TEST = re.compile(r'Running sanity test "([^"]+)"')
SANITY_MISSING = re.compile(r'Required program "([^"]+)" not found|Skipping .+')


def skipped_sanity_tests(log: str) -> Iterator[str]:
    """The tests that ansible-test left out, for want of a program mostly; it says so in passing and counts them as passed."""
    test = "?"
    for line in log.splitlines():
        if begun := SANITY_TEST.search(line):
            test = begun[1]
        elif missing := SANITY_MISSING.search(line):
            yield f"{test}: {missing[0]}"


def pytest_summary(log: str) -> list[str]:
    """From pytest's output: the section on what was skipped, if any, and the closing line."""
    lines = log.splitlines()
    skipped = [number for number, line in enumerate(lines) if line.strip("= ") == SKIPPED_TESTS]
    return lines[skipped[-1] if skipped else -1 :]
