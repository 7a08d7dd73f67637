"""The server side of one PSRP runspace pool.

Message bodies are psrpcore types; the state machine is our own, because psrpcore's server announces a Running state, leaves out byte
order marks, does not cut fragments and looks names up case-sensitively, none of which recorded hosts do.
"""

from __future__ import annotations

import asyncio
import base64
import logging
import os
import typing as t
import uuid
from xml.etree import ElementTree

from psrpcore import types as ps
from psrpcore._crypto import PSRemotingCrypto, encrypt_session_key
from psrpcore.types import PSRPMessageType as Kind

from ..boundary import Runspace, Statement, Terminated
from . import clixml, records
from .channel import Channel, Chunk
from .fragments import Joiner, Message, ProtocolError, pack, split, unpack
from .pipeline_reader import PipelineRequest, read_pipeline

log = logging.getLogger(__name__)

_NO_POOL = uuid.UUID(int=0)
_ERRORS, _WARNINGS, _VERBOSE = 1, 2, 8


class PipelineWatcher(t.Protocol):
    """Hears of pipelines as they run."""

    def started(self, statements: tuple[Statement, ...]) -> t.Callable[[t.Literal["completed", "failed", "stopped"]], None]:
        """A pipeline starts; the answer is called once when it has ended."""


class Pool:
    """One runspace pool: takes bytes in, puts fragments into channels."""

    def __init__(self, runspace: Runspace, version_table: t.Mapping[str, t.Any], channel: Channel, watcher: PipelineWatcher) -> None:
        self.runspace = runspace
        self.watcher = watcher
        self._version_table = version_table
        self._channel = channel
        self._joiner = Joiner()
        self._id = _NO_POOL
        self._objects = 0
        self._max_runspaces = 1
        self._pipelines: dict[uuid.UUID, Pipeline] = {}
        self._used = False
        self.cipher = PSRemotingCrypto()

    def feed(self, data: bytes, command: Channel | None = None) -> Pipeline | None:
        """Take in what Create, Command or Send carried; `command` is the channel of a new command.

        Returns:
            The pipeline, if this was the end of a CreatePipeline message.

        Raises:
            ProtocolError: the client does not speak PSRP.
        """
        created = None
        for blob in self._joiner.feed(data):
            created = self._handle(unpack(blob), command) or created
        return created

    def close(self) -> None:
        """Stop everything that runs; nobody will receive any more."""
        for pipeline in list(self._pipelines.values()):
            pipeline.stop()
        self._pipelines.clear()

    def forget(self, pipeline: uuid.UUID) -> None:
        self._pipelines.pop(pipeline, None)

    def send_of_pipeline(self, body: t.Any, kind: Kind, channel: Channel, pipeline: uuid.UUID) -> None:
        """Queue one message of a pipeline; the first one of the pool comes after the preparation of modules."""
        if not self._used:
            self._used = True
            self.send(records.first_use_progress(), Kind.ProgressRecord, channel, pipeline)
        self.send(body, kind, channel, pipeline)

    def send(self, body: t.Any, kind: Kind, channel: Channel, pipeline: uuid.UUID | None = None, *, alone: bool = False) -> None:
        """Queue one message; `body` is a value, or an element that is ready. PowerShell sends null as no body at all."""
        if body is not None and not isinstance(body, ElementTree.Element):
            body = clixml.element(body, self.cipher)
        xml = b"" if body is None else clixml.encode(body)
        self._objects += 1
        pool = _NO_POOL if kind is Kind.SessionCapability else self._id
        for fragment in split(pack(Message(kind, pool, pipeline, xml)), self._objects):
            channel.put(Chunk(fragment, alone))

    def _handle(self, message: Message, command: Channel | None) -> Pipeline | None:
        match message.kind:
            case Kind.SessionCapability:
                self._id = message.pool
                self.send(_capability(), Kind.SessionCapability, self._channel)
            case Kind.InitRunspacePool:
                self._max_runspaces = int(_property(message.body, "MaxRunspaces"))
                self._open()
            case Kind.SetMaxRunspaces:
                wanted = int(_property(message.body, "MaxRunspaces"))
                if wanted > 0:
                    self._max_runspaces = wanted
                self._available(message, wanted > 0)
            case Kind.SetMinRunspaces:
                self._available(message, 0 < int(_property(message.body, "MinRunspaces")) <= self._max_runspaces)
            case Kind.GetAvailableRunspaces:
                self._available(message, self._max_runspaces - len(self._pipelines))
            case Kind.ResetRunspaceState:
                # The device has no way to forget its variables, and a pool that only says so would mislead.
                self._available(message, False)
            case Kind.PublicKey:
                self._exchange_key(_property(message.body, "PublicKey"))
            case Kind.CreatePipeline:
                return self._create(message, command)
            case Kind.PipelineInput | Kind.EndOfPipelineInput:
                self._input(message)
            case Kind.PipelineHostResponse | Kind.RunspacePoolHostResponse:
                pass
            case _:
                raise ProtocolError(f"{message.kind.name} is not supported")
        return None

    def _open(self) -> None:
        data = ps.PSPrimitiveDictionary({"PSVersionTable": ps.PSPrimitiveDictionary(dict(self._version_table))})
        self.send(ps.ApplicationPrivateData(ApplicationPrivateData=data), Kind.ApplicationPrivateData, self._channel)
        opened = ps.RunspacePoolStateMsg(RunspaceState=ps.RunspacePoolState.Opened.value)
        # Recorded hosts deliver this in a Receive of its own.
        self.send(opened, Kind.RunspacePoolState, self._channel, alone=True)

    def _available(self, message: Message, answer: bool | int) -> None:
        call = ps.PSInt64(int(_property(message.body, "ci")))
        body = ps.RunspaceAvailability(SetMinMaxRunspacesResponse=answer, ci=call)
        self.send(body, Kind.RunspaceAvailability, self._channel)

    def _exchange_key(self, public_key: str) -> None:
        key = os.urandom(32)
        encrypted = base64.b64encode(encrypt_session_key(base64.b64decode(public_key), key)).decode()
        self.cipher.register_key(key)
        self.send(ps.EncryptedSessionKey(EncryptedSessionKey=encrypted), Kind.EncryptedSessionKey, self._channel)

    def _create(self, message: Message, command: Channel | None) -> Pipeline:
        if message.pipeline is None or command is None:
            raise ProtocolError("CreatePipeline outside a command")
        # The id inside the message may differ from the CommandId; real hosts accept that.
        pipeline = Pipeline(self, message.pipeline, read_pipeline(message.body, self.cipher), command)
        self._pipelines[message.pipeline] = pipeline
        pipeline.start()
        return pipeline

    def _input(self, message: Message) -> None:
        pipeline = self._pipelines.get(message.pipeline) if message.pipeline is not None else None
        if pipeline is None:
            return
        if message.kind is Kind.EndOfPipelineInput:
            pipeline.end_of_input()
        else:
            value = ps.deserialize(ElementTree.fromstring(message.body), self.cipher) if message.body else None
            pipeline.take_input(value)


def _capability() -> ps.PSObject:
    return clixml.note(protocolversion=ps.PSVersion("2.3"), PSVersion=ps.PSVersion("2.0"), SerializationVersion=ps.PSVersion("1.1.0.1"))


def _property(body: bytes, name: str) -> str:
    """The text of a property of a message; PowerShell does not tell its cases apart (clients send both `ci` and `CI`)."""
    try:
        root = ElementTree.fromstring(body)
    except ElementTree.ParseError as error:
        raise ProtocolError(f"message body is not XML: {error}") from error
    for element in root.iter():
        if (element.get("N") or "").lower() == name.lower():
            return element.text or ""
    raise ProtocolError(f"message without {name}")


class Pipeline:
    """One pipeline on its way; implements `Streams` of the boundary."""

    def __init__(self, pool: Pool, identifier: uuid.UUID, request: PipelineRequest, channel: Channel) -> None:
        self._pool = pool
        self._id = identifier
        self._request = request
        self._channel = channel
        self._input: list[t.Any] = []
        self._input_ended = asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        if request.no_input:
            self._input_ended.set()

    def start(self) -> None:
        self._task = asyncio.get_running_loop().create_task(self._run())
        # A task that is stopped before its first step never gets to the end of _run.
        self._task.add_done_callback(lambda _: self._channel.finish())

    def stop(self) -> None:
        """What a terminate signal or a deleted shell does."""
        if self._task is not None:
            self._task.cancel()

    async def wait(self) -> None:
        """Until the pipeline has ended, however it did."""
        if self._task is not None:
            await asyncio.wait([self._task])

    def take_input(self, value: t.Any) -> None:
        self._input.append(value)

    def end_of_input(self) -> None:
        self._input_ended.set()

    def output(self, value: t.Any) -> None:
        self._send(value, Kind.PipelineOutput)

    def error(self, record: ps.ErrorRecord) -> None:
        body = records.error_element(record, self._pool.cipher, with_invocation=bool(self._request.invocation_info & _ERRORS))
        self._send(body, Kind.PipelineOutput if self._request.redirect_errors else Kind.ErrorRecord)

    def warning(self, message: str) -> None:
        extended = bool(self._request.invocation_info & _WARNINGS)
        self._send(
            records.informational_element(ps.WarningRecord, message, self._pool.cipher, with_invocation=extended), Kind.WarningRecord
        )

    def verbose(self, message: str) -> None:
        extended = bool(self._request.invocation_info & _VERBOSE)
        self._send(
            records.informational_element(ps.VerboseRecord, message, self._pool.cipher, with_invocation=extended), Kind.VerboseRecord
        )

    def progress(self, activity: str, status: str, percent: int) -> None:
        self._send(records.progress(activity, status, percent), Kind.ProgressRecord)

    def exit_code(self, code: int) -> None:
        call = ps.PipelineHostCall(ci=ps.PSInt64(-100), mi=ps.HostMethodIdentifier.SetShouldExit, mp=[ps.PSInt(code)])
        self._send(call, Kind.PipelineHostCall)

    def _send(self, body: t.Any, kind: Kind) -> None:
        self._pool.send_of_pipeline(body, kind, self._channel, self._id)

    async def _run(self) -> None:
        ended = self._pool.watcher.started(self._request.statements)
        state, failure = ps.PSInvocationState.Completed, None
        try:
            await self._input_ended.wait()
            await self._pool.runspace.invoke(self._request.statements, tuple(self._input), self)
        except Terminated as error:
            state, failure = ps.PSInvocationState.Failed, error.record
        except asyncio.CancelledError:
            state = ps.PSInvocationState.Stopped
            failure = records.stopped()
        except Exception as error:
            log.exception("the simulated device broke")
            state, failure = ps.PSInvocationState.Failed, records.broken(error)
        ended("completed" if failure is None else "stopped" if state is ps.PSInvocationState.Stopped else "failed")
        self._send(records.state_element(state, failure, self._pool.cipher), Kind.PipelineState)
        self._pool.forget(self._id)
        self._channel.finish()
