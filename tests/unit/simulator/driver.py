"""Drives a simulated device without a network: builds statements, runs them, and keeps what came out."""

from __future__ import annotations

import asyncio
import dataclasses
import typing as t

import yaml
from psrpcore import types as ps

from tests.simulator import boundary
from tests.simulator.device.device import Device
from tests.simulator.device.fleet import parse


def device(**keys: t.Any) -> Device:
    """One device as a fleet file would describe it."""
    text = yaml.safe_dump({"devices": {"pc-1": {"address": "127.85.0.1", **keys}}})
    return parse(text).devices["pc-1"]


def call(name: str, *positional: t.Any, **named: t.Any) -> boundary.Statement:
    """A statement of one command."""
    arguments = [boundary.Argument(None, value) for value in positional]
    arguments += [boundary.Argument(key, value) for key, value in named.items()]
    return (boundary.Call(name, is_script=False, arguments=tuple(arguments)),)


@dataclasses.dataclass
class Streams:
    """What a client would see."""

    outputs: list[t.Any] = dataclasses.field(default_factory=list)
    errors: list[ps.ErrorRecord] = dataclasses.field(default_factory=list)
    died: ps.ErrorRecord | None = None

    def output(self, value: t.Any) -> None:
        self.outputs.append(value)

    def error(self, record: ps.ErrorRecord) -> None:
        self.errors.append(record)

    def warning(self, message: str) -> None:
        raise AssertionError(message)

    def verbose(self, message: str) -> None:
        raise AssertionError(message)

    def progress(self, activity: str, status: str, percent: int) -> None:
        raise AssertionError(activity)

    def exit_code(self, code: int) -> None:
        raise AssertionError(code)

    @property
    def ids(self) -> list[str]:
        return [str(record.FullyQualifiedErrorId) for record in self.errors]

    @property
    def lines(self) -> list[str]:
        return [str(value) for value in self.outputs if isinstance(value, str)]


def invoke(shell: boundary.Runspace, *statements: boundary.Statement, piped: tuple[t.Any, ...] = ()) -> Streams:
    """Run one pipeline in a shell."""
    seen = Streams()
    try:
        asyncio.run(shell.invoke(statements, piped, seen))
    except boundary.Terminated as error:
        seen.died = error.record
    return seen


def run(target: Device, *statements: boundary.Statement, account: str = "Administrator") -> Streams:
    """Run one pipeline in a shell of its own."""
    return invoke(target.open_runspace(account, "Microsoft.PowerShell"), *statements)


def adapted(value: t.Any) -> dict[str, t.Any]:
    return {prop.name: prop.get_value(value) for prop in value.PSObject.adapted_properties}


def notes(value: t.Any) -> dict[str, t.Any]:
    return {prop.name: prop.get_value(value) for prop in value.PSObject.extended_properties}
