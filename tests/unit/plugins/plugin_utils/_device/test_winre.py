"""WinRE from its evidence. Captures of `reagentc /info` are authentic where the source has them; labels are never relied on."""

from __future__ import annotations

import dataclasses
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import winre
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Unreadable
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import NativeResult, Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import given
from hypothesis import strategies as st

PLACE = "\\\\?\\GLOBALROOT\\device\\harddisk0\\partition4\\Recovery\\WindowsRE"
BCD = "19285d63-1d3c-11ee-9d2a-a4bb6d1c2f00"
ZERO = "00000000-0000-0000-0000-000000000000"

ENGLISH_24H2 = f"""Windows Recovery Environment (Windows RE) and system reset configuration
Information:

    Windows RE status:         Enabled
    Windows RE location:       {PLACE}
    Boot Configuration Data (BCD) identifier: {BCD}
    Recovery image location:
    Recovery image index:      0
    Custom image location:
    Custom image index:        0
    Windows RE Version:        10.0.26100.8235

REAGENTC.EXE: Operation Successful.
"""
# Before 24H2 there is no version line.
ENGLISH_23H2 = ENGLISH_24H2.replace("    Windows RE Version:        10.0.26100.8235\n", "")
CHINESE = f"""Windows 恢复环境(Windows RE)和系统初始化配置
信息:
    Windows RE 状态:           Enabled
    Windows RE 位置:           {PLACE}
    引导配置数据(BCD)标识符:   {BCD}
    恢复映像位置:
    恢复映像索引:              0
    自定义映像位置:
    自定义映像索引:            0
REAGENTC.EXE: 操作成功。
"""
# German, Japanese and French: authentic are the lines with status, version and the closing line, the rest is cut away.
GERMAN_DISABLED = f"""    Windows RE-Status: Disabled
    {ZERO}
    0.0.0.0
"""
JAPANESE = f"""    Windows RE の状態:         Enabled
    {PLACE}
"""
FRENCH = f"""    État de Windows RE :       Enabled
    Emplacement de Windows RE : {PLACE}

REAGENTC.EXE : opération réussie.
"""
# Disabled with a BCD identifier that stayed: seen on real machines.
CHINESE_DISABLED = CHINESE.replace("Enabled", "Disabled").replace(PLACE, "")

CAPTURES = [
    ("en 24H2", ENGLISH_24H2, True, "10.0.26100.8235"),
    ("en 23H2", ENGLISH_23H2, True, None),
    ("zh", CHINESE, True, None),
    ("zh disabled", CHINESE_DISABLED, False, None),
    ("de disabled", GERMAN_DISABLED, False, None),
    ("ja", JAPANESE, True, None),
    ("fr", FRENCH, True, None),
]


def lines(text: str) -> list[str]:
    return text.splitlines()


def info(text: str, exit_code: int = 0) -> winre.Info:
    return winre.parse_info(lines(text), exit_code)


@pytest.mark.parametrize(("text", "enabled", "version"), [case[1:] for case in CAPTURES], ids=[case[0] for case in CAPTURES])
@pytest.mark.parametrize("ending", ["", " ", "\r", "\t "])
def test_captures_in_several_languages(text: str, enabled: bool, version: str | None, ending: str) -> None:
    found = winre.parse_info([line + ending for line in lines(text)], 0)

    assert found.enabled is enabled
    assert found.version == version
    assert found.code is None
    assert (found.location is not None) is enabled


def test_the_place_is_taken_apart() -> None:
    assert info(ENGLISH_24H2).location == winre.Location(0, 4, None, "\\Recovery\\WindowsRE", PLACE)
    by_volume = ENGLISH_24H2.replace(PLACE, "\\\\?\\Volume{DE94BBA4-06D1-4D40-A16A-BFD50179D6AC}\\Recovery\\WindowsRE")
    found = info(by_volume).location
    assert found is not None
    assert (found.disk, found.partition, found.folder) == (None, None, "\\Recovery\\WindowsRE")
    assert found.volume == "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}"


def test_a_place_whose_backslashes_were_lost_is_shown_whole() -> None:
    found = info("Windows RE location: device\\harddisk0\\partition4\\Recovery\\WindowsRE").location

    assert found is not None
    assert "harddisk0" in found.text


def test_a_boot_identifier_that_stayed_proves_nothing() -> None:
    found = info(CHINESE_DISABLED)

    assert found.bcd_id == BCD
    assert found.enabled is False


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("", None),
        ("A: Enabled\nB: Disabled", None),
        ("A: Enabled\nB: Enabled", "Enabled"),
        ("A: NotEnabled", None),
        ("A: Enabled by policy", None),
        ("A: enabled", None),
        ("Enabled", "Enabled"),
        ("状態\uff1aDisabled", "Disabled"),
        ("A: Aktiviert", None),
    ],
)
def test_only_the_two_untranslated_words_at_the_end_of_a_line_count(text: str, status: str | None) -> None:
    assert info(text).status == status


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("REAGENTC.EXE: Operation failed: 5", 0x5),
        ("REAGENTC.EXE: Operation failed: 70", 0x70),
        ("REAGENTC.EXE: Operation failed: b7", 0xB7),
        ("REAGENTC.EXE: Operation failed: 3bc3", 0x3BC3),
        ("REAGENTC.EXE: Operation failed: c142011c", 0xC142011C),
        ("REAGENTC.EXE: Operation failed: 0x80070005", 0x80070005),
        ("REAGENTC.EXE : l'op\ufffdration a \ufffdchou\ufffd : 4c7", 0x4C7),
        ("REAGENTC.EXE\xa0: \xe9chec\xa0: 2.", 0x2),
        ("REAGENTC.EXE: 操作失败: 57。", 0x57),
        ("REAGENTC.EXE: Operation Successful.", None),
        ("REAGENTC.EXE: 操作成功。", None),
        ("REAGENTC.EXE : opération réussie.", None),
        ("REAGENTC.EXE: 未找到 Windows RE 映像。", None),
        ("    Recovery image index:      0", None),
        ("", None),
    ],
)
def test_the_number_in_the_text_is_hexadecimal(line: str, code: int | None) -> None:
    assert winre.text_code(["other", line, ""]) == code


# --- any language, any damage to it

LABEL = st.text(st.characters(exclude_categories=["Cs", "Cc", "Zl", "Zp"]), max_size=30).filter(
    lambda text: not any(word in text.lower() for word in ("enabled", "disabled", "harddisk", "volume", "reagentc"))
)
MOJIBAKE = st.sampled_from(["utf-8", "cp850", "cp932", "cp936", "cp1252"])


def _garbled(text: str, written: str, read: str) -> str:
    """Text written in one code page and read in another, as redirected output of a console program is."""
    return " ".join(text.encode(written, "replace").decode(read, "replace").splitlines())


@given(
    enabled=st.booleans(),
    labels=st.lists(LABEL, min_size=9, max_size=9),
    colon=st.sampled_from([":", " :", "\xa0:", "\uff1a"]),
    kept_bcd=st.booleans(),
    written=MOJIBAKE,
    read=MOJIBAKE,
    garble=st.booleans(),
)
def test_labels_in_any_script_or_garbled_never_change_the_verdict(
    enabled: bool, labels: list[str], colon: str, kept_bcd: bool, written: str, read: str, garble: bool
) -> None:
    if garble:
        labels = [_garbled(label, written, read) for label in labels]
    word, place = ("Enabled", PLACE) if enabled else ("Disabled", "")
    printed = [
        labels[0],
        f"    {labels[1]}{colon}         {word}",
        f"    {labels[2]}{colon}       {place}",
        f"    {labels[3]}{colon} {BCD if enabled or kept_bcd else ZERO}",
        f"    {labels[4]}{colon}",
        f"    {labels[5]}{colon}      0",
        f"    {labels[6]}{colon}",
        f"    {labels[7]}{colon}        0",
        "",
        f"REAGENTC.EXE{colon} {labels[8].replace(':', '')}.",
    ]
    found = winre.parse_info(printed, 0)

    assert found.enabled is enabled
    assert winre.decide(ENABLED_CONFIG if enabled else DISABLED_CONFIG, found) == ("enabled" if enabled else "disabled")


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]))), st.integers(-(2**31), 2**31 - 1))
def test_no_output_whatever_raises_or_enables_by_itself(printed: list[str], exit_code: int) -> None:
    found = winre.parse_info(printed, exit_code)

    assert winre.decide(DISABLED_CONFIG, found) != "enabled"


# --- ReAgent.xml

XML = """<?xml version='1.0' encoding='utf-8'?>

<WindowsRE version="2.0">
  <WinreBCD id="{19285d63-1d3c-11ee-9d2a-a4bb6d1c2f00}"/>
  <WinreLocation path="\\Recovery\\WindowsRE" id="0" offset="511101108224" guid="{b1e0ad6b-0a2b-4b0b-8e59-2f3ad1dd7c11}"/>
  <ImageLocation path="" id="0" offset="0" guid="{00000000-0000-0000-0000-000000000000}"/>
  <PBRImageLocation path="" id="0" offset="0" guid="{00000000-0000-0000-0000-000000000000}" index="0"/>
  <PBRCustomImageLocation path="" id="0" offset="0" guid="{00000000-0000-0000-0000-000000000000}" index="0"/>
  <InstallState state="1"/>
  <OsInstallAvailable state="0"/>
  <CustomImageAvailable state="0"/>
  <IsAutoRepairOn state="1"/>
  <WinREStaged state="0"/>
  <OperationParam path=""/>
  <OsBuildVersion path="22621.1.amd64fre.ni_release.220506-1250"/>
  <OemTool state="0"/>
  <IsServer state="0"/>
  <DownlevelWinreLocation path="" id="0" offset="0" guid="{00000000-0000-0000-0000-000000000000}"/>
  <IsWimBoot state="0"/>
  <NarratorScheduled state="0"/>
  <ScheduledOperation state="5"/>
</WindowsRE>
"""
XML_DISABLED = (
    XML.replace('InstallState state="1"', 'InstallState state="0"')
    .replace('path="\\Recovery\\WindowsRE" id="0" offset="511101108224"', 'path="" id="0" offset="0"')
    .replace('WinREStaged state="0"', 'WinREStaged state="1"')
)


def config(text: str) -> winre.Config:
    found = winre.parse_config(text)
    assert isinstance(found, winre.Config)
    return found


ENABLED_CONFIG = config(XML)
DISABLED_CONFIG = config(XML_DISABLED)


def test_an_enabled_file() -> None:
    guid = "{b1e0ad6b-0a2b-4b0b-8e59-2f3ad1dd7c11}"

    assert config(XML) == winre.Config(1, "\\Recovery\\WindowsRE", 511101108224, guid, False, f"{{{BCD}}}")
    assert config(XML).enabled


def test_a_disabled_file() -> None:
    found = config(XML_DISABLED)

    assert (found.install_state, found.path, found.offset, found.staged, found.enabled) == (0, None, 0, True, False)


@pytest.mark.parametrize("before", ["", "\ufeff", "\n", "\ufeff\n"])
def test_byte_order_mark_and_blank_lines_do_not_matter(before: str) -> None:
    assert config(before + XML) == ENABLED_CONFIG


@pytest.mark.parametrize("text", [XML, XML_DISABLED], ids=["enabled", "disabled"])
def test_cut_off_anywhere_it_is_damaged_and_never_enabled(text: str) -> None:
    whole = len(text.rstrip())
    for length in range(whole):
        assert isinstance(winre.parse_config(text[:length]), Unreadable), length
    assert isinstance(winre.parse_config(text[:whole]), winre.Config)


@pytest.mark.parametrize("doctype", ["<!DOCTYPE x>", '<!doctype WindowsRE [<!ENTITY a "b">]>', "<!DocType x>"])
def test_a_document_type_is_refused(doctype: str) -> None:
    found = winre.parse_config(XML.replace("<WindowsRE", f"{doctype}<WindowsRE", 1))

    assert isinstance(found, Unreadable)
    assert "document type" in found.reason


@pytest.mark.parametrize("text", ["", "   ", "<html/>", "\x00", "not xml", "<WindowsRE/><WindowsRE/>", "\ufeff"])
def test_what_is_no_such_file_is_unreadable(text: str) -> None:
    found = winre.parse_config(text)

    assert isinstance(found, Unreadable)
    assert "ReAgent.xml" in found.reason


@pytest.mark.parametrize("state", ["", "2", "-1", "x", "1.0", "0x1", "\u0661", "\u00b2", "01 1", "true", "9" * 300])
def test_an_odd_install_state_never_counts_as_enabled(state: str) -> None:
    assert not config(XML.replace('InstallState state="1"', f'InstallState state="{state}"')).enabled


def test_missing_elements_and_attributes_are_not_there() -> None:
    found = config('<WindowsRE version="2.0"><WinreLocation/><InstallState/></WindowsRE>')

    assert set(dataclasses.asdict(found).values()) == {None}
    assert not found.enabled


def test_a_number_of_any_length_does_not_raise() -> None:
    winre.parse_config(XML.replace("511101108224", "9" * 5000))


def test_half_a_character_does_not_raise() -> None:
    winre.parse_config(XML.replace("5", "\ud800"))


@given(st.text(st.characters(exclude_categories=["Cs"])))
def test_no_text_raises_or_is_enabled(text: str) -> None:
    found = winre.parse_config(text)

    assert isinstance(found, Unreadable) or not found.enabled


@given(st.integers(0, len(XML) - 1), st.integers(1, 60))
def test_a_hole_in_the_file_never_makes_a_disabled_one_enabled(start: int, size: int) -> None:
    found = winre.parse_config(XML_DISABLED[:start] + XML_DISABLED[start + size :])

    assert isinstance(found, Unreadable) or not found.enabled


def test_the_file_is_missing_or_could_not_be_read() -> None:
    gone = RemoteError("Cannot find path", "PathNotFound,Microsoft.PowerShell.Commands.GetContentCommand", "C:\\x")
    denied = RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException")

    assert winre.read_config(Reading(errors=(gone,))) is None
    assert isinstance(winre.read_config(Reading(errors=(denied,))), Unreadable)
    assert isinstance(winre.read_config(Reading()), Unreadable)
    assert winre.read_config(Reading((RemoteObject((), {"PSPath": "x"}, value=XML),))) == ENABLED_CONFIG


# --- the verdict

ON = info(ENGLISH_24H2)
OFF = info(CHINESE_DISABLED)
NOWHERE = info(ENGLISH_24H2.replace(PLACE, ""))
SILENT = info("REAGENTC.EXE: Operation failed: 5", 5)
BROKEN = Unreadable("broken")


@pytest.mark.parametrize(
    ("by_file", "by_tool", "verdict"),
    [
        (ENABLED_CONFIG, ON, "enabled"),
        (DISABLED_CONFIG, OFF, "disabled"),
        (None, OFF, "disabled"),
        (ENABLED_CONFIG, OFF, "inconsistent"),
        (DISABLED_CONFIG, ON, "inconsistent"),
        (None, ON, "inconsistent"),
        (ENABLED_CONFIG, NOWHERE, "inconsistent"),
        (ENABLED_CONFIG, SILENT, None),
        (DISABLED_CONFIG, SILENT, None),
        (None, SILENT, None),
        (BROKEN, ON, None),
        (BROKEN, OFF, None),
        (ENABLED_CONFIG, BROKEN, None),
        (DISABLED_CONFIG, BROKEN, None),
    ],
)
def test_the_verdict(by_file: t.Any, by_tool: t.Any, verdict: str | None) -> None:
    found = winre.decide(by_file, by_tool)

    assert found == verdict if verdict else isinstance(found, Unreadable)


def test_a_silent_reagentc_explains_its_code() -> None:
    found = winre.decide(ENABLED_CONFIG, SILENT)

    assert isinstance(found, Unreadable)
    assert "ERROR_ACCESS_DENIED" in found.reason


@pytest.mark.parametrize("text", [ENGLISH_24H2, ENGLISH_24H2.replace("Operation Successful.", "Operation failed: 5")])
def test_enabled_in_the_text_of_a_failed_run_is_not_enough(text: str) -> None:
    assert winre.decide(ENABLED_CONFIG, info(text, 5)) != "enabled"


@pytest.mark.parametrize(
    "result", [NativeResult((), None), NativeResult((), None, RemoteError("no")), NativeResult((), 0, RemoteError("no"))]
)
def test_a_reagentc_that_did_not_run_is_unreadable(result: NativeResult) -> None:
    assert isinstance(winre.read_info(result), Unreadable)


# --- switching

OK = "REAGENTC.EXE: Operation Successful."


@pytest.mark.parametrize(
    ("text", "exit_code", "ok", "said"),
    [
        (OK, 0, True, "succeeded"),
        ("REAGENTC.EXE: Operation failed: 70", 112, False, "ERROR_DISK_FULL"),
        ("REAGENTC.EXE: Operation failed: 2", 2, False, "ERROR_FILE_NOT_FOUND"),
        ("REAGENTC.EXE: Operation failed: b7", 183, False, "ERROR_ALREADY_EXISTS"),
        ("REAGENTC.EXE: Operation failed: 4c7", 1223, False, "ERROR_CANCELLED"),
        ("REAGENTC.EXE: Operation failed: 3bc3", 0x3BC3, False, "unknown"),
        ("", 5, False, "ERROR_ACCESS_DENIED"),
        ("", -2147024891, False, "E_ACCESSDENIED"),
        ("REAGENTC.EXE: 未找到 Windows RE 映像。", 2, False, "ERROR_FILE_NOT_FOUND"),
    ],
)
def test_a_switch_is_read_by_exit_code_and_text(text: str, exit_code: int, ok: bool, said: str) -> None:
    found = winre.read_switch("/enable", NativeResult((text,), exit_code))

    assert (found.ok, found.exit_code, found.text) == (ok, exit_code, text)
    assert said in found.message
    assert "exit code was" not in found.message


@pytest.mark.parametrize(
    ("text", "exit_code", "name"),
    [("REAGENTC.EXE: Operation failed: 70", 1, "ERROR_DISK_FULL"), ("REAGENTC.EXE: Operation failed: 5", 0, "ERROR_ACCESS_DENIED")],
)
def test_codes_that_disagree_are_both_told(text: str, exit_code: int, name: str) -> None:
    found = winre.read_switch("/enable", NativeResult((text,), exit_code))

    assert not found.ok
    assert name in found.message
    assert f"exit code was {exit_code}" in found.message


def test_one_hresult_said_twice_is_no_disagreement() -> None:
    found = winre.read_switch("/enable", NativeResult(("REAGENTC.EXE: Operation failed: 80070005",), -2147024891))

    assert "exit code was" not in found.message


@pytest.mark.parametrize(
    "result", [NativeResult((), None), NativeResult(("x",), 0, RemoteError("not recognized", "CommandNotFoundException"))]
)
def test_a_program_that_never_ran_switched_nothing(result: NativeResult) -> None:
    found = winre.read_switch("/enable", result)

    assert not found.ok
    assert "could not be run" in found.message


def test_the_words_for_reagentc() -> None:
    assert (winre.switch_arguments("enabled"), winre.switch_arguments("disabled")) == ("/enable", "/disable")


# --- the whole part, with partitions

VOLUME = "\\\\?\\Volume{6a1d8a5c-0f2f-4a0e-8d5e-2a2f0c9b7e11}\\"
CIM = "Microsoft.Management.Infrastructure.CimInstance"


def cim(name: str, **properties: t.Any) -> RemoteObject:
    return RemoteObject((f"{CIM}#ns/{name}",), properties)


def partition(number: int, kind: str = winre.RECOVERY_PARTITION, path: t.Any = VOLUME, disk: int = 0) -> RemoteObject:
    paths = path if isinstance(path, list) else [path]
    return cim("MSFT_Partition", DiskNumber=disk, PartitionNumber=number, Size=943718400, GptType=kind, AccessPaths=paths)


def readings(**changes: Reading) -> dict[str, Reading]:
    found = {
        "xml": Reading((XML,)),
        "staged": Reading(errors=(RemoteError("gone", "PathNotFound,Microsoft.PowerShell.Commands.GetItemCommand"),)),
        "info": Reading((*lines(ENGLISH_23H2), 0)),
        "partitions": Reading((partition(1, "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}", None), partition(4))),
        "volumes": Reading((cim("Win32_Volume", DeviceID=VOLUME.upper(), FreeSpace=322961408),)),
        "version": Reading((RemoteObject((), {"WinREVersion": "10.0.22621.4034"}),)),
    }
    return {**found, **changes}


DENIED = Reading(errors=(RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException"),))


def test_the_partition_is_found_by_number_and_its_free_space_by_access_path() -> None:
    found = winre.parse(readings())
    expected = {"disk": 0, "partition": 4, "size": 943718400, "free": 322961408, "type": winre.RECOVERY_PARTITION}

    assert found["state"] == "enabled"
    assert found["partition"] == expected
    assert found["recovery_partitions"] == [expected]
    assert found["version"] == "10.0.22621.4034"
    assert found["evidence"]["staged_image_bytes"] is None
    assert found["evidence"]["reagentc"]["exit_code"] == 0


def test_the_partition_is_found_by_volume() -> None:
    by_volume = Reading((f"location: {VOLUME}Recovery\\WindowsRE", "x: Enabled", 0))

    assert winre.parse(readings(info=by_volume))["partition"]["partition"] == 4


def test_a_partition_without_numbers_matches_no_volume() -> None:
    by_volume = Reading((f"location: {VOLUME}Recovery\\WindowsRE", "x: Enabled", 0))
    nameless = cim("MSFT_Partition", Size=1, GptType="x", AccessPaths=[])

    assert winre.parse(readings(info=by_volume, partitions=Reading((nameless, partition(4)))))["partition"]["size"] == 943718400


def test_the_disk_counts_as_well_as_the_partition() -> None:
    found = winre.parse(readings(partitions=Reading((partition(4, disk=1),))))

    assert isinstance(found["partition"], Unreadable)
    assert "harddisk0" in found["partition"].reason


def test_one_access_path_may_come_as_a_string_and_a_letter_does_not_matter() -> None:
    alone = cim("MSFT_Partition", DiskNumber=0, PartitionNumber=4, Size=1, GptType=winre.RECOVERY_PARTITION, AccessPaths=VOLUME)

    assert winre.parse(readings(partitions=Reading((alone,))))["partition"]["free"] == 322961408
    lettered = partition(4, path=["R:\\", VOLUME])
    assert winre.parse(readings(partitions=Reading((lettered,))))["partition"]["free"] == 322961408


def test_a_partition_without_volume_has_unreadable_free_space_only() -> None:
    found = winre.parse(readings(volumes=Reading(())))["partition"]

    assert isinstance(found["free"], Unreadable)
    assert found["size"] == 943718400


@pytest.mark.parametrize("name", ["partitions", "volumes", "version", "staged"])
def test_what_is_beside_the_verdict_does_not_decide_it(name: str) -> None:
    assert winre.parse(readings(**{name: DENIED}))["state"] == "enabled"


@pytest.mark.parametrize("name", ["xml", "info"])
def test_without_one_of_its_sources_there_is_no_verdict(name: str) -> None:
    assert isinstance(winre.parse(readings(**{name: DENIED}))["state"], Unreadable)


def test_a_disabled_device_has_no_place_and_a_staged_image() -> None:
    staged = Reading((RemoteObject(("System.IO.FileInfo",), {"Length": 546_000_000}),))
    found = winre.parse(readings(xml=Reading((XML_DISABLED,)), info=Reading((*lines(CHINESE_DISABLED), 0)), staged=staged))

    assert (found["state"], found["location"], found["partition"]) == ("disabled", None, None)
    assert found["evidence"]["staged_image_bytes"] == 546_000_000
    assert len(found["recovery_partitions"]) == 1


def test_the_version_that_reagentc_prints_wins_unless_it_is_zero() -> None:
    zero = ENGLISH_24H2.replace("10.0.26100.8235", "0.0.0.0")

    assert winre.parse(readings(info=Reading((*lines(ENGLISH_24H2), 0))))["version"] == "10.0.26100.8235"
    assert winre.parse(readings(info=Reading((*lines(zero), 0))))["version"] == "10.0.22621.4034"
