from __future__ import annotations

import copy
import typing as t

import pytest

from tests.contract.tables import Contract, load
from tests.simulator.commands.handlers import HANDLERS
from tests.simulator.commands.native import PROGRAMS
from tests.simulator.device import cim
from tests.unit.simulator.driver import device


def changed(change: t.Callable[[dict[str, t.Any]], None]) -> Contract:
    tables = copy.deepcopy(dict(load().tables))
    change(tables)
    return Contract(tables)


def own_value(tables: t.Any) -> dict[str, t.Any]:
    """The first registry value that has a grade and source of its own."""
    return next(value for key in tables["registry"]["keys"] for value in key["values"].values() if isinstance(value, dict))


def test_every_entry_has_a_grade_and_a_known_source() -> None:
    assert load().ungraded() == []


@pytest.mark.parametrize("wrong", [{"grade": "certain"}, {"grade": None}, {"source": "hearsay"}, {"source": None}])
@pytest.mark.parametrize(
    "entry",
    [
        lambda tables: tables["commands"]["commands"]["Get-Item"],
        lambda tables: tables["commands"]["common"]["ErrorAction"],
        lambda tables: tables["programs"]["programs"]["reagentc.exe"],
        lambda tables: tables["programs"]["programs"]["reagentc.exe"]["arguments"][0],
        lambda tables: tables["programs"]["programs"]["reagentc.exe"]["exit_codes"][2],
        lambda tables: tables["cim"]["classes"][0],
        lambda tables: tables["registry"]["keys"][0],
        own_value,
        lambda tables: tables["files"]["files"][0],
        lambda tables: tables["files"]["environment"]["SystemRoot"],
        lambda tables: tables["errors"]["records"]["PathNotFound"],
        lambda tables: tables["errors"]["codes"][0],
        lambda tables: tables["errors"]["sids"]["S-1-1-0"],
        lambda tables: tables["behaviors"]["behaviors"]["wow64"],
    ],
)
def test_an_entry_without_them_is_found(entry: t.Callable[[t.Any], dict[str, t.Any]], wrong: dict[str, t.Any]) -> None:
    assert len(changed(lambda tables: entry(tables).update(wrong)).ungraded()) == 1


def test_every_source_is_described_and_used() -> None:
    tables = load().tables
    assert all(entry["title"] and entry["kind"] for entry in tables["sources"].values())
    used = repr({name: table for name, table in tables.items() if name != "sources"})
    # Texts of programs name their sources outside the tables; the rest has to be used in them.
    outside = {"reagentc_info_en_24h2", "reagentc_info_zh", "reagentc_info_labels"}
    idle = [key for key in tables["sources"] if f"'{key}'" not in used and key not in outside]
    assert idle == []


def test_the_contract_and_the_simulator_hold_the_same() -> None:
    tables = load().tables
    assert set(HANDLERS) == set(tables["commands"]["commands"])
    assert set(PROGRAMS) == set(tables["programs"]["programs"])


@pytest.mark.parametrize("entry", load().tables["cim"]["classes"], ids=lambda entry: entry["name"])
def test_every_class_is_simulated_with_exactly_its_properties(entry: dict[str, t.Any]) -> None:
    rows = cim.rows(device(), entry["name"])
    assert rows
    assert all(set(row) == set(entry["properties"]) for row in rows)


READS: list[tuple[str, dict[str | None, t.Any]]] = [
    ("Get-Content", {"LiteralPath": ["Env:SystemRoot", "Env:PROCESSOR_ARCHITECTURE"]}),
    ("Get-Content", {"LiteralPath": "C:\\Windows\\System32\\Recovery\\ReAgent.xml", "Raw": True, "Encoding": "UTF8"}),
    ("Get-Item", {"LiteralPath": ["C:\\Windows\\System32\\Recovery\\Winre.wim"], "Force": True}),
    ("Get-ItemProperty", {"Path": ["HKLM:\\SOFTWARE\\Microsoft\\PolicyManager\\providers\\*\\default\\Device\\CredentialProviders"]}),
    ("Get-CimInstance", {"ClassName": "Win32_Volume", "Filter": "DriveType=3", "Property": ["DeviceID"]}),
    ("reagentc.exe", {None: ["/info"]}),
    ("whoami.exe", {None: ["/groups", "/fo", "csv", "/nh"]}),
    ("Set-Variable", {"Name": "LASTEXITCODE", "Scope": "Global", "Value": "unset"}),
]


@pytest.mark.parametrize(("name", "arguments"), READS)
def test_what_is_in_use_is_in_the_contract(name: str, arguments: dict[str | None, t.Any]) -> None:
    assert load().check_command(name, arguments) == []


@pytest.mark.parametrize(
    ("name", "arguments", "words"),
    [
        ("Get-Nothing", {}, "no such command"),
        ("Get-Item", {"LiteralPath": "C:\\x", "Recurse": True}, "'Recurse'"),
        ("Get-Content", {"LiteralPath": "Env:SystemRoot", "Encoding": "UTF8"}, "'Encoding'"),
        ("Get-Content", {"LiteralPath": "Env:HOME"}, "HOME"),
        ("Get-ItemProperty", {"LiteralPath": "HKLM:\\SOFTWARE\\Contoso"}, "unknown registry key"),
        ("Get-ItemProperty", {"Path": "HKLM:\\SOFTWARE\\*"}, "unknown registry key"),
        ("Get-ItemProperty", {"LiteralPath": ("HKLM:\\SOFTWARE\\Contoso",)}, "unknown registry key"),
        ("Get-ItemProperty", {"LiteralPath": "Registry::HKEY_USERS\\.DEFAULT"}, "unknown registry key"),
        ("Get-CimInstance", {"ClassName": "Win32_Nothing"}, "unknown class"),
        ("Get-CimInstance", {"ClassName": "MSFT_Partition"}, "unknown class root/cimv2:MSFT_Partition"),
        ("Get-CimInstance", {"ClassName": "Win32_BIOS", "Property": ["Nothing"]}, "no property Nothing"),
        ("reagentc.exe", {None: ["/boottore"]}, "unknown arguments"),
        ("reagentc.exe", {"info": True}, "positional text only"),
    ],
)
def test_what_is_not_in_the_contract_is_told(name: str, arguments: dict[str | None, t.Any], words: str) -> None:
    (violation,) = load().check_command(name, arguments)
    assert words in violation


def test_look_ups_ignore_case_and_the_way_a_namespace_is_spelled() -> None:
    contract = load()
    assert contract.cim_class("ROOT\\CIMV2", "win32_bios") is not None
    key = contract.registry_key("hklm:\\software\\microsoft\\enrollments\\{some-guid}")
    assert key is not None
    assert key.values["ProviderID"] == "REG_SZ"
    by_provider = contract.registry_key("registry::hkey_local_machine\\software\\microsoft\\enrollments\\x")
    assert by_provider == key


def test_a_value_with_a_grade_of_its_own_has_its_type() -> None:
    key = load().registry_key("HKLM\\SOFTWARE\\Microsoft\\Provisioning\\Diagnostics\\Autopilot")
    assert key is not None
    assert key.values["TenantId"] == key.values["CloudAssignedTenantId"] == "REG_SZ"
