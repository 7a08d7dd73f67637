from __future__ import annotations

import typing as t

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.contract.tables import load
from tests.simulator.device.registry import Registry
from tests.simulator.device.registry_content import registry_of, write
from tests.unit.simulator.driver import device

levels = st.text(st.characters(blacklist_characters="\\*", blacklist_categories=("Cs", "Cc")), min_size=1, max_size=8).filter(
    lambda text: text.lower() == text.casefold()
)
paths = st.lists(levels, min_size=1, max_size=5).map(lambda parts: "HKLM\\" + "\\".join(parts))


@given(st.lists(paths, max_size=12))
def test_every_key_made_is_found_again_and_so_are_those_above_it(made: list[str]) -> None:
    registry = Registry()
    for path in made:
        registry.make(path)
    for path in made:
        parts = path.split("\\")
        assert all(registry.get("\\".join(parts[:count])) is not None for count in range(1, len(parts) + 1))


@given(paths)
def test_a_key_never_made_is_absent(path: str) -> None:
    assert Registry().get(path) is None


@given(st.sets(levels, min_size=1, max_size=6), levels)
def test_a_star_matches_every_child_once_and_nothing_deeper(children: set[str], deeper: str) -> None:
    registry = Registry()
    for child in children:
        registry.make(f"HKLM\\Top\\{child}\\{deeper}")
    found = registry.match("HKLM\\Top\\*")
    assert sorted(key.name.lower() for key in found) == sorted({child.lower() for child in children})
    assert len(registry.match(f"HKLM\\Top\\*\\{deeper}")) == len(found)


@given(st.integers(0, 2**32 - 1))
def test_a_dword_keeps_its_bits_on_the_wire(number: int) -> None:
    from tests.simulator.commands.objects import registry_value
    from tests.simulator.device.registry import Value

    sent = int(registry_value(Value("x", "REG_DWORD", number)))
    assert -(2**31) <= sent < 2**31
    assert sent & 0xFFFFFFFF == number


@pytest.mark.parametrize(
    ("kind", "data"),
    [("REG_DWORD", 2**32), ("REG_DWORD", -1), ("REG_DWORD", True), ("REG_SZ", 1), ("REG_BINARY", "00"), ("REG_MULTI_SZ", "a")],
)
def test_data_that_does_not_fit_its_type_is_refused(kind: str, data: t.Any) -> None:
    with pytest.raises(ValueError, match=kind):
        Registry().set("HKLM\\Top", "x", kind, data)


def test_spelling_is_kept_and_case_does_not_matter() -> None:
    registry = Registry()
    registry.make("HKLM\\SOFTWARE\\Contoso")
    key = registry.get("hklm:\\software\\CONTOSO")
    assert key is not None
    assert key.path == "HKLM\\SOFTWARE\\Contoso"


def test_what_the_contract_does_not_hold_cannot_be_written() -> None:
    with pytest.raises(KeyError, match="Contoso"):
        write(Registry(), "HKLM\\SOFTWARE\\Contoso", {})
    with pytest.raises(KeyError, match="Invented"):
        write(Registry(), "HKLM\\SOFTWARE\\Microsoft\\Cryptography", {"Invented": 1})


@pytest.mark.parametrize(("kind", "joined"), [("entra", True), ("hybrid", True), ("domain", False), ("workgroup", False)])
def test_the_join_key_is_always_there_but_only_entra_devices_have_a_subkey(kind: str, joined: bool) -> None:
    registry = registry_of(device(join={"type": kind}))
    top = registry.get("HKLM\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo")
    assert top is not None
    assert bool(top.children) is joined


def test_every_windows_has_a_dozen_pseudo_enrollments_without_a_discovery_url() -> None:
    keys = registry_of(device(join={"type": "workgroup"})).match("HKLM\\SOFTWARE\\Microsoft\\Enrollments\\*")
    assert len([key for key in keys if key.values]) == 12
    assert len([key for key in keys if not key.values]) == 4
    assert not any("discoveryservicefullurl" in key.values for key in keys)


def test_the_first_policy_setting_wins_and_names_its_provider() -> None:
    target = device(
        enrollments=[{"kind": "mdm"}, {"kind": "bridge"}], policy={"settings": [{"value": 1}, {"value": 0, "provider": "bridge"}]}
    )
    registry = registry_of(target)
    current = registry.get("HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\CredentialProviders")
    assert current is not None
    assert current.values["disableautomaticredeploymentcredentials"].data == 1
    winner = str(current.values["disableautomaticredeploymentcredentials_winningprovider"].data)
    named = registry.get(f"HKLM\\SOFTWARE\\Microsoft\\Enrollments\\{winner}")
    assert named is not None
    assert named.values["providerid"].data == "MS DM Server"
    assert len(registry.match("HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\providers\\*\\default\\Device\\CredentialProviders")) == 2


def test_a_value_written_past_the_providers_has_no_winner() -> None:
    current = registry_of(device(policy={"settings": [], "direct": 0})).get(
        "HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\CredentialProviders"
    )
    assert current is not None
    assert list(current.values) == ["disableautomaticredeploymentcredentials"]


def test_no_policy_means_no_key() -> None:
    registry = registry_of(device(policy={"settings": []}))
    assert registry.get("HKLM\\SOFTWARE\\Microsoft\\PolicyManager\\current\\device\\CredentialProviders") is None


def test_every_value_of_a_full_device_is_in_the_contract_with_its_type() -> None:
    registry = registry_of(device(policy={"settings": [{"value": 0}], "picture_password": 1}))
    pending = [registry.get("HKLM")]
    seen = 0
    while pending:
        key = pending.pop()
        assert key is not None
        pending.extend(key.children.values())
        for value in key.values.values():
            known = load().registry_key(key.path)
            assert known is not None
            assert known.values[value.name] == value.kind
            seen += 1
    assert seen > 40
