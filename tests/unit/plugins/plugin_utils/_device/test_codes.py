"""Codes of reagentc and of BitLocker in words."""

from __future__ import annotations

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.codes import explain_bitlocker, explain_reagentc

from tests.contract import tables


@pytest.mark.parametrize(
    ("number", "name"),
    [
        (0x2, "ERROR_FILE_NOT_FOUND"),
        (0x3, "ERROR_PATH_NOT_FOUND"),
        (0x5, "ERROR_ACCESS_DENIED"),
        (0x57, "ERROR_INVALID_PARAMETER"),
        (0x70, "ERROR_DISK_FULL"),
        (0xB7, "ERROR_ALREADY_EXISTS"),
        (0x4C7, "ERROR_CANCELLED"),
        (0x80070005, "E_ACCESSDENIED"),
        (-2147024891, "E_ACCESSDENIED"),
        (0x80070032, "HRESULT of ERROR_NOT_SUPPORTED"),
    ],
)
def test_known_codes_have_name_meaning_and_next_step(number: int, name: str) -> None:
    code = explain_reagentc(number)

    assert code.name == name
    assert code.number == number & 0xFFFFFFFF
    assert code.meaning
    assert code.next_step
    assert str(code) == f"code 0x{code.number:x}, {name}: {code.meaning} {code.next_step}"


@pytest.mark.parametrize("number", [0x3BC3, 0xC142011C, 0, -1])
def test_other_codes_are_called_unknown_and_lead_to_the_log(number: int) -> None:
    code = explain_reagentc(number)

    assert code.name is None
    assert "unknown" in str(code)
    assert "ReAgent.log" in code.next_step


def test_the_codes_of_bitlocker_are_those_of_the_contract() -> None:
    known = tables.load().codes("bitlocker")

    assert known
    assert {number: explain_bitlocker(number).name for number in known} == known
    assert explain_bitlocker(0x80310001).name is None
    assert "manage-bde" in explain_bitlocker(0x80310001).next_step
