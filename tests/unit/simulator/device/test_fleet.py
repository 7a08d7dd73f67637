from __future__ import annotations

import typing as t
from pathlib import Path

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.device.fleet import FleetError, load, parse

json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=6), inner, max_size=3),
    max_leaves=8,
)
KEYS = [
    "powered_on",
    "computer_name",
    "language",
    "os",
    "firmware",
    "storage",
    "winre",
    "join",
    "enrollments",
    "policy",
    "accounts",
    "endpoint",
    "faults",
]


def fleet_text(**keys: t.Any) -> str:
    return yaml.safe_dump({"devices": {"pc-1": {"address": "127.85.0.1", **keys}}})


def refusal(text: str) -> str | None:
    """Why a text is no fleet; None when it is one."""
    try:
        parse(text)
    except FleetError as error:
        return str(error)
    return None


@given(json_like)
def test_whatever_a_file_holds_it_is_a_fleet_or_a_fleet_error(data: t.Any) -> None:
    message = refusal(yaml.safe_dump(data))
    assert message is None or message.startswith("fleet")


@given(st.sampled_from(KEYS), json_like)
def test_whatever_a_key_holds_it_fits_or_is_refused_with_its_place(key: str, data: t.Any) -> None:
    message = refusal(fleet_text(**{key: data}))
    assert message is None or f"devices.pc-1.{key}" in message


@given(st.text(max_size=40))
def test_no_text_makes_anything_but_a_fleet_error(text: str) -> None:
    with pytest.raises(FleetError):
        parse(text)


@given(st.sets(st.from_regex(r"[a-z]{1,8}-[0-9]{1,3}", fullmatch=True), min_size=2, max_size=6))
def test_devices_differ_in_what_identifies_them_and_stay_the_same_over_restarts(names: set[str]) -> None:
    text = yaml.safe_dump({"devices": {name: {"address": f"127.85.1.{index}"} for index, name in enumerate(sorted(names), 1)}})
    first, second = parse(text).devices, parse(text).devices
    assert len({each.state.firmware.serial_number for each in first.values()}) == len(names)
    assert len({each.state.os.machine_guid for each in first.values()}) == len(names)
    assert [each.state.firmware.uuid for each in first.values()] == [each.state.firmware.uuid for each in second.values()]


@pytest.mark.parametrize(
    ("keys", "words"),
    [
        ({"winrey": {}}, ["devices.pc-1", "'winrey'", "'winre'"]),
        ({"winre": {"stat": "disabled"}}, ["devices.pc-1.winre", "'stat'", "'state'"]),
        ({"winre": {"state": "off"}}, ["devices.pc-1.winre.state", "'off'", "'disabled'"]),
        ({"winre": {"state": False}}, ["devices.pc-1.winre.state", "False"]),
        ({"os": {"build": "22631"}}, ["devices.pc-1.os.build", "a whole number"]),
        ({"os": {"build": True}}, ["devices.pc-1.os.build", "a whole number"]),
        ({"os": {"version": 1.5}}, ["devices.pc-1.os.version", "Quote it"]),
        ({"endpoint": {"powershell": 7}}, ["devices.pc-1.endpoint.powershell", "'7'"]),
        ({"storage": {"partitions": [{"kind": "efi", "size_mib": 100}]}}, ["devices.pc-1.storage", "'windows'"]),
        ({"storage": {"partitions": [{"kind": "windows"}]}}, ["devices.pc-1.storage.partitions[0]", "'size_mib' is missing"]),
        ({"accounts": {"tech": {"kind": "administrator"}}}, ["devices.pc-1.accounts.tech", "'password' is missing"]),
        ({"address": "192.0.2.1"}, ["devices.pc-1.address", "loopback"]),
    ],
)
def test_mistakes_are_told_with_their_place_and_what_to_do(keys: dict[str, t.Any], words: list[str]) -> None:
    with pytest.raises(FleetError) as raised:
        parse(fleet_text(**keys), "fleet.yml")
    assert str(raised.value).startswith("fleet.yml: ")
    assert all(word in str(raised.value) for word in words)


def test_two_devices_at_one_address_are_refused() -> None:
    with pytest.raises(FleetError, match="belongs to 'a' already"):
        parse("devices: {a: {address: 127.85.0.1}, b: {address: 127.85.0.1}}")


def test_a_missing_file_and_bad_yaml_are_plain_messages(tmp_path: Path) -> None:
    with pytest.raises(FleetError, match="No such file"):
        load(tmp_path / "none.yml")
    broken = tmp_path / "broken.yml"
    broken.write_text("devices: {\n  a: [\n")
    with pytest.raises(FleetError, match=r"broken\.yml, line 3: this is not YAML"):
        load(broken)


def test_the_fleet_keeps_the_order_of_its_file() -> None:
    assert list(parse("devices: {z: {address: 127.85.0.1}, a: {address: 127.85.0.2}}").devices) == ["z", "a"]


def test_every_key_of_a_device_stands_in_the_readme() -> None:
    import dataclasses

    from tests.simulator.device.device import State

    readme = (Path(__file__).parents[3] / "simulator" / "README.md").read_text(encoding="utf-8")
    for field in dataclasses.fields(State):
        assert f"`{field.name}`" in readme, field.name
        kind = field.default_factory() if callable(field.default_factory) else None
        for inner in dataclasses.fields(kind) if dataclasses.is_dataclass(kind) else ():
            assert f"`{inner.name}`" in readme, f"{field.name}.{inner.name}"
