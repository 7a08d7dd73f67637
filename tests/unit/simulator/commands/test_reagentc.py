"""What reagentc prints and returns, line by line."""

from __future__ import annotations

import typing as t

import pytest

from tests.unit.simulator.driver import call, device, run

CODE = call("Get-Variable", Name="LASTEXITCODE", Scope="Global", ValueOnly=True)
SMALL = {"partitions": [{"kind": "windows", "size_mib": 90000}, {"kind": "recovery", "size_mib": 300}]}
NO_RECOVERY = {"partitions": [{"kind": "windows", "size_mib": 90000}]}


def reagentc(verb: str, **keys: t.Any) -> tuple[list[str], int]:
    *lines, code = run(device(**keys), call("reagentc.exe", verb), CODE).outputs
    return [str(line) for line in lines], int(code)


def test_info_of_23h2_in_english() -> None:
    lines, code = reagentc("/info")
    assert code == 0
    assert lines[:5] == [
        "Windows Recovery Environment (Windows RE) and system reset configuration",
        "Information:",
        "",
        "    Windows RE status:         Enabled",
        "    Windows RE location:       \\\\?\\GLOBALROOT\\device\\harddisk0\\partition4\\Recovery\\WindowsRE",
    ]
    assert lines[-3:] == ["", "REAGENTC.EXE: Operation Successful.", ""]
    assert not any("Version" in line for line in lines)


@pytest.mark.parametrize(("state", "version"), [("enabled", "10.0.26100.3624"), ("disabled", "0.0.0.0")])
def test_info_of_24h2_has_the_version_of_the_image(state: str, version: str) -> None:
    lines, _unused = reagentc("/info", os={"build": 26100}, winre={"state": state, "version": "10.0.26100.3624"})
    assert f"    Windows RE Version:        {version}" in lines


@pytest.mark.parametrize("language", ["en", "de", "es", "fr", "ja", "nl", "zh"])
@pytest.mark.parametrize(("state", "value"), [("enabled", "Enabled"), ("disabled", "Disabled"), ("inconsistent", "Disabled")])
def test_the_state_is_never_translated(language: str, state: str, value: str) -> None:
    lines, code = reagentc("/info", language=language, winre={"state": state})
    assert code == 0
    assert [line.split()[-1] for line in lines if line.endswith(("Enabled", "Disabled"))] == [value]


def test_chinese_is_laid_out_as_captured() -> None:
    lines, _unused = reagentc("/info", language="zh")
    assert "    Windows RE 状态:           Enabled" in lines
    assert "REAGENTC.EXE: 操作成功。" in lines


@pytest.mark.parametrize("keeps", [True, False])
def test_a_disabled_winre_may_keep_its_boot_entry(keeps: bool) -> None:
    lines, _unused = reagentc("/info", winre={"state": "disabled", "keeps_bcd_id": keeps})
    entry = next(line for line in lines if "(BCD)" in line).split()[-1]
    assert (entry != "00000000-0000-0000-0000-000000000000") is keeps


@pytest.mark.parametrize(
    ("verb", "keys", "text", "expected"),
    [
        ("/enable", {"winre": {"state": "disabled"}}, "REAGENTC.EXE: Operation Successful.", 0),
        ("/disable", {}, "REAGENTC.EXE: Operation Successful.", 0),
        ("/enable", {}, "REAGENTC.EXE: Windows RE is already enabled.", 1),
        ("/disable", {"winre": {"state": "disabled"}}, "REAGENTC.EXE: Windows RE is already disabled.", 1),
        ("/enable", {"winre": {"state": "disabled", "image": "missing"}}, "REAGENTC.EXE: The Windows RE image was not found.", 2),
        ("/enable", {"winre": {"state": "inconsistent"}}, "REAGENTC.EXE: Operation failed: b7", 183),
        ("/enable", {"winre": {"state": "disabled"}, "storage": SMALL}, "REAGENTC.EXE: Operation failed: 70", 112),
        (
            "/enable",
            {"winre": {"state": "disabled"}, "storage": NO_RECOVERY},
            "REAGENTC.EXE: Windows RE cannot be enabled on a volume with BitLocker Drive Encryption enabled.",
            2,
        ),
    ],
)
def test_what_switching_prints_and_returns(verb: str, keys: dict[str, t.Any], text: str, expected: int) -> None:
    assert reagentc(verb, **keys) == ([text, ""], expected)


def test_every_exit_code_is_in_the_contract() -> None:
    from tests.contract.tables import load

    program = load().program("reagentc.exe")
    assert program is not None
    assert {0, 1, 2, 5, 112, 183} <= set(program.exit_codes)


@pytest.mark.parametrize("words", [("/boottore",), ("/info", "/target"), ()])
def test_arguments_outside_the_contract_are_refused_and_noted(words: tuple[str, ...]) -> None:
    target = device()
    died = run(target, call("reagentc.exe", *words)).died
    assert died is not None
    assert died.FullyQualifiedErrorId == "SimulatorNotInContract"
    assert len(target.violations) == 1
