from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.commands.wql import InvalidQuery, parse


def name(text: str) -> str | None:
    return {"size": "Size", "label": "Label"}.get(text.lower())


@given(st.integers(-(2**63), 2**63), st.integers(-(2**63), 2**63))
def test_numbers_compare_as_python_does(left: int, right: int) -> None:
    row = {"Size": left}
    assert parse(f"Size={right}", name)(row) is (left == right)
    assert parse(f"size < {right}", name)(row) is (left < right)
    assert parse(f"SIZE>={right} and size<>{right}", name)(row) is (left > right)


@given(st.text(st.characters(blacklist_categories=("Cs",)), max_size=12))
def test_any_text_can_be_quoted(text: str) -> None:
    quoted = text.replace("\\", "\\\\").replace("'", "\\'")
    assert parse(f"Label='{quoted}'", name)({"Label": text}) is True


@given(st.text(max_size=30))
def test_whatever_the_text_it_is_a_condition_or_an_invalid_query(text: str) -> None:
    with contextlib.suppress(InvalidQuery):
        parse(text, name)({"Size": 1, "Label": "x"})


@pytest.mark.parametrize("text", ["", "Size", "Size=", "Size=3 or Label='x'", "Other=1", "Size=3 and", "Size=3 Label='x'", "Label='x"])
def test_what_is_no_condition(text: str) -> None:
    with pytest.raises(InvalidQuery):
        parse(text, name)


def test_null_compares_with_null_only() -> None:
    assert parse("Label=null", name)({"Label": None}) is True
    assert parse("Size<3", name)({"Size": None}) is False
