"""What is read from the output of the tools."""

from __future__ import annotations

import pytest

from tests.gates.summary import pytest_summary, skipped_sanity_tests

SANITY = """Running sanity test "shebang"
Running sanity test "shellcheck"
WARNING: Required program "shellcheck" not found.
Running sanity test "symlinks"
"""
PASSED = "..s.\n3 passed, 1 skipped in 0.12s"
WITH_SKIPPED = """..s.
================ skipped, and for want of what ================
tests/unit/test_a.py::test_b: needs openssl
3 passed, 1 skipped in 0.12s
"""


def test_a_sanity_test_without_its_program_is_named() -> None:
    assert list(skipped_sanity_tests(SANITY)) == ['shellcheck: Required program "shellcheck" not found']


def test_nothing_is_named_where_all_sanity_tests_ran() -> None:
    assert list(skipped_sanity_tests(SANITY.replace("WARNING", "#").replace("not found", "found"))) == []


@pytest.mark.parametrize(("log", "lines"), [(PASSED, 1), (WITH_SKIPPED, 3), ("", 0)])
def test_pytest_summary_begins_with_what_was_skipped(log: str, lines: int) -> None:
    assert pytest_summary(log) == log.splitlines()[len(log.splitlines()) - lines :]
