"""The transport against recordings of real hosts: the same requests must get answers of the same structure.

What the engine said in a recording is played back by a runspace, in the portions in which it came, so that the transport alone is judged.
The counts are a ratchet: raise them when the transport gets better, never lower them.
"""

from __future__ import annotations

import asyncio
import collections
import dataclasses
import re
import typing as t

import pytest
from psrpcore import types as ps
from psrpcore.types import PSRPMessageType as Kind

from tests.integration import recordings
from tests.integration.recordings import Exchange, Recording
from tests.integration.transport_fleet import VERSION_TABLE
from tests.simulator.boundary import Endpoint, Runspace, Statement, Streams, Terminated
from tests.simulator.transport.fragments import Joiner, Message
from tests.simulator.transport.recorder import Recorder
from tests.simulator.transport.wsman import Wsman

_UNPLAYED = {Kind.ProgressRecord, Kind.DebugRecord, Kind.InformationRecord}
"""What the device layer does not send, or sends when it likes."""

_TIMED_OUT = 'Code="2150858793"'

ANSWERS = {
    "Create": (52, 53),
    "Receive": (164, 186),
    "Command": (47, 50),
    "Send": (37, 37),
    "Delete": (50, 50),
    "Signal": (3, 3),
    "Disconnect": (0, 5),
    "Reconnect": (0, 3),
    "Connect": (0, 6),
}
"""Answers of equal structure, of how many, by operation. Disconnected sessions are not simulated."""

SEQUENCES = (155, 185)
"""Answers with the same PSRP messages in the same order, of how many that hold any."""

MESSAGES = {
    "SessionCapability": (51, 51),
    "ApplicationPrivateData": (50, 51),
    "RunspacePoolState": (51, 51),
    "RunspaceAvailability": (8, 8),
    "EncryptedSessionKey": (2, 2),
    "PipelineOutput": (104, 113),
    "PipelineState": (39, 42),
    "PipelineHostCall": (1, 1),
    "ErrorRecord": (4, 4),
    "VerboseRecord": (3, 3),
    "WarningRecord": (3, 3),
}
"""Messages of equal shape, of how many that could be compared, by type."""


@dataclasses.dataclass
class Played(Runspace):
    """Says what the pipelines of a recording said; `portions` holds for each pipeline what each Receive got."""

    portions: collections.deque[collections.deque[list[Message]]] = dataclasses.field(default_factory=collections.deque)
    due: asyncio.Semaphore = dataclasses.field(default_factory=lambda: asyncio.Semaphore(0))

    async def invoke(self, statements: tuple[Statement, ...], pipeline_input: tuple[t.Any, ...], streams: Streams) -> None:
        portions = self.portions.popleft() if self.portions else collections.deque()
        while portions:
            await self.due.acquire()
            for message in portions.popleft():
                _say(message, streams)


def _say(message: Message, streams: Streams) -> None:
    match message.kind:
        case Kind.PipelineOutput:
            streams.output(recordings.value(message.body))
        case Kind.ErrorRecord:
            streams.error(_bare(recordings.value(message.body)))
        case Kind.WarningRecord:
            streams.warning(recordings.value(message.body).Message)
        case Kind.VerboseRecord:
            streams.verbose(recordings.value(message.body).Message)
        case Kind.PipelineHostCall:
            call = recordings.value(message.body)
            if call.mi == ps.HostMethodIdentifier.SetShouldExit:
                streams.exit_code(call.mp[0])
        case Kind.PipelineState:
            state = recordings.value(message.body)
            if state.PipelineState == ps.PSInvocationState.Failed.value:
                raise Terminated(_bare(state.ExceptionAsErrorRecord))


def _bare(record: ps.ErrorRecord) -> ps.ErrorRecord:
    """The record as a device would make it: psrpcore notes the invocation on it, which is the transport's to add."""
    record.InvocationInfo = None
    extended = record.Exception.PSObject.extended_properties
    extended[:] = [property_ for property_ in extended if property_.name != "SerializedRemoteInvocationInfo"]
    return record


@dataclasses.dataclass
class PlayedDevice:
    runspace: Played
    endpoint: Endpoint
    name: str = "HOST"
    address: str = "127.0.0.1"
    powered_on: bool = True

    def open_runspace(self, account: str, configuration: str) -> Runspace:
        return self.runspace


@dataclasses.dataclass
class Tally:
    """How many answers and messages were compared, and how many agreed, by name."""

    answers: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    equal_answers: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    messages: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    equal_messages: collections.Counter[str] = dataclasses.field(default_factory=collections.Counter)
    sequences: int = 0
    equal_sequences: int = 0
    different: list[str] = dataclasses.field(default_factory=list)

    def compare(self, recording: Recording, number: int, exchange: Exchange, answer: str) -> None:
        self.answers[exchange.operation] += 1
        theirs, ours = recordings.paths(exchange.response), recordings.paths(answer)
        if theirs == ours:
            self.equal_answers[exchange.operation] += 1
        else:
            missing, added = sorted(theirs - ours), sorted(ours - theirs)
            self.different.append(f"{recording.name} {number} {exchange.operation}: missing {missing}, added {added}")

    def compare_messages(self, recording: Recording, number: int, theirs: list[Message], ours: list[Message]) -> None:
        theirs = [message for message in theirs if message.kind not in _UNPLAYED]
        ours = [message for message in ours if message.kind not in _UNPLAYED]
        if not theirs and not ours:
            return
        self.sequences += 1
        if [message.kind for message in theirs] != [message.kind for message in ours]:
            kinds = [[message.kind.name for message in side] for side in (theirs, ours)]
            self.different.append(f"{recording.name} {number}: messages {kinds[0]}, ours {kinds[1]}")
            return
        self.equal_sequences += 1
        for their, our in zip(theirs, ours, strict=True):
            self.messages[their.kind.name] += 1
            wanted, made = recordings.skeleton(their.body), recordings.skeleton(our.body)
            if wanted == made:
                self.equal_messages[their.kind.name] += 1
            else:
                missing, added = sorted(wanted - made), sorted(made - wanted)
                self.different.append(f"{recording.name} {number}: {their.kind.name}: missing {missing}, added {added}")


def _plan(recording: Recording) -> tuple[Played, dict[str, t.Any], list[bool]]:
    """What to play: the pipelines' portions, the version table, and for each exchange whether it lets a portion out."""
    runspace = Played()
    table: dict[str, t.Any] = dict(VERSION_TABLE)
    by_pipeline: dict[t.Any, collections.deque[list[Message]]] = {}
    lets_out = []
    asked, answered = Joiner(), Joiner()
    for exchange in recording.exchanges:
        for message in recordings.messages(exchange.request, asked, client=True):
            if message.kind is Kind.CreatePipeline:
                by_pipeline[message.pipeline] = collections.deque()
                runspace.portions.append(by_pipeline[message.pipeline])
        portion: dict[t.Any, list[Message]] = {}
        for message in recordings.messages(exchange.response, answered, client=False):
            if message.kind is Kind.ApplicationPrivateData:
                table = dict(recordings.value(message.body).ApplicationPrivateData["PSVersionTable"])
            if message.pipeline is not None:
                portion.setdefault(message.pipeline, []).append(message)
        for pipeline, found in portion.items():
            by_pipeline.setdefault(pipeline, collections.deque()).append(found)
        lets_out.append(bool(portion))
    return runspace, table, lets_out


async def _replay(recording: Recording, tally: Tally) -> None:
    runspace, table, lets_out = _plan(recording)
    endpoint = Endpoint(version_table=table, max_envelope_kib=8192)
    wsman = Wsman(PlayedDevice(runspace, endpoint), Recorder())
    renamed: dict[str, str] = {}
    theirs, ours = Joiner(), Joiner()
    for number, (exchange, let_out) in enumerate(zip(recording.exchanges, lets_out, strict=True)):
        request = exchange.request
        for old, new in renamed.items():
            request = request.replace(old, new)
        if _TIMED_OUT in exchange.response:
            request = re.sub(r"(OperationTimeout[^>]*>)PT\d[^<]*<", r"\1PT0.01S<", request)
        else:
            request = re.sub(r"(OperationTimeout[^>]*>)PT\d[^<]*<", r"\1PT0.2S<", request)
        if let_out:
            runspace.due.release()
            for _unused in range(5):
                await asyncio.sleep(0)
        answer = (await wsman.handle(request.encode(), "vagrant", "10.0.2.2")).body.decode()
        renamed |= dict(zip(_identifiers(exchange.response), _identifiers(answer), strict=False))
        if not exchange.powershell:
            continue
        tally.compare(recording, number, exchange, answer)
        tally.compare_messages(
            recording,
            number,
            recordings.messages(exchange.response, theirs, client=False),
            recordings.messages(answer, ours, client=False),
        )
    wsman.close()


def _identifiers(response: str) -> list[str]:
    """The ids that a server may have chosen itself."""
    return [a or b for a, b in re.findall(r'<rsp:CommandId>([^<]*)<|<w:Selector Name="ShellId">([^<]*)<', response)]


@pytest.fixture(scope="module")
def tally() -> Tally:
    """Everything replayed once."""
    try:
        found = recordings.load()
    except recordings.Unavailable as error:
        pytest.skip(str(error))
    result = Tally()
    for recording in found:
        if any(exchange.powershell for exchange in recording.exchanges):
            asyncio.run(_replay(recording, result))
    return result


def test_answers_have_the_structure_of_real_ones(tally: Tally) -> None:
    _hold(tally, ANSWERS, tally.equal_answers, tally.answers)


def test_answers_carry_the_messages_of_real_ones(tally: Tally) -> None:
    _hold(
        tally,
        {"sequences": SEQUENCES},
        collections.Counter(sequences=tally.equal_sequences),
        collections.Counter(sequences=tally.sequences),
    )


def test_messages_have_the_shape_of_real_ones(tally: Tally) -> None:
    _hold(tally, MESSAGES, tally.equal_messages, tally.messages)


def _hold(tally: Tally, ratchet: dict[str, tuple[int, int]], equal: collections.Counter[str], compared: collections.Counter[str]) -> None:
    print(*tally.different, sep="\n")  # shown only when the test fails
    assert dict(compared) == {name: of for name, (_unused, of) in ratchet.items()}
    fallen = {name: (equal[name], least) for name, (least, _unused) in ratchet.items() if equal[name] < least}
    assert not fallen, "fewer than before: (now, least)"
