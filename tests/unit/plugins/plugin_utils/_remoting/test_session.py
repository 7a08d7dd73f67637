"""The session over a pool that stands in for the network: real planning, real pypsrp pipelines, CLIXML as answers."""

from __future__ import annotations

import itertools
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command, Typed
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import RemotingFault
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import (
    CimInstances,
    Environment,
    Item,
    Native,
    NativeResult,
    Read,
    RegistryKey,
    RegistryKeys,
    TextFile,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.session import Session
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import text_of
from ansible_collections.autopilot.reset.tests.unit import clixml
from ansible_collections.autopilot.reset.tests.unit.device import TARGET, Call, Device, Pool, Program, connect
from pypsrp.exceptions import WSManFaultError
from pypsrp.messages import MessageType
from pypsrp.serializer import TaggedValue
from pypsrp.shell import SignalCode
from requests.exceptions import ConnectionError as RequestsConnectionError

READS: dict[str, Read] = {
    "key": RegistryKey("HKLM:\\SOFTWARE\\A"),
    "gone": RegistryKey("HKLM:\\SOFTWARE\\B"),
    "keys": RegistryKeys("HKLM:\\SOFTWARE\\C\\*"),
    "root": Environment("SystemRoot"),
    "item": Item("C:\\a.txt"),
    "bios": CimInstances("Win32_BIOS"),
    "text": TextFile("C:\\a.txt"),
    "info": Native("tool.exe", ("/info",)),
    "more": Native("more.exe"),
}


def a_device(**changes: t.Any) -> Device:
    return Device(
        registry={
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\A": {"x": 1},
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\C\\1": {"y": 2},
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\C\\2": {"y": 3},
        },
        files={"C:\\a.txt": "content"},
        environment={"SystemRoot": "C:\\WINDOWS"},
        cim={"root/cimv2:Win32_BIOS": [{"SerialNumber": "S1"}]},
        programs={"tool.exe": lambda _: Program(("one", "two"), 3, ("bad",)), "more.exe": lambda _: Program()},
        **changes,
    )


def content(session: Session, reads: t.Mapping[str, Read] | None = None) -> dict[str, t.Any]:
    """What each read gave, in short; `DEAD` for those whose statement died."""
    wanted = READS if reads is None else reads
    found = session.read(wanted)
    assert list(found) == list(wanted)
    return {key: "DEAD" if reading.died else [_short(value) for value in reading.outputs] for key, reading in found.items()}


def _short(value: t.Any) -> t.Any:
    if isinstance(value, int):
        return value
    return text_of(value) or next(iter(value.properties.values()))


EXPECTED = {
    "key": [1],
    "gone": [],
    "keys": [2, 3],
    "root": ["C:\\WINDOWS"],
    "item": [7],
    "bios": ["S1"],
    "text": ["content"],
    "info": ["one", "two", 3],
    "more": [0],
}


def test_everything_is_read_in_one_pipeline() -> None:
    session, pool = connect(a_device())

    assert content(session) == EXPECTED
    assert len(pool.calls) == 1
    assert pool.log == ["invoke"]


def test_reading_nothing_asks_nothing() -> None:
    session, pool = connect(a_device())

    assert session.read({}) == {}
    assert not pool.calls


def test_what_is_missing_is_an_answer_and_what_is_denied_is_a_failure() -> None:
    session, pool = connect(a_device(denied={"root/cimv2:Win32_BIOS", "C:\\a.txt"}))
    found = session.read(READS)

    assert found["gone"].missing
    failures = [found[key].failure for key in ("bios", "text", "item")]
    assert all(failure is not None and failure.access_denied for failure in failures)
    assert found["key"].first.get("x") == 1
    assert len(pool.calls) == 1


def _names(call: Call) -> tuple[str, tuple[t.Any, ...]]:
    """A command without what differs between a compact and a precise pipeline: only single places and programs."""
    name, parameters, arguments = call
    places = parameters.get("LiteralPath") or parameters.get("Path") or parameters.get("ClassName") or arguments
    return name, tuple(places) if isinstance(places, list) else (places,)


DEADLY: dict[str, tuple[str, t.Any]] = {
    "key": ("Get-ItemProperty", "HKLM:\\SOFTWARE\\A"),
    "gone": ("Get-ItemProperty", "HKLM:\\SOFTWARE\\B"),
    "keys": ("Get-ItemProperty", "HKLM:\\SOFTWARE\\C\\*"),
    "root": ("Get-Content", "Env:SystemRoot"),
    "item": ("Get-Item", "C:\\a.txt"),
    "bios": ("Get-CimInstance", "Win32_BIOS"),
    "text": ("Get-Content", "C:\\a.txt"),
}


@pytest.mark.parametrize("dying", READS)
def test_whatever_statement_dies_all_others_are_read_exactly_once(dying: str) -> None:
    def deadly(call: Call) -> bool:
        if dying in DEADLY:
            name, place = DEADLY[dying]
            return call[0] == name and place in _names(call)[1]
        return call[0] == {"info": "tool.exe", "more": "more.exe"}[dying]

    session, pool = connect(a_device(deadly=deadly))

    assert content(session) == {**EXPECTED, dying: "DEAD"}
    assert len(pool.calls) <= 3


def test_every_statement_dying_still_ends_and_says_so_for_each() -> None:
    session, _pool = connect(a_device(deadly=lambda call: call[0] not in ("Write-Output", "Set-Variable")))

    assert content(session) == dict.fromkeys(READS, "DEAD")


def test_an_unknown_program_is_that_part_s_error_alone() -> None:
    session, _pool = connect(a_device(unknown={"tool.exe"}))
    found = session.read(READS)

    assert found["info"].died is not None
    assert found["info"].died.id == "CommandNotFoundException"
    assert [key for key, reading in found.items() if reading.died] == ["info"]


def test_an_answer_that_names_nobody_costs_a_precise_pipeline_and_nothing_else() -> None:
    device = a_device()
    device.environment = {}
    device.nameless = {"C:\\a.txt": "content"}  # a string that lost its note properties
    session, pool = connect(device)

    assert content(session, {"text": READS["text"], "key": READS["key"]}) == {"text": ["content"], "key": [1]}
    assert pool.commands == [["Get-ItemProperty", "Get-Content"], ["Write-Output", "Get-ItemProperty", "Write-Output", "Get-Content"]]


def test_the_previous_pipeline_is_closed_before_the_next_begins() -> None:
    session, pool = connect(a_device())
    session.read({"key": READS["key"]})
    session.run((Command("tool.exe"),))
    session.run_native("tool.exe")

    assert pool.log == ["invoke", "Terminate", "invoke", "Terminate", "invoke"]


def test_a_write_runs_alone_and_tells_its_exit_code() -> None:
    session, pool = connect(a_device())

    assert session.run_native("tool.exe", "/enable") == NativeResult(("one", "two", "bad"), 3)
    assert pool.commands == [["Set-Variable", "tool.exe", "Get-Variable"]]
    assert pool.calls[0][1] == ("tool.exe", {}, ("/enable",))


def test_the_exit_code_of_an_earlier_program_is_never_taken() -> None:
    session, _pool = connect(a_device(unknown={"tool.exe"}, exit_code=0))
    result = session.run_native("tool.exe", "/enable")

    assert result.exit_code is None
    assert result.error is not None


def test_outputs_and_errors_keep_their_order() -> None:
    session, _pool = connect(a_device())
    found = session.run((Command("tool.exe"),))

    assert found.outputs == ("one", "two")
    assert [error.message for error in found.errors] == ["bad"]
    assert found.died is None


def test_values_travel_as_what_they_are() -> None:
    session, pool = connect(a_device())
    session.run((Command("tool.exe", {"A": ("x", "y"), "B": True, "C": {"n": Typed("U32", 3)}, "D": 1, "E": b"\0", "F": None}),))
    sent = pool.calls[0][0][1]

    assert {key: sent[key] for key in "ABDEF"} == {"A": ["x", "y"], "B": True, "D": 1, "E": b"\0", "F": None}
    number = sent["C"]["n"]
    assert isinstance(number, TaggedValue)
    assert (number.tag, number.value) == ("U32", 3)


# --- faults


def test_a_device_that_takes_too_long_is_told_to_stop() -> None:
    ticks = itertools.count(0.0, 4.0)
    session, pool = connect(a_device(), limit=10.0, clock=lambda: next(ticks))

    with pytest.raises(RemotingFault, match="within 10 seconds") as caught:
        session.read(READS)
    assert caught.value.code == "too_slow"
    assert "192.0.2.1" in caught.value.seen
    assert pool.log == ["invoke", SignalCode.PS_CTRL_C.rpartition("/")[2]]


def test_a_session_that_was_stopped_can_be_used_again() -> None:
    now = [0.0]
    session, pool = connect(a_device(), limit=10.0, clock=lambda: now[0])
    answers = pool._receive

    def late(identifier: str, timeout: int | None = None) -> list[tuple[int, t.Any]]:
        now[0] += 11
        return answers(identifier, timeout)

    pool._receive = late  # type: ignore[method-assign]
    with pytest.raises(RemotingFault):
        session.read({"keys": READS["keys"]})
    pool._receive = answers  # type: ignore[method-assign]

    assert content(session, {"key": READS["key"]}) == {"key": [1]}


def test_a_poll_without_news_is_no_failure() -> None:
    session, pool = connect(a_device())
    answers, silence = pool._receive, iter([True, False] * 40)

    def slow(identifier: str, timeout: int | None = None) -> list[tuple[int, t.Any]]:
        if next(silence):
            raise WSManFaultError(2150858793, "pc1", "timed out", None, None, None)
        return answers(identifier, timeout)

    pool._receive = slow  # type: ignore[method-assign]

    assert content(session) == EXPECTED


@pytest.mark.parametrize("unknown", [{"Write-Output"}, {"Write-Output", "Get-ItemProperty", "Get-CimInstance", "Get-Content", "Get-Item"}])
def test_a_restricted_endpoint_is_named_as_one(unknown: set[str]) -> None:
    session, _pool = connect(a_device(unknown=unknown))

    with pytest.raises(RemotingFault, match="restricted endpoint") as caught:
        session.read(READS)
    assert caught.value.code == "restricted_endpoint"
    assert not caught.value.lost
    assert "Write-Output" in str(caught.value)


def test_a_session_in_which_nothing_runs_says_why() -> None:
    device = a_device()
    device.invoke = lambda calls: iter([(MessageType.PIPELINE_STATE, _failed())])  # type: ignore[method-assign]
    session, _pool = connect(device)

    with pytest.raises(RemotingFault, match="no command at all: Broken") as caught:
        session.read(READS)
    assert caught.value.code == "nothing_runs"


def _failed() -> str:
    return clixml.pipeline_state(5, clixml.error_record("Broken.", "Broken", exception="System.Exception", name="ExceptionAsErrorRecord"))


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (RequestsConnectionError("Connection aborted."), "connection_lost"),
        (WSManFaultError(2150859173, "pc1", "quota", None, None, None), "shell_quota"),
        (RuntimeError("what?"), "connection_failed"),
    ],
)
def test_whatever_the_transport_raises_is_explained(error: Exception, code: str) -> None:
    session, pool = connect(a_device())
    pool.failing = error

    for act in (lambda: session.read(READS), lambda: session.run((Command("x"),)), lambda: session.run_native("x")):
        with pytest.raises(RemotingFault) as caught:
            act()
        assert caught.value.code == code
        assert caught.value.__cause__ is error


def test_a_pipeline_that_fails_without_a_record_is_still_a_failure() -> None:
    device = a_device()
    device.invoke = lambda calls: iter([(MessageType.PIPELINE_STATE, clixml.pipeline_state(5))])  # type: ignore[method-assign]
    session, _pool = connect(device)

    died = session.run((Command("x"),)).died
    assert died is not None
    assert "without saying why" in str(died)


# --- the announced version table


@pytest.mark.parametrize(
    ("announced", "table"),
    [({"PSVersion": "5.1.22621.1", "PSEdition": "Desktop"}, {"PSVersion": "5.1.22621.1", "PSEdition": "Desktop"}), ({}, {}), (None, {})],
)
def test_the_version_table_is_what_the_endpoint_announced(announced: dict[str, t.Any] | None, table: dict[str, t.Any]) -> None:
    assert Session(Pool(a_device(), version_table=announced), TARGET).version_table == table
