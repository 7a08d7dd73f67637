"""BitLocker, Wi-Fi, accounts, packages and the way in over real PSRP; and that no key ever leaves a device."""

from __future__ import annotations

import typing as t

import pytest

from tests.simulator.transport.fragments import Message, pack

from .conftest import Start

READ = [{"name": "Read", "hosts": "all", "gather_facts": False, "tasks": [{"name": "Read", "autopilot.reset.device_info": {}}]}]
WIFI_KEY, RECOVERY_PASSWORD = "wifi-key-that-stays-7f3a", "135795-246808-135795-246808-135795-246808-135795-246808"
PACKAGE = {"id": "c9e2a1b0-5d4f-4e3a-8b7c-6d5e4f3a2b1c", "name": "School", "version": "1.2"}
ADMIN = {
    "Administrator": {"password": "Autopilot-1!", "kind": "built_in_administrator"},
    "helper": {"password": "Helper-2!", "kind": "administrator"},
}

# For each device: its fleet entry, and what has to stand in its document, by path.
DEVICES: dict[str, tuple[dict[str, t.Any], dict[str, t.Any]]] = {
    "healthy": (
        {"wifi": [{"name": "Büro"}, {"name": "学校"}], "accounts": ADMIN},
        {
            "bitlocker.volumes.0.drive": "C:",
            "bitlocker.volumes.0.protection": "on",
            "wifi.profiles": ["Büro", "学校"],
            "administrators.token_filtering": True,
            "administrators.accounts.0.name": "helper",
            "administrators.accounts.0.remote_rights": "filtered",
            "administrators.accounts.1.built_in": True,
            "administrators.accounts.1.remote_rights": "full",
            "recovery_customizations.packages": [],
            "packages.installed": [],
            "remoting.account.name": "Administrator",
            "remoting.account.local": True,
            "remoting.listeners": [{"transport": "HTTP", "address": "*", "port": 25985}],
            "remoting.survives_reset": "no",
        },
    ),
    "suspended": ({"storage": {"protection": "off"}}, {"bitlocker.volumes.0.protection": "off"}),
    "never-encrypted": (
        {"storage": {"bitlocker": False}},
        {"bitlocker.volumes.0.protection": "off", "bitlocker.recovery_key_ids": []},
    ),
    "no-wifi": ({"wifi": None, "local_account_token_filter_policy": True}, {"wifi.profiles": [], "administrators.token_filtering": False}),
    "packages": (
        {"provisioning": {"packages": [PACKAGE]}, "recovery": {"customizations": ["school.ppkg"], "auto_apply": ["unattend.xml"]}},
        {
            "packages.installed.0.id": "C9E2A1B0-5D4F-4E3A-8B7C-6D5E4F3A2B1C",
            "packages.installed.0.name": "School",
            "packages.installed.0.version": "1.2",
            "recovery_customizations.packages": ["school.ppkg"],
            "recovery_customizations.auto_apply": ["unattend.xml"],
            "remoting.survives_reset": "unknown",
        },
    ),
    "german": ({"language": "de"}, {"administrators.accounts.0.name": "Administrator"}),
    "windows-on-d": (
        {"os": {"system_root": "D:\\Windows"}, "wifi": [{"name": "School"}]},
        {"bitlocker.volumes.0.drive": "D:", "wifi.profiles": ["School"]},
    ),
}

# For each device: its fleet entry, the paths that have to be null with a reason, and words of one of the reasons.
UNREADABLE: dict[str, tuple[dict[str, t.Any], set[str], str]] = {
    "locked": ({"storage": {"protection": "unknown"}}, {"bitlocker.recovery_key_ids"}, "FVE_E_LOCKED_VOLUME"),
    "damaged-profile": ({"wifi": [{"name": "School", "damaged": True}]}, {"wifi.profiles"}, "ProcessingFile"),
    "no-module": (
        {"provisioning": {"module": False}},
        {"packages.installed", "remoting.survives_reset", "remoting.reasons"},
        "Get-ProvisioningPackage",
    ),
}


def at(document: t.Any, path: str) -> t.Any:
    for step in path.split("."):
        document = document[int(step)] if isinstance(document, list) else document[step]
    return document


def test_what_a_fleet_file_says_is_what_the_document_says(lab: Start) -> None:
    one = lab({name: entry for name, (entry, _unused) in DEVICES.items()})
    run = one.playbook(READ, "--forks", "4")
    for name, (_unused, expected) in DEVICES.items():
        device = run.result(name, "device_info")["device"]
        assert device["unreadable"] == {}, name
        assert {path: at(device, path) for path in expected} == expected, name
        keys = device["bitlocker"]["recovery_key_ids"]
        assert len(keys) == (0 if name == "never-encrypted" else 1)


def test_what_cannot_be_read_is_null_with_its_reason_and_the_rest_is_there(lab: Start) -> None:
    one = lab({name: entry for name, (entry, _unused, _unused) in UNREADABLE.items()})
    run = one.playbook(READ)
    for name, (_unused, paths, words) in UNREADABLE.items():
        device = run.result(name, "device_info")["device"]
        assert set(device["unreadable"]) == paths, name
        assert any(words in reason for reason in device["unreadable"].values()), name
        assert device["os"]["build"] == 22631
    assert run.result("locked", "device_info")["device"]["bitlocker"]["volumes"][0]["protection"] == "unknown"


def test_a_user_without_rights_costs_no_second_reading(lab: Start) -> None:
    """Refused queries name no target; as many as were asked, each is its own."""
    helper = {"Administrator": {"password": "Autopilot-1!", "kind": "remote_management"}}
    one = lab({"pc": {"accounts": helper}})
    device = one.task("pc", "device_info").result("pc", "device_info")["device"]
    assert len(one.recorder.pipelines) == 2
    assert {"bitlocker.volumes", "bitlocker.recovery_key_ids", "administrators.accounts", "wifi.profiles"} <= set(device["unreadable"])
    assert device["remoting"]["account"]["name"] == "Administrator"


# --- nothing secret leaves the device


@pytest.fixture
def answers(monkeypatch: pytest.MonkeyPatch) -> list[bytes]:
    """Every PSRP message that a device sends, whole and before it is sealed."""
    sent: list[bytes] = []

    def tap(message: Message) -> bytes:
        sent.append(pack(message))
        return sent[-1]

    monkeypatch.setattr("tests.simulator.transport.psrp.pack", tap)
    return sent


def test_no_key_leaves_the_device_nor_stands_in_any_output(lab: Start, answers: list[bytes]) -> None:
    secret = {"wifi": [{"name": "School", "key": WIFI_KEY}], "storage": {"recovery_password": RECOVERY_PASSWORD}}
    damaged = {"wifi": [{"name": "School", "key": WIFI_KEY, "damaged": True}]}
    one = lab({"pc": secret, "broken": damaged})
    run = one.playbook(READ, "-vvvvv")
    assert run.result("pc", "device_info")["device"]["wifi"]["profiles"] == ["School"]
    wire = b"".join(answers)
    # The tap hears what is said, or it would prove nothing.
    assert b"School" in wire
    assert b"VolumeKeyProtectorID" in wire
    for key in (WIFI_KEY, RECOVERY_PASSWORD):
        assert key.encode() not in wire
        assert key not in run.output
        assert key not in str(run.events)
    assert "keyMaterial" not in run.output
    assert b"keyMaterial" not in wire


# --- faults that stand in a fleet file


def test_a_policy_that_another_provider_won_is_reported_with_both(lab: Start) -> None:
    enrollments = [{"kind": "mdm", "provider": "ContosoMDM"}, {"kind": "bridge"}]
    settings = [{"value": 1, "provider": "mdm"}, {"value": 0, "provider": "bridge"}]
    one = lab({"pc": {"enrollments": enrollments, "policy": {"settings": settings}}})
    policy = one.task("pc", "device_info", gather=["reset_policy"]).result("pc", "device_info")["device"]["reset_policy"]
    assert (policy["state"], policy["effective"], policy["value"]) == ("blocked", "blocked", 1)
    assert policy["winning_provider"]["name"] == "ContosoMDM"
    assert {provider["name"]: provider["value"] for provider in policy["providers"]} == {"ContosoMDM": 1, "WMI_Bridge_SCCM_Server": 0}


SMALL = [{"kind": "efi", "size_mib": 260}, {"kind": "windows", "size_mib": 90000}, {"kind": "recovery", "size_mib": 300}]


@pytest.mark.parametrize(
    ("storage", "words"),
    [({"partitions": SMALL}, "ERROR_DISK_FULL"), ({"partitions": SMALL[:2]}, "ERROR_FILE_NOT_FOUND")],
    ids=["partition too small", "BitLocker in the way"],
)
def test_winre_that_cannot_be_enabled_says_what_is_in_the_way(lab: Start, storage: dict[str, t.Any], words: str) -> None:
    one = lab({"pc": {"winre": {"state": "disabled"}, "storage": storage}})
    device = one.task("pc", "device_info").result("pc", "device_info")["device"]
    assert device["winre"]["state"] == "disabled"
    assert device["bitlocker"]["volumes"][0]["protection"] == "on"
    run = one.task("pc", "winre", state="enabled")
    assert run.event("pc", "winre").outcome == "failed"
    assert words in run.result("pc", "winre")["msg"]
