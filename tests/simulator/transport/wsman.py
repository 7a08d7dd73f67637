"""WS-Management of one device: envelopes in, answers out. Shells belong to the account that made them."""

from __future__ import annotations

import base64
import dataclasses
import itertools
import time
import typing as t
import uuid
from xml.etree import ElementTree
from xml.sax.saxutils import escape

from ..boundary import Device, ShellRefused, Statement
from . import faults, soap
from .channel import Channel, Replaced
from .faults import WsmanFault
from .fragments import ProtocolError
from .psrp import Pipeline, PipelineWatcher, Pool
from .recorder import PipelineState, Recorder

_STREAM_OVERHEAD = 140
_ENVELOPE_OVERHEAD = 2_000
_SHELL_PREFIXES = ("x", "w", "rsp", "p")
_CMD = soap.SHELL + "/cmd"
_SIGNAL = soap.SHELL + "/signal/"
_STOPPING = frozenset({_SIGNAL + "terminate", _SIGNAL + "ctrl_c", "powershell/signal/crtl_c", "powershell/signal/ctrl_c"})
_process_ids = itertools.count(4_100, 4)


@dataclasses.dataclass(frozen=True, slots=True)
class Reply:
    """An answer: HTTP status and body; `action` and `fault` are for the record."""

    status: int
    body: bytes
    action: str
    fault: int | None = None


@dataclasses.dataclass(slots=True)
class Command:
    """One command of a shell; its pipeline exists once CreatePipeline is complete."""

    channel: Channel
    pipeline: Pipeline | None = None


class Shell(PipelineWatcher):
    """One open shell. `begun` is monotonic time."""

    def __init__(self, identifier: str, account: str, resource: str, device: str, recorder: Recorder) -> None:
        self.id = identifier
        self.account = account
        self.resource = resource
        self.begun = time.monotonic()
        self.process_id = next(_process_ids)
        self.channel = Channel()
        self.commands: dict[str, Command] = {}
        self.pool: Pool | None = None
        self._device = device
        self._recorder = recorder

    def started(self, statements: tuple[Statement, ...]) -> t.Callable[[PipelineState], None]:
        seen = self._recorder.pipeline_started(self._device, self.account, self.id, statements)
        return lambda state: self._recorder.pipeline_ended(seen, state)

    def feed(self, data: bytes, command: Command | None = None) -> None:
        """Hand PSRP bytes to the pool.

        Raises:
            WsmanFault: they are none.
        """
        if self.pool is None:
            raise WsmanFault(faults.INVALID_PARAMETER)
        try:
            pipeline = self.pool.feed(data, command.channel if command is not None else None)
        except ProtocolError as error:
            raise faults.refusal(faults.INVALID_PARAMETER.code, f"The PSRP data cannot be read: {error}. ") from error
        if command is not None and pipeline is not None:
            command.pipeline = pipeline

    def close(self) -> None:
        """Stop what runs and wake who waits."""
        if self.pool is not None:
            self.pool.close()
        self.channel.finish()


class Wsman:
    """The service of one device."""

    def __init__(self, device: Device, recorder: Recorder) -> None:
        self._device = device
        self._recorder = recorder
        self._shells: dict[str, Shell] = {}
        self._operations: dict[str, t.Callable[[soap.Envelope, str, str], t.Awaitable[bytes]]] = {
            soap.TRANSFER + "/Create": self._create,
            soap.TRANSFER + "/Delete": self._delete,
            soap.TRANSFER + "/Get": self._get,
            soap.SHELL + "/Command": self._command,
            soap.SHELL + "/Send": self._send,
            soap.SHELL + "/Receive": self._receive,
            soap.SHELL + "/Signal": self._signal,
        }

    def close(self) -> None:
        """The device goes away: no shell survives."""
        for shell in list(self._shells.values()):
            self._drop(shell)

    def identify(self) -> Reply:
        """The answer to an unauthenticated Identify, which tells no version (MS-WSMV)."""
        return Reply(200, soap.identify("OS: 0.0.0 SP: 0.0 Stack: 3.0"), "Identify")

    async def handle(self, data: bytes, account: str, client: str) -> Reply:
        """Answer one request of an authenticated account; `client` is its IP address."""
        try:
            envelope = soap.parse(data)
        except soap.NotSoap:
            return Reply(400, b"", "invalid")
        if envelope.body is not None and envelope.body.tag == f"{{{soap.IDENTITY}}}Identify":
            version = self._device.endpoint.version_table.get("BuildVersion", "10.0.0")
            return Reply(200, soap.identify(f"OS: {version} SP: 0.0 Stack: 3.0"), "Identify")
        try:
            soap.require_timeout(data, envelope)
            operation = self._operations.get(envelope.action)
            if operation is None:
                raise WsmanFault(faults.UNSUPPORTED_ACTION)
            return Reply(200, await operation(envelope, account, client), envelope.operation)
        except WsmanFault as fault:
            return Reply(500, soap.fault(fault, envelope.message_id, self._device.address), envelope.operation, fault.kind.code)

    def _shell(self, envelope: soap.Envelope, account: str) -> Shell:
        shell = self._shells.get(envelope.selectors.get("ShellId", "").upper())
        if shell is None or shell.account != account:
            raise WsmanFault(faults.UNKNOWN_SHELL)
        return shell

    def _drop(self, shell: Shell) -> None:
        del self._shells[shell.id]
        shell.close()
        self._recorder.shell_closed(self._device.name)

    async def _create(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        if envelope.resource == _CMD:
            raise WsmanFault(faults.CMD_SHELL)
        configuration = envelope.resource.removeprefix(soap.POWERSHELL + "/")
        creation = _text(envelope.body, f"{{{soap.POWERSHELL}}}creationXml")
        if configuration == envelope.resource or envelope.body is None:
            raise WsmanFault(faults.UNKNOWN_RESOURCE)
        endpoint = self._device.endpoint
        if sum(shell.account == account for shell in self._shells.values()) >= endpoint.max_shells_per_user:
            raise WsmanFault(faults.TOO_MANY_SHELLS)
        try:
            runspace = self._device.open_runspace(account, configuration)
        except ShellRefused as refused:
            raise faults.refusal(refused.code, refused.message) from refused
        identifier = (envelope.body.get("ShellId") or str(uuid.uuid4())).upper()
        shell = Shell(identifier, account, envelope.resource, self._device.name, self._recorder)
        shell.pool = Pool(runspace, endpoint.version_table, shell.channel, shell)
        shell.feed(_decode(creation))
        self._shells[identifier] = shell
        self._recorder.shell_opened(self._device.name)
        body = (
            f"<x:ResourceCreated><a:Address>{escape(envelope.to)}</a:Address><a:ReferenceParameters>"
            f"<w:ResourceURI>{escape(envelope.resource)}</w:ResourceURI><w:SelectorSet>"
            f'<w:Selector Name="ShellId">{escape(identifier)}</w:Selector></w:SelectorSet></a:ReferenceParameters></x:ResourceCreated>'
            + self._describe(shell, envelope.body, client)
        )
        return soap.answer(soap.TRANSFER + "/CreateResponse", envelope.message_id, _SHELL_PREFIXES, body)

    def _describe(self, shell: Shell, request: ElementTree.Element, client: str) -> str:
        parts = {
            "ShellId": shell.id,
            "ResourceUri": shell.resource,
            "Owner": f"{self._device.name.upper()}\\{shell.account}",
            "ClientIP": client,
            "ProcessId": str(shell.process_id),
            "IdleTimeOut": request.findtext(soap.rsp("IdleTimeOut")) or "PT7200.000S",
            "InputStreams": request.findtext(soap.rsp("InputStreams")) or "stdin pr",
            "OutputStreams": request.findtext(soap.rsp("OutputStreams")) or "stdout",
            "MaxIdleTimeOut": "PT2147483.647S",
            "Locale": "en-US",
            "DataLocale": "en-US",
            "CompressionMode": "NoCompression",
            "ProfileLoaded": "Yes",
            "Encoding": "UTF8",
            "BufferMode": "Block",
            "State": "Connected",
            "ShellRunTime": "P0DT0H0M0S",
            "ShellInactivity": "P0DT0H0M0S",
        }
        inner = "".join(f"<rsp:{name}>{escape(value)}</rsp:{name}>" for name, value in parts.items())
        return f'<rsp:Shell xmlns:rsp="{soap.SHELL}">{inner}</rsp:Shell>'

    async def _delete(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        self._drop(self._shell(envelope, account))
        return soap.answer(soap.TRANSFER + "/DeleteResponse", envelope.message_id, ("w", "p"), "")

    async def _get(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        if envelope.resource != soap.CONFIG:
            raise WsmanFault(faults.UNKNOWN_RESOURCE)
        size = self._device.endpoint.max_envelope_kib
        body = (
            f'<cfg:Config xmlns:cfg="{soap.CONFIG}"><cfg:MaxEnvelopeSizekb>{size}</cfg:MaxEnvelopeSizekb>'
            "<cfg:MaxTimeoutms>60000</cfg:MaxTimeoutms></cfg:Config>"
        )
        return soap.answer(soap.TRANSFER + "/GetResponse", envelope.message_id, ("x", "w", "p"), body)

    async def _command(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        shell = self._shell(envelope, account)
        if envelope.body is None:
            raise WsmanFault(faults.INVALID_BODY)
        identifier = (envelope.body.get("CommandId") or str(uuid.uuid4())).upper()
        command = Command(Channel())
        shell.feed(_decode("".join(element.text or "" for element in envelope.body.iterfind(soap.rsp("Arguments")))), command)
        shell.commands[identifier] = command
        body = f"<rsp:CommandResponse><rsp:CommandId>{escape(identifier)}</rsp:CommandId></rsp:CommandResponse>"
        return soap.answer(soap.SHELL + "/CommandResponse", envelope.message_id, _SHELL_PREFIXES, body)

    async def _send(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        shell = self._shell(envelope, account)
        if envelope.body is None:
            raise WsmanFault(faults.INVALID_BODY)
        for stream in envelope.body.iterfind(soap.rsp("Stream")):
            shell.feed(_decode(stream.text or ""), _find(shell, stream.get("CommandId")))
        return soap.answer(soap.SHELL + "/SendResponse", envelope.message_id, _SHELL_PREFIXES, "<rsp:SendResponse/>")

    async def _receive(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        shell = self._shell(envelope, account)
        desired = envelope.body.find(soap.rsp("DesiredStream")) if envelope.body is not None else None
        if desired is None:
            raise WsmanFault(faults.INVALID_BODY)
        identifier = desired.get("CommandId")
        command = _find(shell, identifier)
        channel = command.channel if command is not None else shell.channel
        try:
            in_time = await channel.wait(envelope.timeout)
        except Replaced:
            raise WsmanFault(faults.CONCURRENCY) from None
        if shell.id not in self._shells:
            raise WsmanFault(faults.UNKNOWN_SHELL)
        if not in_time:
            raise WsmanFault(faults.TIMED_OUT)
        size = min(envelope.max_size, self._device.endpoint.max_envelope_kib * 1024)
        of = f' CommandId="{escape(identifier.upper())}"' if identifier else ""
        parts = [
            f'<rsp:Stream Name="stdout"{of}>{base64.b64encode(data).decode()}</rsp:Stream>'
            for data in channel.take(size - _ENVELOPE_OVERHEAD, _STREAM_OVERHEAD)
        ]
        if identifier and channel.take_end():
            parts.append(f'<rsp:CommandState{of} State="{soap.SHELL}/CommandState/Done"><rsp:ExitCode>0</rsp:ExitCode></rsp:CommandState>')
            del shell.commands[identifier.upper()]
        body = f"<rsp:ReceiveResponse>{''.join(parts)}</rsp:ReceiveResponse>"
        return soap.answer(soap.SHELL + "/ReceiveResponse", envelope.message_id, ("w", "rsp", "p"), body)

    async def _signal(self, envelope: soap.Envelope, account: str, client: str) -> bytes:
        shell = self._shell(envelope, account)
        identifier = (envelope.body.get("CommandId") if envelope.body is not None else None) or ""
        code = _text(envelope.body, soap.rsp("Code"))
        command = shell.commands.get(identifier.upper())
        # Clients send terminate for commands that have just ended; recorded hosts answer that like any other.
        if command is not None and code in _STOPPING and command.pipeline is not None:
            command.pipeline.stop()
            await command.pipeline.wait()
        return soap.answer(soap.SHELL + "/SignalResponse", envelope.message_id, _SHELL_PREFIXES, "<rsp:SignalResponse/>")


def _find(shell: Shell, identifier: str | None) -> Command | None:
    """The command that a request names, None if it concerns the pool."""
    if not identifier:
        return None
    command = shell.commands.get(identifier.upper())
    if command is None:
        raise faults.unknown_command()
    return command


def _text(element: ElementTree.Element | None, name: str) -> str:
    return (element.findtext(name) or "") if element is not None else ""


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        raise WsmanFault(faults.INVALID_PARAMETER) from None
