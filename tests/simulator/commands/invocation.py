"""What a command handler works with: its bound arguments, the device, and where its output and errors go."""

from __future__ import annotations

import dataclasses
import typing as t

from psrpcore import types as ps

from ...contract.binding import Command
from .. import boundary
from ..device.accounts import Token
from ..device.device import Device
from . import errors


class StoppedByPreference(boundary.Terminated):
    """A non-terminating error that `-ErrorAction Stop` made terminating; unlike others it really ends the batch."""


@dataclasses.dataclass(slots=True)
class Session:
    """One shell: whose it is, and its global variables (names in lower case)."""

    device: Device
    token: Token
    variables: dict[str, t.Any] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(slots=True)
class Invocation:
    """One call of one command. `bound` holds converted arguments by parameter name; `piped` what came through the pipeline."""

    session: Session
    command: Command
    bound: t.Mapping[str, t.Any]
    piped: tuple[t.Any, ...]
    streams: boundary.Streams

    @property
    def device(self) -> Device:
        return self.session.device

    @property
    def paths(self) -> list[str]:
        return [*self.bound.get("Path", []), *self.bound.get("LiteralPath", [])]

    @property
    def literal(self) -> bool:
        return "LiteralPath" in self.bound

    def emit(self, value: t.Any) -> None:
        self.streams.output(value)

    def record(self, identifier: str, message: str, target: t.Any = None, **properties: t.Any) -> ps.ErrorRecord:
        """An error record that names this command."""
        return errors.record(
            identifier,
            message,
            command=self.command.name,
            implementation=self.command.implementation,
            target=target,
            properties=properties,
        )

    def fail(self, record: ps.ErrorRecord) -> None:
        """A non-terminating error, as far as -ErrorAction leaves it one."""
        action = self.bound.get("ErrorAction", "Continue")
        if action == "Stop":
            raise StoppedByPreference(record)
        if action not in ("SilentlyContinue", "Ignore"):
            self.streams.error(record)

    def refuse(self, what: str) -> boundary.Terminated:
        """Something the contract does not hold: noted on the device, and a terminating error for the caller to raise."""
        self.device.violations.append(what)
        return boundary.Terminated(errors.not_in_contract(what))


Handler: t.TypeAlias = t.Callable[[Invocation], None]
