"""Statements of several commands, folders, and refused CIM queries: given to their read, or read again when that is not certain."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import (
    MARKER,
    CimInstances,
    Event,
    Failure,
    Folder,
    Output,
    Pipe,
    Read,
    plan,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError, RemoteObject
from hypothesis import given
from hypothesis import strategies as st

CIM = "Microsoft.Management.Infrastructure.CimInstance"
RESULT = "Microsoft.Management.Infrastructure.CimMethodResult"
CMDLETS = "Microsoft.Management.Infrastructure.CimCmdlets"


def query(class_name: str) -> Command:
    return Command("Get-CimInstance", {"ClassName": class_name, "Filter": "X=1"})


MEMBERS = Pipe((query("A_Group"), Command("Get-CimAssociatedInstance", {"ResultClassName": "A_User"})), gives="A_User")
METHOD = Pipe((query("A_Volume"), Command("Invoke-CimMethod", {"MethodName": "Ask"})), gives="A_Volume#Ask")
FILTERED = CimInstances("A_Disk", filter="X=1")
PLAIN = CimInstances("A_Plain")
READS: dict[str, Read] = {"plain": PLAIN, "filtered": FILTERED, "members": MEMBERS, "method": METHOD}


def instance(name: str) -> Output:
    return Output(RemoteObject((f"{CIM}#root/cimv2/{name}", CIM), {}))


def result(name: str) -> Output:
    return Output(RemoteObject((f"{RESULT}#{name}", RESULT), {"ReturnValue": 0}))


def refused(command: str = "GetCimInstanceCommand", target: str = "", message: str = "Access denied") -> Failure:
    return Failure(RemoteError(message, f"HRESULT 0x80041003,{CMDLETS}.{command}", target))


def sort(events: t.Iterable[Event], reads: t.Mapping[str, Read] | None = None) -> t.Any:
    return plan(READS if reads is None else reads, "t").sort(events, None)


def test_pipes_that_name_their_outputs_need_no_marker() -> None:
    batch = plan({"text": Pipe((Command("Get-Text"),)), **READS}, "t")

    names = [command.name for statement in batch.statements for command in statement]
    assert names.count("Write-Output") == 1
    assert names[-2:] == ["Write-Output", "Get-Text"]


def test_outputs_go_to_the_pipe_that_gives_them() -> None:
    found = sort([instance("A_Plain"), instance("A_Disk"), instance("a_user"), result("a_volume#Ask")])

    assert found.again == frozenset()
    assert {key: len(reading.outputs) for key, reading in found.readings.items()} == dict.fromkeys(READS, 1)


@pytest.mark.parametrize("stranger", [result("A_Volume#Tell"), result("A_Disk#Ask"), instance("A_Volume"), instance("A_Group")])
def test_an_output_that_nobody_announced_is_given_to_nobody(stranger: Output) -> None:
    assert sort([stranger]).again == set(READS)


def test_an_error_behind_the_first_command_of_a_pipe_is_its_own() -> None:
    found = sort([refused("GetCimAssociatedInstanceCommand", "A_Group: x"), refused("InvokeCimMethodCommand", "A_Volume: y")])

    assert found.again == frozenset()
    assert [key for key, reading in found.readings.items() if reading.failure] == ["members", "method"]


def test_as_many_refusals_as_queries_belong_to_them_in_their_order() -> None:
    found = sort([refused(message=f"no {number}") for number in range(3)])

    assert found.again == frozenset()
    failures = {key: reading.failure.message for key, reading in found.readings.items() if reading.failure}
    assert failures == {"filtered": "no 0", "members": "no 1", "method": "no 2"}


def test_the_one_query_of_a_batch_owns_a_refusal() -> None:
    found = sort([refused()], {"plain": PLAIN, "filtered": FILTERED})

    assert found.again == frozenset()
    assert found.readings["filtered"].failure is not None
    assert found.readings["plain"].failure is None


@given(st.integers(1, 6).filter(lambda count: count != 3))
def test_any_other_number_of_refusals_is_read_again(count: int) -> None:
    assert sort([refused()] * count).again == set(READS)


def test_a_refusal_without_any_query_is_read_again() -> None:
    assert sort([refused()], {"plain": PLAIN}).again == {"plain"}


def test_a_refused_enumeration_names_its_class_and_is_no_query_s() -> None:
    found = sort([refused(target="root/cimv2:A_Plain"), *[refused()] * 3])

    assert found.again == frozenset()
    assert all(reading.failure for reading in found.readings.values())


def test_behind_a_marker_a_refusal_belongs_to_the_statement_of_the_marker() -> None:
    batch = plan(READS, "t", precise=True)
    events: list[Event] = []
    for index, _slot in enumerate(batch.slots):
        events += [Output(f"{MARKER}t:{index}"), *([refused()] if index == 1 else [])]
    found = batch.sort(events, None)

    assert [key for key, reading in found.readings.items() if reading.failure] == list(batch.slots[1].reads)


# --- folders

FOLDERS: dict[str, Read] = {"a": Folder("C:\\A"), "b": Folder("C:\\A\\B")}


def item(folder: str) -> Output:
    notes = {"PSParentPath": f"Microsoft.PowerShell.Core\\FileSystem::{folder}", "PSPath": f"FileSystem::{folder}\\x"}
    return Output(RemoteObject(("System.IO.FileInfo",), notes))


def test_folders_share_a_command_and_items_go_to_the_folder_they_stand_in() -> None:
    batch = plan(FOLDERS, "t")
    assert batch.statements == ((Command("Get-ChildItem", {"LiteralPath": ("C:\\A", "C:\\A\\B"), "Force": True}),),)

    found = batch.sort([item("C:\\a"), item("C:\\A\\B"), item("C:\\A\\B")], None)
    assert found.again == frozenset()
    assert {key: len(reading.outputs) for key, reading in found.readings.items()} == {"a": 1, "b": 2}


def test_a_folder_that_is_missing_is_an_answer_and_a_closed_one_is_none() -> None:
    command = "Microsoft.PowerShell.Commands.GetChildItemCommand"
    missing = Failure(RemoteError("Cannot find path", f"PathNotFound,{command}", "C:\\A"))
    closed = Failure(RemoteError("Denied", f"DirUnauthorizedAccessError,{command}", "C:\\A\\B", "System.UnauthorizedAccessException"))
    found = sort([missing, closed], FOLDERS).readings

    assert found["a"].missing
    assert found["b"].failure is not None
    assert found["b"].failure.access_denied
