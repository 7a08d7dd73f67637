"""The device document over real PSRP, against its schema: what a fleet file says is what the document says."""

from __future__ import annotations

import json
import pathlib
import typing as t

from tests.device_document import problems

from .conftest import Start

READ = [{"name": "Read", "hosts": "all", "gather_facts": False, "tasks": [{"name": "Read", "autopilot.reset.device_info": {}}]}]

# For each device: its fleet entry, and what has to stand in its document, by path.
DEVICES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "healthy": (
        {},
        {
            "os.started": "2025-06-02T06:55:00Z",
            "management.enrolled": True,
            "management.intune": True,
            "autopilot.profile_available": True,
            "autopilot.profile_name": "School laptops",
            "autopilot.tenant_domain": "contoso.example",
            "power.on_mains": True,
            "power.charge_percent": 96,
            "pending_reboot.pending": False,
            "pending_reboot.file_renames": False,
            "updates.installed": ["KB5058405"],
            "updates.breaking_reset": None,
            "language.display_languages": ["en-US"],
            "language.keyboards": ["00000409"],
            "users.console_user": None,
        },
    ),
    "apps-only": (
        {"enrollments": [{"kind": "mam"}, {"kind": "bridge"}, {"kind": "declared_configuration"}]},
        {"management.enrolled": False, "management.intune": False, "management.enrollments": []},
    ),
    "other-mdm": (
        {"enrollments": [{"kind": "mdm", "provider": "ContosoMDM", "discovery_url": "https://mdm.contoso.example/discovery"}]},
        {"management.enrolled": True, "management.intune": False},
    ),
    "stub": (
        {"autopilot": {"cache": "stub"}},
        {"autopilot.profile_available": False, "autopilot.profile_name": None, "autopilot.tenant_domain": None},
    ),
    "never-asked": ({"autopilot": {"cache": "absent"}}, {"autopilot.profile_available": None}),
    "hybrid-profile": ({"autopilot": {"hybrid_join": True}}, {"autopilot.hybrid_join_profile": True}),
    "on-battery": (
        {"power": {"on_mains": False, "charge_percent": 31}},
        {"power.battery": True, "power.on_mains": False, "power.charge_percent": 31},
    ),
    "desktop": ({"power": {"battery": False}}, {"power.battery": False, "power.on_mains": True, "power.charge_percent": None}),
    "restart": (
        {"pending_reboot": {"windows_update": True, "file_renames": True}},
        {
            "pending_reboot.pending": True,
            "pending_reboot.servicing": False,
            "pending_reboot.windows_update": True,
            "pending_reboot.file_renames": True,
        },
    ),
    "broken-reset": (
        {"os": {"revision": 5768}, "updates": {"installed": ["KB5063875"]}},
        {"updates.installed": ["KB5063875"], "updates.breaking_reset": {"kb": "KB5063875", "repaired_by": "KB5066189"}},
    ),
    "dutch": (
        {"language": "nl"},
        {
            "language.display_languages": ["nl-NL"],
            "language.locale": "0413",
            "language.country_code": "31",
            "language.keyboards": ["00000413"],
        },
    ),
    "in-use": ({"users": [{"name": "ada", "at_device": True}]}, {"users.console_user": "AzureAD\\ada"}),
}


def at(document: dict[str, t.Any], path: str) -> t.Any:
    value: t.Any = document
    for key in path.split("."):
        value = value[key]
    return value


def test_each_device_is_told_as_it_is(lab: Start) -> None:
    run = lab({name: device for name, (device, _expected) in DEVICES.items()}).playbook(READ)
    for name, (_device, expected) in DEVICES.items():
        document = run.result(name, "device_info")["device"]
        assert document["unreadable"] == {}, name
        assert problems(document) == [], name
        assert {path: at(document, path) for path in expected} == expected, name
    in_use = run.result("in-use", "device_info")["device"]["users"]["profiles"]
    assert [(profile["path"], profile["in_use"]) for profile in in_use] == [("C:\\Users\\ada", True)]


def test_what_cannot_be_read_is_unknown_and_fits_the_schema(lab: Start) -> None:
    one = lab(
        {
            "damaged": {"autopilot": {"cache": "damaged"}},
            "undecided": {"power": {"status": 11}},
            "helper": {"accounts": {"helper": {"password": "Autopilot-1!", "kind": "remote_management"}}},
        }
    )
    one.hosts["helper"]["ansible_user"] = "helper"
    run = one.playbook(READ)
    documents = {name: run.result(name, "device_info")["device"] for name in one.hosts}
    assert {name: problems(document) for name, document in documents.items()} == {name: [] for name in documents}
    assert set(documents["damaged"]["unreadable"]) == {"autopilot.profile_name", "autopilot.hybrid_join_profile"}
    assert set(documents["undecided"]["unreadable"]) == {"power.on_mains"}
    denied = documents["helper"]["unreadable"]
    assert {"power.on_mains", "updates.installed", "users.profiles", "os.started", "winre.evidence.reagent_xml"} <= set(denied)
    assert documents["helper"]["management"]["enrolled"] is True


def test_every_document_of_a_report_fits_the_schema(lab: Start, tmp_path: pathlib.Path) -> None:
    one = lab(
        {
            "good": {},
            "battery": {"power": {"on_mains": False, "charge_percent": 31}},
            "undecided": {"power": {"status": 11}},
            "away": {"powered_on": False},
        }
    )
    fleet = tmp_path / "fleet.json"
    run = one.playbook("autopilot.reset.audit", "-e", f"fleet_dest={fleet}")
    devices = json.loads(fleet.read_text())["devices"]
    assert {host: problems(document) for host, document in devices.items()} == {host: [] for host in one.hosts}
    told = {host: next(line for line in run.output.splitlines() if line.startswith(f"{host} ")) for host in one.hosts}
    assert told["battery"].split()[1] == "ready"
    assert "31 % left" in told["battery"]
    assert told["undecided"].split()[1] == "unknown"
    assert "Power source is unknown" in told["undecided"]
