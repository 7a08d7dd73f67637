"""The winre action over a small Windows: what it writes, what it says, and that check mode and a right state write nothing."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.action.winre import ActionModule
from ansible_collections.autopilot.reset.plugins.plugin_utils import _task
from ansible_collections.autopilot.reset.tests.unit.actions import Connection, run
from ansible_collections.autopilot.reset.tests.unit.windows import Recovery, windows


@pytest.fixture(autouse=True)
def lines(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the action says while it works."""
    said: list[str] = []
    monkeypatch.setattr(_task.display, "display", said.append)
    return said


def switch(recovery: Recovery, state: str | None = None, **options: t.Any) -> tuple[dict[str, t.Any], Connection]:
    connection = Connection(windows(recovery))
    return run(ActionModule, connection, {} if state is None else {"state": state}, **options), connection


@pytest.mark.parametrize(("enabled", "state"), [(True, "enabled"), (True, None), (False, "disabled")])
def test_what_is_right_already_is_left_alone(enabled: bool, state: str | None) -> None:
    recovery = Recovery(enabled=enabled)
    found, connection = switch(recovery, state)

    assert (found["changed"], found["failed"], found["changes"]) == (False, False, [])
    assert found["winre"] == found["before"]
    assert recovery.writes == []
    assert len(connection.runspace.calls) == 1


@pytest.mark.parametrize(("enabled", "state", "verb"), [(False, "enabled", "/enable"), (True, "disabled", "/disable")])
def test_a_change_is_written_alone_and_read_back(enabled: bool, state: str, verb: str, lines: list[str]) -> None:
    recovery = Recovery(enabled=enabled)
    found, connection = switch(recovery, state, diff=True)
    old = "enabled" if enabled else "disabled"

    assert (found["changed"], found["failed"]) == (True, False)
    assert (found["before"]["state"], found["winre"]["state"]) == (old, state)
    assert found["changes"] == [{"setting": "winre.state", "before": old, "after": state}]
    assert found["diff"]["before"] == {"winre.state": old}
    assert found["diff"]["after"] == {"winre.state": state}
    assert recovery.writes == [verb]
    assert connection.runspace.commands[1] == ["Set-Variable", "reagentc.exe", "Get-Variable"]
    assert len(connection.runspace.calls) == 3
    assert lines == [f"[lab-01] reagentc {verb}"]


@pytest.mark.parametrize(("enabled", "state"), [(False, "enabled"), (True, "disabled")])
def test_check_mode_tells_the_change_and_writes_nothing(enabled: bool, state: str) -> None:
    recovery = Recovery(enabled=enabled)
    found, connection = switch(recovery, state, check_mode=True, diff=True)

    assert found["changed"]
    assert found["winre"] == found["before"]
    assert found["diff"]["after"] == {"winre.state": state}
    assert recovery.writes == []
    assert len(connection.runspace.calls) == 1


def test_no_diff_unless_asked_for() -> None:
    assert "diff" not in switch(Recovery(enabled=False))[0]


def test_a_failure_of_reagentc_is_explained() -> None:
    found, _connection = switch(Recovery(enabled=False, failure=0x70))

    assert (found["failed"], found["changed"]) == (True, False)
    assert "ERROR_DISK_FULL" in found["msg"]
    assert "recovery partition is too small" in found["msg"]
    assert "WinRE is disabled, not enabled" in found["msg"]
    assert found["reagentc"] == {"exit_code": 0x70, "text": "REAGENTC.EXE: Operation failed: 70"}
    assert found["winre"]["state"] == "disabled"


def test_success_that_changed_nothing_is_a_failure() -> None:
    found, _connection = switch(Recovery(enabled=False, stuck=True))

    assert (found["failed"], found["changed"]) == (True, False)
    assert "reported success" in found["msg"]
    assert "WinRE is disabled, not enabled" in found["msg"]


@pytest.mark.parametrize("state", ["enabled", "disabled"])
@pytest.mark.parametrize("denied", ["C:\\Windows\\System32\\Recovery\\ReAgent.xml"])
def test_a_state_that_could_not_be_read_is_not_touched(state: str, denied: str) -> None:
    recovery = Recovery(enabled=False)
    connection = Connection(windows(recovery, denied={denied}))
    found = run(ActionModule, connection, {"state": state})

    assert (found["failed"], found["changed"]) == (True, False)
    assert "nothing was changed" in found["msg"]
    assert "winre.state" in found["unreadable"]
    assert recovery.writes == []


def test_sources_that_disagree_are_brought_to_the_wanted_state() -> None:
    recovery = Recovery(enabled=True)
    connection = Connection(windows(recovery))
    recovery.enabled = False  # reagentc says so; the file still says enabled
    found = run(ActionModule, connection, {"state": "enabled"})

    assert found["before"]["state"] == "inconsistent"
    assert found["winre"]["state"] == "enabled"
    assert found["changed"]
