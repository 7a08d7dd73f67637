"""Many readings travel as one pipeline and are told apart again, whatever order their answers come in and wherever it dies."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import (
    MARKER,
    Batch,
    CimInstances,
    Environment,
    Event,
    Failure,
    Item,
    Native,
    NativeResult,
    Output,
    Read,
    Reading,
    RegistryKey,
    RegistryKeys,
    TextFile,
    native_path,
    native_result,
    native_statements,
    plan,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import assume, given
from hypothesis import strategies as st

CIM = "Microsoft.Management.Infrastructure.CimInstance"
DEAD = RemoteError("It died.", "Fatal,Some.Command")


def registry_object(path: str, **values: t.Any) -> RemoteObject:
    return RemoteObject(
        ("System.Management.Automation.PSCustomObject",), {**values, "PSPath": f"Microsoft.PowerShell.Core\\Registry::{path}"}
    )


def file_text(path: str, text: str = "text") -> RemoteObject:
    return RemoteObject((), {"PSPath": f"Microsoft.PowerShell.Core\\FileSystem::{path}"}, value=text)


def file_item(path: str) -> RemoteObject:
    return RemoteObject(("System.IO.FileInfo",), {"PSPath": f"Microsoft.PowerShell.Core\\FileSystem::{path}"})


def variable(name: str, text: str = "value") -> RemoteObject:
    return RemoteObject((), {"PSPath": f"Microsoft.PowerShell.Core\\Environment::{name}"}, value=text)


def instance(class_name: str, namespace: str = "root/cimv2") -> RemoteObject:
    return RemoteObject((f"{CIM}#{namespace}/{class_name}", CIM), {})


def not_found(target: str, command: str) -> RemoteError:
    return RemoteError("Cannot find path", f"PathNotFound,Microsoft.PowerShell.Commands.{command}", target)


def commands(batch: Batch) -> list[Command]:
    return [command for statement in batch.statements for command in statement]


def markers(batch: Batch) -> list[str]:
    return [str(command.parameters["InputObject"]) for command in commands(batch) if command.name == "Write-Output"]


# --- the plan


def test_reads_of_one_kind_share_a_command() -> None:
    batch = plan({"a": RegistryKey("HKLM:\\A"), "b": RegistryKey("HKLM:\\B"), "x": Environment("X"), "y": Environment("Y")}, "t")

    assert commands(batch) == [
        Command("Get-ItemProperty", {"LiteralPath": ("HKLM:\\A", "HKLM:\\B")}),
        Command("Get-Content", {"LiteralPath": ("Env:X", "Env:Y")}),
    ]


@pytest.mark.parametrize(
    ("read", "command"),
    [
        (RegistryKey("HKLM:\\A*"), Command("Get-ItemProperty", {"LiteralPath": ("HKLM:\\A*",)})),
        (RegistryKeys("HKLM:\\A\\*"), Command("Get-ItemProperty", {"Path": ("HKLM:\\A\\*",)})),
        (Item("C:\\$SysReset"), Command("Get-Item", {"LiteralPath": ("C:\\$SysReset",), "Force": True})),
        (TextFile("C:\\[a].xml"), Command("Get-Content", {"LiteralPath": "C:\\[a].xml", "Raw": True, "Encoding": "UTF8"})),
        (CimInstances("Win32_BIOS"), Command("Get-CimInstance", {"ClassName": "Win32_BIOS"})),
        (
            CimInstances("Win32_Volume", "root/x", "DriveType=3", ("DeviceID",)),
            Command(
                "Get-CimInstance", {"Namespace": "root/x", "ClassName": "Win32_Volume", "Filter": "DriveType=3", "Property": ("DeviceID",)}
            ),
        ),
    ],
)
def test_each_kind_says_its_command(read: Read, command: Command) -> None:
    assert commands(plan({"only": read}, "t")) == [command]


def test_a_program_has_its_exit_code_reset_before_and_read_after_it() -> None:
    batch = plan({"p": Native("reagentc.exe", ("/info",))}, "t")

    assert commands(batch)[1:] == [
        Command("Set-Variable", {"Name": "LASTEXITCODE", "Scope": "Global", "Value": "unset"}),
        Command("reagentc.exe", arguments=("/info",)),
        Command("Get-Variable", {"Name": "LASTEXITCODE", "Scope": "Global", "ValueOnly": True}),
    ]


def test_only_what_does_not_name_itself_is_marked_and_comes_last() -> None:
    reads: dict[str, Read] = {"p": Native("a.exe"), "c": CimInstances("Win32_BIOS"), "q": Native("b.exe"), "f": TextFile("C:\\x")}
    names = [command.name for command in commands(plan(reads, "t"))]

    assert names.count("Write-Output") == 2
    assert set(names[: names.index("Write-Output")]) == {"Get-CimInstance", "Get-Content"}


def test_a_precise_plan_marks_every_read_on_its_own() -> None:
    reads: dict[str, Read] = {"a": RegistryKey("HKLM:\\A"), "b": RegistryKey("HKLM:\\B"), "c": CimInstances("X"), "p": Native("a.exe")}
    batch = plan(reads, "t", precise=True)

    assert len(set(markers(batch))) == len(reads)
    assert [command.name for command in commands(batch)][:4] == ["Write-Output", "Get-ItemProperty", "Write-Output", "Get-ItemProperty"]


def test_markers_carry_the_token() -> None:
    reads: dict[str, Read] = {"p": Native("a.exe")}

    assert all(marker.startswith(f"{MARKER}1234") for marker in markers(plan(reads, "1234")))
    assert markers(plan(reads, "1234")) != markers(plan(reads, "5678"))


def test_one_place_is_asked_once() -> None:
    batch = plan({"a": RegistryKey("HKLM:\\A"), "b": RegistryKey("HKLM:\\A")}, "t")

    assert commands(batch) == [Command("Get-ItemProperty", {"LiteralPath": ("HKLM:\\A",)})]


def test_two_keys_with_one_read_both_get_the_answer() -> None:
    batch = plan({"a": RegistryKey("HKLM:\\A"), "b": RegistryKey("HKLM:\\A")}, "t")
    found = batch.sort([Output(registry_object("HKEY_LOCAL_MACHINE\\A", x=1))], None)

    # Read at once or read again: but never "nothing there".
    assert all(key in found.again or found.readings[key].outputs for key in "ab")


def test_what_two_patterns_match_is_not_lost_to_one() -> None:
    batch = plan({"a": RegistryKeys("HKLM:\\A\\*"), "b": RegistryKeys("HKLM:\\A\\x*")}, "t")
    seen = Output(registry_object("HKEY_LOCAL_MACHINE\\A\\x1"))
    found = batch.sort([seen, seen], None)

    assert all(key in found.again or found.readings[key].outputs for key in "ab")


# --- whose answer is it


def _owner(reads: dict[str, Read], event: Event) -> str | None:
    """The key that gets an event, as a user of a batch sees it."""
    found = plan(reads, "t").sort([event], None)
    owners = [key for key, reading in found.readings.items() if reading.outputs or reading.errors]
    return owners[0] if owners else None


@pytest.mark.parametrize(
    ("pattern", "path", "matches"),
    [
        ("HKLM:\\A\\*", "HKEY_LOCAL_MACHINE\\A\\b", True),
        ("HKLM:\\A\\*", "HKEY_LOCAL_MACHINE\\a\\B", True),
        ("hklm:\\A\\*", "HKEY_LOCAL_MACHINE\\A\\b", True),
        ("HKLM:\\A\\*", "HKEY_LOCAL_MACHINE\\A\\b\\c", False),
        ("HKLM:\\A\\*", "HKEY_LOCAL_MACHINE\\A", False),
        ("HKLM:\\A\\*", "HKEY_CURRENT_USER\\A\\b", False),
        ("HKLM:\\A\\*\\c", "HKEY_LOCAL_MACHINE\\A\\b\\c", True),
        ("HKLM:\\A\\*\\c", "HKEY_LOCAL_MACHINE\\A\\b\\x\\c", False),
        ("HKLM:\\A\\*\\c", "HKEY_LOCAL_MACHINE\\A\\b\\cc", False),
        ("HKLM:\\A.B\\*", "HKEY_LOCAL_MACHINE\\AxB\\c", False),
        ("HKLM:\\A (x86)+\\*", "HKEY_LOCAL_MACHINE\\A (x86)+\\c", True),
    ],
)
def test_a_star_stands_for_one_level(pattern: str, path: str, matches: bool) -> None:
    assert _owner({"k": RegistryKeys(pattern)}, Output(registry_object(path))) == ("k" if matches else None)


@pytest.mark.parametrize(
    ("read", "error", "claimed"),
    [
        (RegistryKey("HKLM:\\A"), not_found("HKLM:\\A", "GetItemPropertyCommand"), True),
        (RegistryKey("HKLM:\\A"), not_found("HKEY_LOCAL_MACHINE\\a", "GetItemPropertyCommand"), True),
        (RegistryKey("HKLM:\\A"), not_found("HKLM:\\A\\B", "GetItemPropertyCommand"), False),
        (RegistryKey("HKLM:\\A"), not_found("HKLM:\\A", "GetItemCommand"), False),
        (
            RegistryKeys("HKLM:\\A\\*"),
            not_found("Microsoft.PowerShell.Core\\Registry::HKEY_LOCAL_MACHINE\\A\\b", "GetItemPropertyCommand"),
            True,
        ),
        (TextFile("C:\\a"), not_found("c:\\A", "GetContentCommand"), True),
        (TextFile("C:\\a"), not_found("C:\\a", "GetItemCommand"), False),
        (Item("C:\\a"), not_found("C:\\a", "GetItemCommand"), True),
        (Environment("X"), not_found("Env:X", "GetContentCommand"), True),
        (Environment("X"), not_found("X", "GetContentCommand"), True),
        (CimInstances("C"), RemoteError("m", "HRESULT 0x80041010,CimCmdlets.GetCimInstanceCommand", "root/cimv2:C"), True),
        (CimInstances("C"), RemoteError("m", "HRESULT 0x80041010,CimCmdlets.GetCimInstanceCommand", "root\\cimv2:c"), True),
        (CimInstances("C"), RemoteError("m", "HRESULT 0x80041010,CimCmdlets.GetCimInstanceCommand", "root/other:C"), False),
        (CimInstances("C"), RemoteError("m", "HRESULT 0x80041010,CimCmdlets.GetCimInstanceCommand", ""), False),
    ],
)
def test_errors_go_to_the_read_that_they_name(read: Read, error: RemoteError, claimed: bool) -> None:
    found = plan({"k": read}, "t").sort([Failure(error)], None)

    assert ("k" in found.readings) is claimed
    assert not claimed or found.readings["k"].errors == (error,)
    assert claimed or found.again == {"k"}


def test_a_missing_variable_is_known_by_its_path_with_backslash() -> None:
    assert _owner({"k": Environment("X")}, Failure(not_found("Env:\\X", "GetContentCommand"))) == "k"


def test_a_file_read_as_text_and_as_item_is_told_apart() -> None:
    reads: dict[str, Read] = {"text": TextFile("C:\\a"), "item": Item("C:\\a")}
    found = plan(reads, "t").sort([Output(file_item("C:\\a")), Output(file_text("C:\\a"))], None)

    assert found.readings["text"].first.value == "text"
    assert found.readings["item"].first.types == ("System.IO.FileInfo",)


@pytest.mark.parametrize(
    "event",
    [
        Output("nobody's line"),
        Output(7),
        Output(instance("Win32_Other")),
        Output(registry_object("HKEY_LOCAL_MACHINE\\Z")),
        Failure(RemoteError("who?", "Unknown,Some.Command", "")),
    ],
    ids=str,
)
def test_an_event_that_nobody_claims_makes_the_unmarked_ones_be_read_again(event: Event) -> None:
    reads: dict[str, Read] = {"a": RegistryKey("HKLM:\\A"), "b": CimInstances("X"), "p": Native("a.exe")}
    batch = plan(reads, "t")
    mine = Output(registry_object("HKEY_LOCAL_MACHINE\\A"))
    found = batch.sort([mine, event, Output(markers(batch)[0]), Output("line"), Output(0)], None)

    assert found.again == {"a", "b"}
    assert found.readings == {"p": Reading(("line", 0))}


def test_instances_of_one_class_asked_for_twice_are_read_again() -> None:
    reads: dict[str, Read] = {"a": CimInstances("X", filter="A=1"), "b": CimInstances("X", filter="A=2")}
    batch = plan(reads, "t")

    assert batch.sort([Output(instance("X"))], None).again == {"a", "b"}


def test_a_marker_of_another_pipeline_is_an_ordinary_line() -> None:
    batch = plan({"p": Native("a.exe")}, "mine")
    foreign = markers(plan({"p": Native("a.exe")}, "other"))[0]
    found = batch.sort([Output(markers(batch)[0]), Output(foreign), Output(0)], None)

    assert found.readings["p"].outputs == (foreign, 0)


# --- properties

NAMES = st.text("abcXYZ019 .()+[]{}^$|-_", min_size=1, max_size=8).filter(lambda name: name.strip() == name and "*" not in name)


class Case(t.NamedTuple):
    read: Read
    events: tuple[Event, ...]


def _case(kind: str, name: str, count: int, missing: bool) -> Case:
    """A read and a sequence of answers that name it; each answer differs, so that its order shows."""
    tell = range(count)
    if kind == "key":
        path = f"SOFTWARE\\k-{name}"
        gone: Event = Failure(not_found(f"HKLM:\\{path}", "GetItemPropertyCommand"))
        return Case(RegistryKey(f"HKLM:\\{path}"), (gone,) if missing else (Output(registry_object(f"HKEY_LOCAL_MACHINE\\{path}")),))
    if kind == "keys":
        path = f"SYSTEM\\p-{name}"
        return Case(RegistryKeys(f"HKLM:\\{path}\\*"), tuple(Output(registry_object(f"HKEY_LOCAL_MACHINE\\{path}\\{i}")) for i in tell))
    if kind == "cim":
        target = RemoteError("m", "HRESULT 0x80041010,X.GetCimInstanceCommand", f"root/cimv2:C{name}")
        return Case(CimInstances(f"C{name}"), (Failure(target),) if missing else tuple(Output(instance(f"C{name}")) for _unused in tell))
    if kind == "env":
        return Case(Environment(f"E{name}"), (Output(variable(f"E{name}")),))
    if kind == "text":
        path = f"C:\\t\\{name}"
        gone = Failure(not_found(path, "GetContentCommand"))
        return Case(TextFile(path), (gone,) if missing else (Output(file_text(path)),))
    if kind == "item":
        path = f"C:\\i\\{name}"
        gone = Failure(not_found(path, "GetItemCommand"))
        return Case(Item(path), (gone,) if missing else (Output(file_item(path)),))
    lines: list[Event] = [Output(f"line {i} of {name}") for i in tell]
    stderr: list[Event] = [Failure(RemoteError("oops", "NativeCommandError"))] if missing else []
    return Case(Native(f"{name}.exe"), (*lines, *stderr, Output(len(lines))))


CASES = st.dictionaries(
    st.tuples(st.sampled_from(["key", "keys", "cim", "env", "text", "item", "native"]), NAMES.map(str.lower)),
    st.tuples(st.integers(0, 3), st.booleans()),
    max_size=8,
).map(lambda chosen: {f"{kind}:{name}": _case(kind, name, *rest) for (kind, name), rest in chosen.items()})


def _interleave(data: st.DataObject, runs: list[list[Event]]) -> list[Event]:
    """Some order that keeps the order within each run."""
    order = data.draw(st.permutations([index for index, run in enumerate(runs) for _unused in run]))
    waiting = [iter(run) for run in runs]
    return [next(waiting[index]) for index in order]


def _wire(data: st.DataObject, batch: Batch, cases: t.Mapping[str, Case]) -> list[Event]:
    """What the pipeline gives: within the unmarked zone and within each marked slot in any order."""
    zone: list[list[Event]] = []
    marked: list[Event] = []
    for slot in batch.slots:
        runs = [list(cases[key].events) for key in slot.reads]
        if slot.marker is None:
            zone += runs
        else:
            marked += [Output(slot.marker), *_interleave(data, runs)]
    return [*_interleave(data, zone), *marked]


def _reading(case: Case, died: RemoteError | None = None) -> Reading:
    outputs = tuple(event.value for event in case.events if isinstance(event, Output))
    return Reading(outputs, tuple(event.error for event in case.events if isinstance(event, Failure)), died)


@given(st.data(), CASES, st.booleans())
def test_every_event_lands_with_its_read(data: st.DataObject, cases: dict[str, Case], precise: bool) -> None:
    batch = plan({key: case.read for key, case in cases.items()}, "t", precise=precise)
    found = batch.sort(_wire(data, batch, cases), None)

    assert not found.again
    assert found.readings == {key: _reading(case) for key, case in cases.items()}


@given(st.data(), CASES)
def test_a_precise_batch_that_dies_gives_what_came_before_and_names_the_dead(data: st.DataObject, cases: dict[str, Case]) -> None:
    assume(cases)
    batch = plan({key: case.read for key, case in cases.items()}, "t", precise=True)
    last = data.draw(st.integers(0, len(batch.slots) - 1))
    events: list[Event] = []
    for slot in batch.slots[: last + 1]:
        events += [Output(str(slot.marker)), *(event for key in slot.reads for event in cases[key].events)]
    found = batch.sort(events, DEAD)

    order = [key for slot in batch.slots for key in slot.reads]
    assert found.again == set(order[last + 1 :])
    assert set(found.readings) == set(order[: last + 1])
    assert [key for key, reading in found.readings.items() if reading.died] == [order[last]]
    assert all(found.readings[key] == _reading(cases[key], DEAD if key == order[last] else None) for key in found.readings)


@given(st.data(), CASES)
def test_a_compact_batch_that_dies_early_trusts_no_unmarked_answer(data: st.DataObject, cases: dict[str, Case]) -> None:
    batch = plan({key: case.read for key, case in cases.items()}, "t")
    events = [event for slot in batch.slots if slot.marker is None for key in slot.reads for event in cases[key].events]
    found = batch.sort(events[: data.draw(st.integers(0, len(events)))], DEAD)

    assert not found.readings
    assert found.again == set(cases)


# --- readings and native results


def test_a_reading_knows_missing_from_failed() -> None:
    gone, denied = not_found("x", "GetItemCommand"), RemoteError("no", "Denied,X", exception="System.UnauthorizedAccessException")

    assert Reading(errors=(gone,)).missing
    assert Reading(errors=(gone,)).failure is None
    assert Reading(errors=(gone, denied)).failure is denied
    assert not Reading(errors=(gone, denied)).missing
    assert Reading(died=DEAD).failure is DEAD
    assert not Reading(errors=(gone,), died=DEAD).missing
    assert not Reading().missing
    assert Reading().failure is None
    assert not Reading(outputs=("x",), errors=(gone,)).missing
    assert (Reading().first, Reading((1, 2)).first) == (None, 1)


STDERR = (RemoteError("first", "NativeCommandError"), RemoteError("second", "NativeCommandErrorMessage"))
ODD = RemoteError("odd", "Other,Set-Variable")


@pytest.mark.parametrize(
    ("reading", "result"),
    [
        (Reading(("a", "b", 0)), NativeResult(("a", "b"), 0)),
        (Reading(("a", -2147024891)), NativeResult(("a",), -2147024891)),
        (Reading((5,)), NativeResult((), 5)),
        (Reading(("out", 1), STDERR), NativeResult(("out", "first", "second"), 1)),
        (Reading(("unset",)), NativeResult((), None)),
        (Reading(("a", "unset")), NativeResult(("a",), None)),
        (Reading(()), NativeResult((), None)),
        (Reading(("a",), died=DEAD), NativeResult(("a",), None, DEAD)),
        (Reading((), died=DEAD), NativeResult((), None, DEAD)),
        (Reading(("a", 0), (ODD,)), NativeResult(("a",), 0, ODD)),
        (Reading((file_text("C:\\x", "noted"), 0)), NativeResult(("noted",), 0)),
        (Reading(("5",)), NativeResult(("5",), None)),
    ],
)
def test_a_native_reading_comes_apart(reading: Reading, result: NativeResult) -> None:
    assert native_result(reading) == result


def test_native_statements_pass_arguments_by_position() -> None:
    program = native_statements(Native("reagentc.exe", ("/enable", "/osguid")))[1][0]

    assert (program.name, program.arguments, dict(program.parameters)) == ("reagentc.exe", ("/enable", "/osguid"), {})


@pytest.mark.parametrize(
    ("path", "full"),
    [
        ("HKLM:\\A", "HKEY_LOCAL_MACHINE\\A"),
        ("hkcu:\\A\\B", "HKEY_CURRENT_USER\\A\\B"),
        ("C:\\A", "C:\\A"),
        ("HKEY_LOCAL_MACHINE\\A", "HKEY_LOCAL_MACHINE\\A"),
        ("X", "X"),
    ],
)
def test_drive_paths_are_written_as_the_provider_does(path: str, full: str) -> None:
    assert native_path(path) == full
