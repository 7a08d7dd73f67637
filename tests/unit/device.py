"""A device small enough for unit tests: it answers pipelines with CLIXML through a pool that stands in for pypsrp's.

It knows only the reading commands of the collection and takes the unfriendly reading throughout: answers name themselves as a real
host's do and nothing else does, a terminating error hides all that follows, and a stale LASTEXITCODE stays.
"""

from __future__ import annotations

import dataclasses
import fnmatch
import types
import typing as t

from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.faults import Target
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.session import Session
from ansible_collections.autopilot.reset.tests.unit import clixml
from pypsrp.complex_objects import PSInvocationState
from pypsrp.messages import MessageType

Call: t.TypeAlias = tuple[str, dict[str, t.Any], tuple[t.Any, ...]]
Answer: t.TypeAlias = tuple[int, str]

COMMAND_NAMES = {
    "Get-ItemProperty": "GetItemPropertyCommand",
    "Get-Content": "GetContentCommand",
    "Get-Item": "GetItemCommand",
    "Get-ChildItem": "GetChildItemCommand",
}
TARGET = Target("pc1", "192.0.2.1", 5985, "http", "CORP\\admin", "ntlm")


@dataclasses.dataclass
class Program:
    lines: t.Sequence[str] = ()
    exit_code: int = 0
    stderr: t.Sequence[str] = ()


class Died(Exception):
    """A terminating error, as CLIXML of its record."""


@dataclasses.dataclass
class Device:
    """Places are written as Windows writes them: `HKEY_LOCAL_MACHINE\\...`, `C:\\...`, `root/cimv2:Win32_BIOS`.

    `denied` holds places that answer with access denied; `deadly` says for a call whether it ends the pipeline.
    `nameless` files come as strings without note properties. `pipes` holds CLIXML by the last command of a statement: what it gives
    when commands stand before it, or when nothing else is known of it. `inner` are places of calls that hand on to the next command.
    """

    registry: dict[str, dict[str, t.Any]] = dataclasses.field(default_factory=dict)
    files: dict[str, str] = dataclasses.field(default_factory=dict)
    environment: dict[str, str] = dataclasses.field(default_factory=dict)
    cim: dict[str, list[dict[str, t.Any]]] = dataclasses.field(default_factory=dict)
    programs: dict[str, t.Callable[[tuple[t.Any, ...]], Program]] = dataclasses.field(default_factory=dict)
    denied: set[str] = dataclasses.field(default_factory=set)
    deadly: t.Callable[[Call], bool] = lambda call: False
    unknown: set[str] = dataclasses.field(default_factory=set)
    nameless: dict[str, str] = dataclasses.field(default_factory=dict)
    pipes: dict[str, list[str]] = dataclasses.field(default_factory=dict)
    inner: set[int] = dataclasses.field(default_factory=set)
    exit_code: t.Any = 4711

    def invoke(self, calls: t.Iterable[Call]) -> t.Iterator[Answer]:
        for place, call in enumerate(calls):
            name, parameters, arguments = call
            try:
                if place not in self.inner:
                    yield from self._answer(name, parameters, arguments)
                if self.deadly(call):
                    raise Died(
                        clixml.error_record("It died.", f"Fatal,{name}", exception="System.Exception", name="ExceptionAsErrorRecord")
                    )
            except Died as error:
                yield MessageType.PIPELINE_STATE, clixml.pipeline_state(PSInvocationState.FAILED, str(error))
                return
        yield MessageType.PIPELINE_STATE, clixml.pipeline_state(PSInvocationState.COMPLETED)

    def _answer(self, name: str, parameters: dict[str, t.Any], arguments: tuple[t.Any, ...]) -> t.Iterator[Answer]:
        if name in self.unknown:
            raise Died(_not_known(name))
        if name == "Write-Output":
            yield _out(clixml.value(parameters["InputObject"]))
        elif name == "Set-Variable":
            self.exit_code = parameters["Value"]
        elif name == "Get-Variable":
            yield _out(clixml.value(self.exit_code))
        elif name in self.pipes:
            yield from map(_out, self.pipes[name])
        elif name == "Get-CimInstance":
            yield from self._instances(parameters.get("Namespace", "root/cimv2"), parameters["ClassName"])
        elif name in COMMAND_NAMES:
            places = parameters["LiteralPath"] if "LiteralPath" in parameters else parameters["Path"]
            for place in places if isinstance(places, list) else [places]:
                yield from self._place(name, place, "Path" in parameters)
        elif name in self.programs:
            program = self.programs[name](arguments)
            yield from (_out(clixml.value(line)) for line in program.lines)
            yield from (_error(line, "NativeCommandError", "", "System.Management.Automation.RemoteException") for line in program.stderr)
            self.exit_code = program.exit_code
        else:
            raise Died(_not_known(name))

    def _instances(self, namespace: str, class_name: str) -> t.Iterator[Answer]:
        place = f"{namespace}:{class_name}"
        if place in self.denied:
            identifier = "HRESULT 0x80041003,Microsoft.Management.Infrastructure.CimCmdlets.GetCimInstanceCommand"
            yield _error("Access denied", identifier, place, "Microsoft.Management.Infrastructure.CimException")
            return
        for instance in self.cim.get(place, []):
            yield _out(clixml.cim_instance(namespace, class_name, instance))

    def _place(self, command: str, place: str, wildcard: bool) -> t.Iterator[Answer]:
        if place in self.nameless:
            yield _out(clixml.value(self.nameless[place]))
            return
        path = place.replace("HKLM:\\", "HKEY_LOCAL_MACHINE\\").replace("Registry::", "")
        source: t.Mapping[str, t.Any] = self.registry if path != place else self.environment if path.startswith("Env:") else self.files
        shown = path.removeprefix("Env:")
        found = [known for known in source if _same(shown, known, wildcard)]
        if any(_same(shown, denied, wildcard) for denied in self.denied):
            identifier = f"System.UnauthorizedAccessException,Microsoft.PowerShell.Commands.{COMMAND_NAMES[command]}"
            yield _error(f"Access to {shown} is denied", identifier, place, "System.UnauthorizedAccessException")
        elif not found and not wildcard:
            identifier = f"PathNotFound,Microsoft.PowerShell.Commands.{COMMAND_NAMES[command]}"
            yield _error(f"Cannot find path '{place}' because it does not exist.", identifier, place, clixml.ITEM_NOT_FOUND)
        for known in found if not any(_same(shown, denied, wildcard) for denied in self.denied) else ():
            yield _out(_item(command, source, known))


def _item(command: str, source: t.Mapping[str, t.Any], known: str) -> str:
    content = source[known]
    if command == "Get-ItemProperty":
        return clixml.note_object({**content, "PSPath": f"Microsoft.PowerShell.Core\\Registry::{known}"})
    if command == "Get-Item":
        return clixml.file_item({"Length": len(content), "FullName": known}, known)
    provider = "FileSystem" if "\\" in known else "Environment"
    return clixml.string_with_notes(content, PSPath=f"Microsoft.PowerShell.Core\\{provider}::{known}")


def _same(asked: str, known: str, wildcard: bool) -> bool:
    """A registry `*` stands for one level."""
    if not wildcard:
        return asked.lower() == known.lower()
    pairs = list(zip(asked.lower().split("\\"), known.lower().split("\\"), strict=False))
    return asked.count("\\") == known.count("\\") and all(fnmatch.fnmatchcase(level, pattern) for pattern, level in pairs)


def _out(text: str) -> Answer:
    return MessageType.PIPELINE_OUTPUT, text


def _error(message: str, identifier: str, target: str, exception: str) -> Answer:
    return MessageType.ERROR_RECORD, clixml.error_record(message, identifier, target=target, exception=exception)


def _fatal(name: str) -> str:
    return clixml.error_record("It died.", f"Fatal,{name}", exception="System.Exception", name="ExceptionAsErrorRecord")


def _not_known(name: str) -> str:
    message = f"The term '{name}' is not recognized as the name of a cmdlet, function, script file, or operable program."
    exception = "System.Management.Automation.CommandNotFoundException"
    return clixml.error_record(message, "CommandNotFoundException", exception=exception, target=name, name="ExceptionAsErrorRecord")


class Pool:
    """Stands in for an open pypsrp RunspacePool over a Device; `log` tells in order what was asked of it."""

    def __init__(self, device: Device, *, version_table: dict[str, t.Any] | None = None) -> None:
        self.device = device
        self.id = "00000000-0000-0000-0000-000000000001"
        self.protocol_version = "2.3"
        self.host = None
        self.apartment_state = 0
        self.pipelines: dict[str, t.Any] = {}
        self.shell = self
        self._fragmenter = self
        self.log: list[str] = []
        self.calls: list[list[Call]] = []
        self.failing: BaseException | None = None
        self.application_private_data = None if version_table is None else types.SimpleNamespace(data={"PSVersionTable": version_table})
        self._answers: t.Iterator[Answer] = iter(())

    @property
    def commands(self) -> list[list[str]]:
        """Names of what each pipeline ran."""
        return [[name for name, _parameters, _arguments in calls] for calls in self.calls]

    def fragment(self, message: t.Any, _pool_id: str, _pipeline_id: str) -> list[bytes]:
        calls: list[Call] = []
        for command in message.pipeline.commands:
            named = {argument.name: argument.value for argument in command.args if argument.name}
            calls.append((command.cmd, named, tuple(argument.value for argument in command.args if not argument.name)))
        self.calls.append(calls)
        self.device.inner = {place for place, command in enumerate(message.pipeline.commands) if not command.end_of_statement}
        self._answers = self.device.invoke(calls)
        return [b""]

    def command(self, *_args: t.Any, **_kwargs: t.Any) -> t.Any:
        self.log.append("invoke")
        if self.failing is not None:
            raise self.failing
        return types.SimpleNamespace(find=lambda *_: None)

    def signal(self, code: str, command_id: str | None = None) -> None:
        self.log.append(code.rpartition("/")[2])

    def _receive(self, identifier: str, timeout: int | None = None) -> list[tuple[int, t.Any]]:
        """One message at a time: the least that a Receive can bring."""
        kind, text = next(self._answers)
        message = clixml.received(kind, text)
        pipeline = self.pipelines[identifier]
        process = {MessageType.ERROR_RECORD: pipeline._process_error_record, MessageType.PIPELINE_STATE: pipeline._process_pipeline_state}
        return [(kind, process[kind](message) if kind in process else message)]


def connect(device: Device, **options: t.Any) -> tuple[Session, Pool]:
    """A real session over a pool that stands in for the network."""
    pool = Pool(device)
    return Session(pool, TARGET, **options), pool
