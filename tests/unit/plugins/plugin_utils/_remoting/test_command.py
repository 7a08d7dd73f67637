"""Commands hold only values that arrive as exactly what they are."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command, Typed
from hypothesis import given
from hypothesis import strategies as st

INT32 = st.integers(-(2**31), 2**31 - 1)
BEYOND_INT32 = st.integers(max_value=-(2**31) - 1) | st.integers(min_value=2**31)
LEAVES = st.none() | st.booleans() | st.text() | st.binary() | INT32
VALUES = st.recursive(
    LEAVES, lambda inner: st.lists(inner, max_size=3).map(tuple) | st.dictionaries(st.text(max_size=3), inner), max_leaves=4
)
RANGES = {"I64": (-(2**63), 2**63 - 1), "U16": (0, 2**16 - 1), "U32": (0, 2**32 - 1), "U64": (0, 2**64 - 1)}


class Tagged(str):
    """A str subclass, as newer cores hand out."""

    __slots__ = ()


class TaggedInt(int):
    pass


@given(VALUES, st.lists(LEAVES, max_size=3).map(tuple))
def test_allowed_values_are_kept_as_they_are(value: t.Any, arguments: tuple[t.Any, ...]) -> None:
    command = Command("Set-Item", {"Value": value}, arguments)

    assert command.parameters == {"Value": value}
    assert command.arguments == arguments


@given(BEYOND_INT32)
def test_integers_beyond_int32_need_a_type(value: int) -> None:
    with pytest.raises(TypeError, match=r"Set-Item -Value.*Int32"):
        Command("Set-Item", {"Value": value})


@pytest.mark.parametrize("value", [2**31 - 1, -(2**31)])
def test_the_ends_of_int32_fit(value: int) -> None:
    assert Command("x", arguments=(value,)).arguments == (value,)


@pytest.mark.parametrize(
    "value",
    [Tagged("x"), TaggedInt(1), 1.5, [1], {1, 2}, datetime.date(2024, 1, 1), object()],
    ids=lambda value: type(value).__name__,
)
@pytest.mark.parametrize("wrap", [lambda v: v, lambda v: (v,), lambda v: {"a": v}, lambda v: {"a": ({"b": v},)}])
def test_values_without_an_exact_type_are_refused_at_any_depth(value: t.Any, wrap: t.Callable[[t.Any], t.Any]) -> None:
    with pytest.raises(TypeError, match="x -P"):
        Command("x", {"P": wrap(value)})
    with pytest.raises(TypeError, match="x, argument 2"):
        Command("x", arguments=("fine", wrap(value)))


@pytest.mark.parametrize("key", [Tagged("k"), 1, None])
def test_hash_table_keys_are_plain_strings(key: t.Any) -> None:
    with pytest.raises(TypeError, match="not a plain string"):
        Command("x", {"P": {key: 1}})


def test_a_command_does_not_change_after_it_was_made() -> None:
    parameters: dict[str, t.Any] = {"Path": "a"}
    command = Command("Get-Item", parameters)
    parameters["Path"] = "b"

    assert command.parameters["Path"] == "a"
    with pytest.raises(TypeError):
        command.parameters["Path"] = "b"  # type: ignore[index]
    with pytest.raises(dataclasses.FrozenInstanceError):
        command.name = "Remove-Item"  # type: ignore[misc]


@pytest.mark.parametrize("tag", RANGES)
def test_typed_numbers_keep_to_their_range(tag: t.Any) -> None:
    low, high = RANGES[tag]

    assert (Typed(tag, low).value, Typed(tag, high).value) == (low, high)
    for outside in (low - 1, high + 1):
        with pytest.raises(ValueError, match=tag):
            Typed(tag, outside)


def test_only_a_double_may_be_no_whole_number() -> None:
    assert Typed("Db", 1.5).value == 1.5
    with pytest.raises(ValueError, match="U32"):
        Typed("U32", 1.5)


def test_a_typed_number_is_a_value() -> None:
    assert Command("x", {"KeyProtectorType": Typed("U32", 3)}).parameters["KeyProtectorType"] == Typed("U32", 3)
