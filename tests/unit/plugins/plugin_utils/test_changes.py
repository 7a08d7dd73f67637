"""The change set is where `changed`, check mode and the diff come from."""

from __future__ import annotations

import typing as t

from ansible_collections.autopilot.reset.plugins.plugin_utils._changes import Change, ChangeSet
from hypothesis import given
from hypothesis import strategies as st

SETTINGS = st.dictionaries(st.sampled_from("abcde"), st.none() | st.integers(0, 2) | st.text("xy", max_size=1))


@given(SETTINGS, SETTINGS)
def test_only_asked_for_settings_that_differ_are_changes(before: dict[str, t.Any], after: dict[str, t.Any]) -> None:
    changes = ChangeSet.between(before, after)
    differing = {key for key in after if before.get(key) != after[key]}

    assert {change.setting for change in changes.changes} == differing
    assert bool(changes) is bool(differing)
    assert {**before, **{change.setting: change.after for change in changes.changes}}.items() >= {
        key: value for key, value in after.items() if value is not None
    }.items()


def test_what_it_says_of_itself() -> None:
    changes = ChangeSet.between({"a": 1, "b": 2, "z": 9}, {"a": 1, "b": 3, "c": "new"})

    assert changes.changes == (Change("b", 2, 3), Change("c", None, "new"))
    assert changes.as_list() == [{"setting": "b", "before": 2, "after": 3}, {"setting": "c", "before": None, "after": "new"}]
    assert changes.diff("winre") == {
        "before_header": "winre",
        "after_header": "winre",
        "before": {"b": 2, "c": None},
        "after": {"b": 3, "c": "new"},
    }


def test_nothing_to_change() -> None:
    changes = ChangeSet.between({"a": 1, "b": 2}, {"a": 1})

    assert not changes
    assert changes.as_list() == []
