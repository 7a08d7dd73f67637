"""The whole document over a whole small Windows: one pipeline, and what cannot be read is null with a reason and nothing worse."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import document
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Unreadable
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import RemotingFault
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Environment, Native, Read, Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError
from ansible_collections.autopilot.reset.plugins.plugin_utils._report import fleet
from ansible_collections.autopilot.reset.tests.unit.device import connect
from ansible_collections.autopilot.reset.tests.unit.windows import INTUNE, PLACE, RECOVERY, Recovery, windows
from hypothesis import given, settings
from hypothesis import strategies as st

CORE = tuple(document.PARTS)
PARTITION = {"disk": 0, "partition": 4, "size": 943718400, "free": 322961408, "type": RECOVERY}


def gather(device: t.Any, parts: t.Collection[str] = CORE) -> dict[str, t.Any]:
    return document.gather(connect(device)[0], parts)


def test_the_document_of_a_healthy_device() -> None:
    found = gather(windows())

    assert found["unreadable"] == {}
    assert found["schema_version"] == 1
    assert set(found["gathered"]) == set(CORE)
    assert found["os"] == {
        "computer_name": "LAB-01",
        "windows": "11",
        "product_name": "Windows 10 Enterprise",
        "edition": "Enterprise",
        "version": "23H2",
        "build": 22631,
        "revision": 4317,
        "installation_type": "Client",
        "installed": "2025-03-02T09:14:11Z",
        "started": "2025-06-02T06:55:00Z",
        "machine_guid": "0b3c3f5e-8f1b-4c5e-9d7a-3f2f6f0f8a11",
        "system_root": "C:\\WINDOWS",
        "architecture": "AMD64",
    }
    assert found["firmware"] == {
        "serial_number": "PF3K0417",
        "uuid": "4C4C4544-0042-3510-8052-B4C04F4D3132",
        "manufacturer": "LENOVO",
        "model": "21CBS0DU00",
        "bios_version": "N3AET74W",
    }
    assert found["winre"]["state"] == "enabled"
    assert found["winre"]["location"] == {"disk": 0, "partition": 4, "volume": None, "folder": "\\Recovery\\WindowsRE", "text": PLACE}
    assert found["winre"]["partition"] == PARTITION
    assert found["winre"]["recovery_partitions"] == [PARTITION]
    assert found["join"] == {
        "type": "entra",
        "entra_joined": True,
        "domain_joined": False,
        "domain": None,
        "tenant_id": "6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10",
    }
    assert found["reset_policy"] == {
        "state": "allowed",
        "effective": "allowed",
        "value": 0,
        "winning_provider": {"id": INTUNE, "name": "MS DM Server"},
        "providers": [{"id": INTUNE, "name": "MS DM Server", "value": 0}],
    }
    assert found["management"] == {
        "enrolled": True,
        "intune": True,
        "enrollments": [
            {
                "id": INTUNE,
                "provider": "MS DM Server",
                "type": 6,
                "tenant_id": "6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10",
                "server": "enrollment.manage.microsoft.com",
            }
        ],
    }
    assert found["autopilot"] == {
        "profile_available": True,
        "profile_name": "School laptops",
        "hybrid_join_profile": False,
        "tenant_domain": "contoso.example",
        "tenant_id": "6f8b2c1e",
    }
    assert found["power"] == {"battery": True, "on_mains": True, "charge_percent": 96}
    assert found["pending_reboot"] == {"pending": False, "servicing": False, "windows_update": False, "file_renames": False}
    assert found["updates"] == {"installed": ["KB5058405"], "breaking_reset": None}
    assert found["language"] == {
        "display_languages": ["de-DE"],
        "locale": "0407",
        "country_code": "49",
        "keyboards": ["00000407", "00000409"],
    }
    assert found["users"] == {"console_user": None, "profiles": [{"sid": "S-1-12-1-1", "path": "C:\\Users\\staff", "in_use": False}]}


def test_one_pipeline_reads_everything_and_each_thing_once_and_another_the_packages() -> None:
    session, pool = connect(windows())
    document.gather(session, tuple(document.PARTS))

    assert len(pool.calls) == 2
    assert pool.commands[1] == ["Write-Output", "Get-ProvisioningPackage"]
    # Inside a statement the same command may stand again.
    asked = [repr(call) for call in pool.calls[0] if call[0] not in ("Write-Output", "Select-Object")]
    assert len(asked) == len(set(asked))
    places = [place for call in pool.calls[0] for place in call[1].get("LiteralPath", []) if isinstance(call[1]["LiteralPath"], list)]
    assert len(places) == len(set(places))


def test_windows_elsewhere_costs_a_second_pipeline_for_the_files_alone() -> None:
    session, pool = connect(windows(root="D:\\Win"))
    found = document.gather(session, ("os", "winre", "join"))

    assert found["os"]["system_root"] == "D:\\Win"
    assert found["winre"]["state"] == "enabled"
    assert len(pool.calls) == 2
    assert pool.commands[1] == ["Get-Item", "Get-Content"]
    assert pool.calls[1][1][1]["LiteralPath"] == "D:\\Win\\System32\\Recovery\\ReAgent.xml"


def test_windows_elsewhere_has_its_other_folders_on_its_drive_too() -> None:
    session, pool = connect(windows(root="D:\\Win"))
    found = document.gather(session, ("wifi", "bitlocker", "recovery_customizations", "packages"))

    assert found["bitlocker"]["volumes"][0]["drive"] == "D:"
    assert pool.commands[1] == ["Write-Output", "Get-ProvisioningPackage"]
    assert "'D:" in repr(pool.calls[2])
    assert "C:" not in repr(pool.calls[2])
    assert "Get-ProvisioningPackage" not in pool.commands[2]


def test_windows_elsewhere_does_not_matter_to_parts_without_files() -> None:
    session, pool = connect(windows(root="D:\\Win"))
    document.gather(session, ("join",))

    assert len(pool.calls) == 1


@pytest.mark.parametrize("part", CORE)
def test_a_single_part_is_the_same_as_within_the_whole(part: str) -> None:
    found = gather(windows(), (part,))

    assert found["gathered"] == [part]
    assert set(found) == {"schema_version", "gathered", "unreadable", part}
    assert found[part] == gather(windows())[part]


def test_a_32_bit_session_is_refused_whatever_is_asked_for() -> None:
    device = windows()
    device.environment["PROCESSOR_ARCHITECTURE"] = "x86"

    with pytest.raises(RemotingFault, match="32-bit"):
        gather(device, ("join",))


def test_assemble_replaces_what_is_unreadable_at_any_depth() -> None:
    parts: dict[str, dict[str, t.Any]] = {
        "a": {"b": Unreadable("why b"), "c": [{"d": Unreadable("why d")}, 1], "e": {"f": {"g": Unreadable("why g")}}},
        "h": {"i": None},
    }
    found = document.assemble(parts)

    assert found["a"] == {"b": None, "c": [{"d": None}, 1], "e": {"f": {"g": None}}}
    assert found["h"] == {"i": None}
    assert found["unreadable"] == {"a.b": "why b", "a.c[0].d": "why d", "a.e.f.g": "why g"}


# --- any part unreadable

DENIED = RemoteError("Access is denied", "X,Y", exception="System.UnauthorizedAccessException")
DIED = RemoteError("It died.", "Fatal,Some.Command")
WAYS = {
    "denied": Reading(errors=(DENIED,)),
    "died": Reading(died=DIED),
    "silent": Reading(),
}


class Reader:
    """Reads from a real session, and lets some reads fail; remembers what was asked."""

    def __init__(self, failing: t.Mapping[Read, Reading], **options: t.Any) -> None:
        self.failing = failing
        self.session = connect(windows(**options))[0]
        self.asked: list[Read] = []

    def read(self, reads: t.Mapping[str, Read]) -> dict[str, Reading]:
        self.asked += reads.values()
        return {key: self.failing.get(reads[key], reading) for key, reading in self.session.read(reads).items()}


def _reads() -> list[Read]:
    found: dict[Read, None] = {}
    for part in CORE:
        found.update(dict.fromkeys(document.PARTS[part].reads(document.SYSTEM_ROOT).values()))
    return list(found)


READS = _reads()
JUDGED = {"winre", "join", "os", "reset_policy", "management", "updates", "pending_reboot", "power"}
# A registry pattern that matches nothing, and a class without instances, are answers: silence is no failure of theirs.
FAILURES = st.dictionaries(st.sampled_from(READS), st.sampled_from([WAYS["denied"], WAYS["died"]]))


def _leaves(value: t.Any, path: str = "") -> dict[str, t.Any]:
    if isinstance(value, dict):
        return {key: leaf for name, item in value.items() for key, leaf in _leaves(item, f"{path}.{name}").items()}
    if isinstance(value, list):
        return {key: leaf for index, item in enumerate(value) for key, leaf in _leaves(item, f"{path}[{index}]").items()}
    return {path.lstrip("."): value}


WHOLE = _leaves({part: gather(windows())[part] for part in CORE})


def _check(found: dict[str, t.Any], whole: dict[str, t.Any]) -> None:
    """Every value is what it is on the healthy device, or null with a reason at its place or above it."""
    leaves = _leaves({part: found[part] for part in CORE})
    hidden = tuple(found["unreadable"])
    for path, value in whole.items():
        beneath = [reason for reason in hidden if path == reason or path.startswith((f"{reason}.", f"{reason}["))]
        if beneath:
            assert leaves.get(path) is None, path
        else:
            assert leaves[path] == value, path
    for path in hidden:
        assert found["unreadable"][path]
    assert all(leaves.get(path) is None for path in hidden)


@settings(max_examples=60)
@given(FAILURES)
def test_whatever_cannot_be_read_is_null_with_a_reason_and_the_rest_is_intact(failing: dict[Read, Reading]) -> None:
    found = document.gather(Reader(failing), CORE)

    _check(found, WHOLE)
    assert bool(found["unreadable"]) is bool(failing)


@settings(max_examples=40)
@given(FAILURES.filter(bool), st.booleans())
def test_nothing_unreadable_is_ever_reported_as_good(failing: dict[Read, Reading], enabled: bool) -> None:
    found = document.gather(Reader(failing, recovery=Recovery(enabled=enabled)), CORE)
    reads = {part: set(document.PARTS[part].reads(document.SYSTEM_ROOT).items()) for part in CORE}
    lost = {part: {key for key, read in reads[part] if read in failing} for part in CORE}

    if {"xml", "info"} & lost["winre"]:
        assert found["winre"]["state"] is None
    if {"join_info", "computer"} & lost["join"]:
        assert found["join"]["type"] is None
    if "join_info" in lost["join"]:
        assert found["join"]["entra_joined"] is None
        assert found["join"]["tenant_id"] is None
    if "current" in lost["reset_policy"]:
        assert (found["reset_policy"]["state"], found["reset_policy"]["effective"]) == (None, None)


@settings(max_examples=30)
@given(FAILURES.filter(bool))
def test_what_could_not_be_read_is_unknown_in_the_findings_and_in_the_fleet_table(failing: dict[Read, Reading]) -> None:
    found = document.gather(Reader(failing), CORE)
    judged = fleet.row("lab-01", {"device": found})
    table = " ".join(fleet.table([judged]).split())

    assert judged.state == "unknown"
    assert {finding.path for finding in judged.findings} == set(found["unreadable"])
    assert all(finding.kind == "unknown" for finding in judged.findings)
    assert all(" ".join(why.split()) in table for why in found["unreadable"].values())


@settings(max_examples=30)
@given(st.sets(st.sampled_from(CORE)))
def test_a_part_that_was_not_asked_for_is_absent_and_never_makes_a_device_ready(left_out: set[str]) -> None:
    found = document.gather(connect(windows())[0], [part for part in CORE if part not in left_out])
    judged = fleet.row("lab-01", {"device": found})

    assert left_out.isdisjoint(found)
    assert judged.state == ("unknown" if left_out & JUDGED else "ready")


@pytest.mark.parametrize("read", READS, ids=repr)
@pytest.mark.parametrize("way", WAYS)
def test_one_read_that_fails_in_any_way_raises_nothing(read: Read, way: str) -> None:
    found = document.gather(Reader({read: WAYS[way]}), CORE)

    if way == "silent" and isinstance(read, (Environment, Native)):
        assert found["unreadable"]


def test_names_of_providers_that_could_not_be_read_are_said_to_be_so() -> None:
    enrollments = document.PARTS["reset_policy"].reads("")["enrollments"]
    found = document.gather(Reader({enrollments: WAYS["denied"]}), CORE)

    assert any(path.startswith("reset_policy.") for path in found["unreadable"])


def test_a_statement_that_died_after_it_answered_is_unreadable() -> None:
    whole = connect(windows())[0]
    ignored = []
    for read in READS:
        late = dataclasses.replace(whole.read({"x": read})["x"], died=DIED)
        if not document.gather(Reader({read: late}), CORE)["unreadable"]:
            ignored.append(read)

    assert not ignored


def test_a_non_administrator_gets_every_reason_in_words() -> None:
    found = document.gather(Reader(dict.fromkeys(READS, WAYS["denied"])), CORE)

    assert found["winre"]["state"] is None
    assert "access denied" in found["unreadable"]["winre.evidence.reagent_xml"]
    assert all("access denied" in reason or "Access is denied" in reason for reason in found["unreadable"].values())


@pytest.mark.parametrize("part", document.PARTS)
def test_each_part_reads_what_it_parses_and_is_all_unreadable_when_nothing_is(part: str) -> None:
    """Holds for parts to come as well: no part raises, and none makes something of nothing."""
    found = document.PARTS[part].parse(dict.fromkeys(document.PARTS[part].reads(document.SYSTEM_ROOT), WAYS["died"]))
    settled = document.assemble({part: found})

    assert settled["unreadable"]
    assert {leaf for leaf in _leaves(settled[part]).values() if leaf not in (None, [], {})} == set()
