"""The line between the transport and the device: what each may ask of the other.

The transport turns bytes into calls and records into bytes; it knows nothing of Windows beyond remoting.
The device knows nothing of HTTP, authentication or PSRP messages. Values on both sides are psrpcore types.
"""

from __future__ import annotations

import dataclasses
import typing as t

from psrpcore import types as ps


@dataclasses.dataclass(frozen=True, slots=True)
class Argument:
    """One argument of a call: `name` is None for a positional one, `value` is what psrpcore deserialized."""

    name: str | None
    value: t.Any


@dataclasses.dataclass(frozen=True, slots=True)
class Call:
    """One command of a statement. `is_script` means that `name` is script text, not a command name."""

    name: str
    is_script: bool
    arguments: tuple[Argument, ...]


Statement: t.TypeAlias = tuple[Call, ...]


class Terminated(Exception):
    """A terminating error: the pipeline ends in state Failed with this record."""

    def __init__(self, record: ps.ErrorRecord) -> None:
        super().__init__(str(record))
        self.record = record


class Streams(t.Protocol):
    """Where a running pipeline writes, in the order in which the client is to see it."""

    def output(self, value: t.Any) -> None:
        """A value of the success stream."""

    def error(self, record: ps.ErrorRecord) -> None:
        """A non-terminating error."""

    def warning(self, message: str) -> None:
        """A line of the warning stream."""

    def verbose(self, message: str) -> None:
        """A line of the verbose stream."""

    def progress(self, activity: str, status: str, percent: int) -> None:
        """A progress record; `percent` is -1 when unknown."""

    def exit_code(self, code: int) -> None:
        """What a script's `exit` sends: the SetShouldExit host call. Native commands alone never send it."""


class Runspace(t.Protocol):
    """One shell of one user on one device: variables live here."""

    async def invoke(self, statements: tuple[Statement, ...], pipeline_input: tuple[t.Any, ...], streams: Streams) -> None:
        """Run the statements in order; raise Terminated for a terminating error.

        After a terminating error in one statement the later ones may still have run, unseen (what they wrote is dropped).
        """


class ShellRefused(Exception):
    """The device refuses to create a shell: a WS-Management fault with this code and message."""

    def __init__(self, code: int, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclasses.dataclass(frozen=True, slots=True)
class Account:
    """A local account of the device, as far as signing in is concerned."""

    name: str
    password: str


Certificate: t.TypeAlias = t.Literal["trusted", "self_signed", "expired", "not_yet_valid", "expiring", "other_name"]
Answers: t.TypeAlias = t.Literal["wsman", "html", "not_found", "unavailable", "silence"]


@dataclasses.dataclass(frozen=True, slots=True)
class Endpoint:
    """How the device can be reached.

    `authentication` holds lower-case scheme names: basic, negotiate, kerberos, credssp, certificate.
    `answers`: "wsman"; "html" (something else listens there and answers 200 with a page); "not_found" (404 with a page);
    "unavailable" (503); "silence" (requests are read and never answered). Sizes are in KiB.
    `certificate_account` is the account that the fleet's client certificate is mapped to; `channel_binding` what becomes of a
    sign-in over TLS that carries no channel binding token (a wrong one is always refused).
    `cut_at_request`: the TCP connection is reset instead of answering the device's N-th request; `reboot_after_request`: every
    shell is gone after the N-th answer. `version_table` is the PSVersionTable that the pool announces (psrpcore types).
    """

    http_port: int | None = 5985
    https_port: int | None = None
    authentication: frozenset[str] = frozenset({"negotiate", "kerberos"})
    allow_unencrypted: bool = False
    certificate: Certificate = "trusted"
    certificate_account: str | None = None
    channel_binding: t.Literal["relaxed", "required"] = "relaxed"
    answers: Answers = "wsman"
    cut_at_request: int | None = None
    reboot_after_request: int | None = None
    max_envelope_kib: int = 500
    max_shells_per_user: int = 30
    accounts: tuple[Account, ...] = ()
    version_table: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


class Device(t.Protocol):
    """A simulated device as the transport sees it."""

    @property
    def name(self) -> str:
        """Its name in the fleet."""

    @property
    def address(self) -> str:
        """The loopback address it listens on."""

    @property
    def powered_on(self) -> bool:
        """False: nothing listens at the address (connections are refused)."""

    @property
    def endpoint(self) -> Endpoint:
        """How it can be reached."""

    def open_runspace(self, account: str, configuration: str) -> Runspace:
        """A shell for this account on this session configuration (`Microsoft.PowerShell`); raises ShellRefused."""


class Fleet(t.Protocol):
    @property
    def devices(self) -> t.Mapping[str, Device]:
        """Devices by name, in file order."""
