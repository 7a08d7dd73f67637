"""A tiny fleet with canned answers: what the transport needs of the device layer, and nothing of Windows."""

from __future__ import annotations

import asyncio
import dataclasses
import socket
import typing as t

from psrpcore import types as ps

from tests.simulator.boundary import Account, Call, Endpoint, Runspace, ShellRefused, Statement, Streams, Terminated

ACCOUNT = Account("admin", "pass:word")

VERSION_TABLE: t.Mapping[str, t.Any] = {
    "PSVersion": ps.PSVersion("5.1.22621.2506"),
    "PSEdition": "Desktop",
    "PSCompatibleVersions": [ps.PSVersion("1.0"), ps.PSVersion("5.1.22621.2506")],
    "CLRVersion": ps.PSVersion("4.0.30319.42000"),
    "BuildVersion": ps.PSVersion("10.0.22621.2506"),
    "WSManStackVersion": ps.PSVersion("3.0"),
    "PSRemotingProtocolVersion": ps.PSVersion("2.3"),
    "SerializationVersion": ps.PSVersion("1.1.0.1"),
}


def error_record(message: str, error_id: str = "Canned") -> ps.ErrorRecord:
    """An error of a command named Canned."""
    error = ps.NETException(Message=message, HResult=-2146233087)
    error.PSObject.type_names = ["System.Management.Automation.RuntimeException", "System.Exception", "System.Object"]
    info = ps.ErrorCategoryInfo(
        Category=ps.ErrorCategory.InvalidOperation, Activity="Canned", Reason="RuntimeException", TargetName="", TargetType=""
    )
    return ps.ErrorRecord(Exception=error, CategoryInfo=info, FullyQualifiedErrorId=error_id)


class CannedRunspace:
    """Answers by the name of the command; what it does not know is a terminating error."""

    async def invoke(self, statements: tuple[Statement, ...], pipeline_input: tuple[t.Any, ...], streams: Streams) -> None:
        for statement in statements:
            await self._run(statement[0], pipeline_input, streams)

    async def _run(self, call: Call, pipeline_input: tuple[t.Any, ...], streams: Streams) -> None:
        values = [argument.value for argument in call.arguments]
        match call.name:
            case "Echo":
                for value in values:
                    streams.output(value)
            case "Input":
                for value in pipeline_input:
                    streams.output(value)
            case "Names":
                streams.output([argument.name for argument in call.arguments])
            case "Warn":
                streams.warning("mind the gap")
                streams.verbose("said softly")
                streams.progress("Counting", "one", 50)
            case "Complain":
                streams.error(error_record("it hurts"))
            case "Die":
                raise Terminated(error_record("it is over", "Died"))
            case "Exit":
                streams.exit_code(values[0])
            case "Sleep":
                await asyncio.sleep(values[0])
            case "Break":
                raise ZeroDivisionError
            case _:
                raise Terminated(error_record(f"no command {call.name}", "CommandNotFoundException"))


@dataclasses.dataclass
class CannedDevice:
    """One device; tests change its fields while it runs."""

    name: str
    address: str
    endpoint: Endpoint
    powered_on: bool = True
    refuse: ShellRefused | None = None
    opened: list[tuple[str, str]] = dataclasses.field(default_factory=list)

    def open_runspace(self, account: str, configuration: str) -> Runspace:
        if self.refuse is not None:
            raise self.refuse
        self.opened.append((account, configuration))
        return CannedRunspace()


@dataclasses.dataclass
class CannedFleet:
    devices: dict[str, CannedDevice]

    @classmethod
    def of(cls, *devices: CannedDevice) -> CannedFleet:
        return cls({device.name: device for device in devices})


def free_port(address: str) -> int:
    """A port that is free at this address now."""
    with socket.socket() as probe:
        probe.bind((address, 0))
        return int(probe.getsockname()[1])


def device(address: str, name: str = "PC-01", *, https: bool = False, **endpoint: t.Any) -> CannedDevice:
    """A device with one account on a free port; `endpoint` overrides fields of its endpoint."""
    port = free_port(address)
    fields: dict[str, t.Any] = {
        "http_port": None if https else port,
        "https_port": port if https else None,
        "authentication": frozenset({"negotiate", "basic"}),
        "accounts": (ACCOUNT,),
        "version_table": VERSION_TABLE,
    }
    return CannedDevice(name, address, Endpoint(**(fields | endpoint)))
