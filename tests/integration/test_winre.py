"""The winre module over real PSRP."""

from __future__ import annotations

import typing as t

import pytest

from .conftest import Start
from .lab import Lab

WRITES = {("reagentc.exe", "/enable"), ("reagentc.exe", "/disable")}


def writes(one: Lab) -> list[str]:
    """The writing commands that reached a device."""
    sent = [command for pipeline in one.recorder.pipelines for statement in pipeline.statements for command in statement]
    return [str(command.values[0]) for command in sent if command.values and (command.name, str(command.values[0])) in WRITES]


def test_enabling_an_enabled_device_sends_no_write(lab: Start) -> None:
    one = lab({"pc": {}})
    result = one.task("pc", "winre", state="enabled").result("pc", "winre")
    assert (result["changed"], result["changes"], writes(one)) == (False, [], [])


def test_enable_then_again_changes_once(lab: Start) -> None:
    one = lab({"pc": {"winre": {"state": "disabled"}}})
    first = one.task("pc", "winre", state="enabled").result("pc", "winre")
    second = one.task("pc", "winre", state="enabled").result("pc", "winre")
    assert (first["changed"], second["changed"]) == (True, False)
    assert first["changes"] == [{"setting": "winre.state", "before": "disabled", "after": "enabled"}]
    assert (first["before"]["state"], first["winre"]["state"]) == ("disabled", "enabled")
    assert first["before"]["evidence"]["staged_image_bytes"] > 0
    assert first["winre"]["evidence"]["staged_image_bytes"] is None
    assert writes(one) == ["/enable"]


def test_disable(lab: Start) -> None:
    one = lab({"pc": {}})
    result = one.task("pc", "winre", state="disabled").result("pc", "winre")
    assert (result["changed"], result["winre"]["state"], writes(one)) == (True, "disabled", ["/disable"])


def test_check_mode_says_what_would_change_and_changes_nothing(lab: Start) -> None:
    one = lab({"pc": {"winre": {"state": "disabled"}}})
    run = one.task("pc", "winre", check=True, state="enabled")
    result = run.result("pc", "winre")
    assert result["changed"] is True
    assert result["diff"]["before"] == {"winre.state": "disabled"}
    assert result["diff"]["after"] == {"winre.state": "enabled"}
    assert writes(one) == []
    assert one.fleet.devices["pc"].state.winre.state == "disabled"


SMALL = [{"kind": "efi", "size_mib": 260}, {"kind": "windows", "size_mib": 90000}, {"kind": "recovery", "size_mib": 300}]
FAILURES: list[tuple[dict[str, t.Any], str]] = [
    ({"winre": {"state": "disabled", "image": "missing"}}, "ERROR_FILE_NOT_FOUND"),
    ({"winre": {"state": "inconsistent"}}, "ERROR_ALREADY_EXISTS"),
    ({"winre": {"state": "disabled"}, "storage": {"partitions": SMALL}}, "ERROR_DISK_FULL"),
]


@pytest.mark.parametrize(("device", "name"), FAILURES)
def test_a_failure_is_explained_and_leaves_the_evidence(lab: Start, device: dict[str, t.Any], name: str) -> None:
    one = lab({"pc": device})
    run = one.task("pc", "winre", state="enabled")
    event = run.event("pc", "winre")
    result = event.result
    assert (run.code, event.outcome, result["changed"]) == (2, "failed", False)
    assert name in result["msg"]
    assert result["before"]["state"] == result["winre"]["state"]
    assert result["reagentc"]["text"]


def test_a_truncated_reagent_xml_changes_nothing_and_says_so(lab: Start) -> None:
    one = lab({"pc": {"winre": {"reagent_xml": "truncated"}}})
    run = one.task("pc", "winre", state="disabled")
    assert run.code == 2
    assert "ReAgent.xml is damaged" in run.result("pc", "winre")["msg"]
    assert writes(one) == []
