from __future__ import annotations

import copy
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.readiness import findings
from ansible_collections.autopilot.reset.plugins.plugin_utils._report import fleet
from hypothesis import given
from hypothesis import strategies as st

HEALTHY: dict[str, t.Any] = {
    "schema_version": 1,
    "gathered": ["os", "winre", "join", "reset_policy", "management", "power", "pending_reboot", "updates"],
    "unreadable": {},
    "os": {"build": 22631, "edition": "Enterprise"},
    "winre": {
        "state": "enabled",
        "evidence": {"reagent_xml": {"install_state": 1}, "reagentc": {"status": "Enabled"}, "staged_image_bytes": None},
    },
    "join": {"type": "entra"},
    "reset_policy": {"state": "allowed", "effective": "allowed"},
    "management": {"enrolled": True, "intune": True, "enrollments": []},
    "power": {"battery": True, "on_mains": True, "charge_percent": 96},
    "pending_reboot": {"pending": False, "servicing": False, "windows_update": False, "file_renames": True},
    "updates": {"installed": [], "breaking_reset": None},
}


def changed(part: str, **values: object) -> dict[str, t.Any]:
    document = copy.deepcopy(HEALTHY)
    document[part].update(values)
    return document


def row(document: dict[str, t.Any], prepare: dict[str, t.Any] | None = None) -> fleet.Row:
    return fleet.row("lab-01", {"device": document}, prepare)


def test_a_healthy_device_is_ready_and_has_nothing_to_say() -> None:
    assert row(HEALTHY).state == "ready"
    assert fleet.told(row(HEALTHY)) == []


@pytest.mark.parametrize(
    ("document", "path"),
    [
        (changed("winre", state="disabled"), "winre.state"),
        (changed("winre", state="inconsistent"), "winre.state"),
        (changed("join", type="hybrid"), "join.type"),
        (changed("join", type="domain"), "join.type"),
        (changed("join", type="workgroup"), "join.type"),
        (changed("os", build=16298), "os.build"),
        (changed("os", edition="CoreSingleLanguage"), "os.edition"),
    ],
)
def test_each_blocker_makes_a_device_not_ready(document: dict[str, t.Any], path: str) -> None:
    assert [(finding.kind, finding.path) for finding in findings(document)] == [("blocker", path)]
    assert row(document).state == "not_ready"


def test_build_16299_is_old_enough() -> None:
    assert findings(changed("os", build=16299)) == []


def test_a_blocked_lock_screen_is_a_warning_since_the_remote_route_works() -> None:
    document = changed("reset_policy", state="not_configured", effective="blocked")
    assert [finding.kind for finding in findings(document)] == ["warning"]
    assert row(document).state == "ready"


BROKEN = {"kb": "KB5063875", "repaired_by": "KB5066189"}


@pytest.mark.parametrize(
    ("document", "path", "words"),
    [
        (changed("management", enrolled=False), "management.enrolled", ["MDM", "remote"]),
        (changed("power", on_mains=False, charge_percent=31), "power.on_mains", ["battery", "31 %"]),
        (changed("power", on_mains=False, charge_percent=None), "power.on_mains", ["battery"]),
        (changed("pending_reboot", pending=True, servicing=True), "pending_reboot.pending", ["(servicing)"]),
        (changed("pending_reboot", pending=True, windows_update=True), "pending_reboot.pending", ["(Windows Update)"]),
        (changed("updates", breaking_reset=BROKEN), "updates.breaking_reset", ["KB5063875", "KB5066189"]),
    ],
)
def test_what_a_reset_may_fail_on_is_a_warning(document: dict[str, t.Any], path: str, words: list[str]) -> None:
    (finding,) = findings(document)
    assert (finding.kind, finding.path) == ("warning", path)
    assert all(word in str(finding) for word in words)
    assert row(document).state == "ready"


JUDGED = sorted(part for part in HEALTHY if part not in ("schema_version", "gathered", "unreadable"))


@given(st.sets(st.sampled_from(JUDGED), min_size=1))
def test_a_part_that_was_not_read_is_unknown_everywhere_and_never_ready(missing: set[str]) -> None:
    document = {key: value for key, value in HEALTHY.items() if key not in missing}
    judged = row(document)
    text = fleet.table([judged])
    assert judged.state == "unknown"
    assert [finding.kind for finding in judged.findings] == ["unknown"]
    assert text.splitlines()[1].split()[1] == "unknown"
    assert all(part in " ".join(text.split()) for part in missing)


# Null is an answer of these two: a device without a battery, and no update that breaks the reset.
LEAVES = sorted(
    f"{part}.{key}" for part in JUDGED for key in HEALTHY[part] if f"{part}.{key}" not in ("power.charge_percent", "updates.breaking_reset")
)


@given(st.sets(st.sampled_from(LEAVES), min_size=1))
def test_a_value_that_could_not_be_read_is_unknown_everywhere_and_never_ready(lost: set[str]) -> None:
    document = copy.deepcopy(HEALTHY)
    for path in lost:
        part, key = path.split(".")
        document[part][key] = None
    document["unreadable"] = {path: f"reason {number}." for number, path in enumerate(sorted(lost))}
    judged = row(document)
    text = " ".join(fleet.table([judged]).split())
    assert judged.state == "unknown"
    assert {finding.path for finding in judged.findings if finding.kind == "unknown"} == lost
    assert all(why in text for why in document["unreadable"].values())


ESSENTIAL = [
    "winre.state",
    "join.type",
    "os.build",
    "os.edition",
    "reset_policy.effective",
    "management.enrolled",
    "power.on_mains",
    "pending_reboot.pending",
]


@pytest.mark.parametrize("path", ESSENTIAL)
def test_a_null_that_nobody_explains_is_unknown_too(path: str) -> None:
    part, key = path.split(".")
    judged = row(changed(part, **{key: None}))
    assert (judged.state, [finding.path for finding in judged.findings]) == ("unknown", [path])


@pytest.mark.parametrize("part", ["winre.state", "join.type", "os.build", "reset_policy.effective"])
def test_what_could_not_be_read_is_never_ready(part: str) -> None:
    name, value = part.split(".")
    document = changed(name, **{value: None})
    document["unreadable"] = {part: "the device answered nothing"}
    assert row(document).state == "unknown"
    assert any(part in str(finding.path) for finding in findings(document))
    assert any("the device answered nothing" in str(finding) for finding in findings(document))


def test_a_blocker_outweighs_what_is_unknown() -> None:
    document = changed("winre", state="disabled")
    document["unreadable"] = {"join.type": "x"}
    assert row(document).state == "not_ready"
    assert [finding.kind for finding in findings(document)] == ["blocker", "unknown"]


def test_a_device_without_a_result_is_failed_and_never_left_out() -> None:
    lost = fleet.row("lab-02", None)
    assert lost.state == "failed"
    assert lost.document["failure"]["kind"] == "failed"


def test_an_unreachable_device_says_why() -> None:
    away = fleet.row("lab-03", {"unreachable": True, "msg": "Nothing listens\nat https://lab-03:5986"})
    assert away.state == "unreachable"
    newer = fleet.row("lab-03", {"unreachable": True, "msg": "Task failed: Nothing listens at https://lab-03:5986"})
    assert fleet.told(newer) == fleet.told(away) == ["Nothing listens at https://lab-03:5986"]


def test_changes_and_errors_of_prepare_are_told_apart() -> None:
    change = {"setting": "winre.state", "before": "disabled", "after": "enabled"}
    fixed = row(HEALTHY, {"changed": True, "changes": [change]})
    failed = row(HEALTHY, {"failed": True, "changed": False, "changes": [change], "msg": "no image"})
    assert fixed.changes == (change,)
    assert (failed.changes, failed.error) == ((), "no image")


def test_the_table_has_the_host_first_and_folds_long_texts() -> None:
    rows = [row(HEALTHY), fleet.row("a-much-longer-name", {"unreachable": True, "msg": "word " * 60})]
    lines = fleet.table(rows, width=80).splitlines()
    assert lines[0].split() == ["DEVICE", "STATE", "WHAT"]
    assert lines[1].split() == ["lab-01", "ready"]
    assert lines[2].startswith("a-much-longer-name  unreachable  word")
    assert max(map(len, lines)) <= 80


def test_the_summary_counts_every_device_once() -> None:
    rows = [row(HEALTHY), row(changed("join", type="hybrid")), fleet.row("x", None)]
    assert fleet.summary(rows) == "3 devices: 1 ready, 1 not ready, 1 failed."
    assert sorted(host for hosts in fleet.by_state(rows).values() for host in hosts) == ["lab-01", "lab-01", "x"]
