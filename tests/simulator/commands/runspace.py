"""A shell on a simulated device: runs statements, strictly by the contract."""

from __future__ import annotations

import asyncio
import typing as t

from psrpcore import types as ps

from ...contract import tables
from ...contract.binding import BindingError, bind
from .. import boundary
from ..device.accounts import Token
from ..device.device import Device
from ..device.endpoint import NO_LANGUAGE_COMMANDS
from . import errors
from .handlers import HANDLERS
from .invocation import Invocation, Session, StoppedByPreference
from .native import PROGRAMS
from .session import execution_context

_INPUT_NOT_BOUND = (
    "The input object cannot be bound to any parameters for the command either because the command does not take pipeline input or "
    "the input and its properties do not match any of the parameters that take pipeline input."
)


class _Unseen:
    """Streams that nobody reads: what later statements write after a terminating error."""

    def output(self, value: t.Any) -> None:
        """Dropped."""

    def error(self, record: ps.ErrorRecord) -> None:
        """Dropped."""

    def warning(self, message: str) -> None:
        """Dropped."""

    def verbose(self, message: str) -> None:
        """Dropped."""

    def progress(self, activity: str, status: str, percent: int) -> None:
        """Dropped."""

    def exit_code(self, code: int) -> None:
        """Dropped."""


class _Collected:
    """Streams of a command inside a pipeline: its output goes to the next command, the rest to the client."""

    def __init__(self, outer: boundary.Streams) -> None:
        self.values: list[t.Any] = []
        self.output = self.values.append
        self.error = outer.error
        self.warning = outer.warning
        self.verbose = outer.verbose
        self.progress = outer.progress
        self.exit_code = outer.exit_code


class DeviceRunspace:
    """A shell of one account. Its variables live as long as it does."""

    def __init__(self, device: Device, token: Token) -> None:
        self._session = Session(device, token, {"executioncontext": execution_context(device)})

    async def invoke(
        self, statements: tuple[boundary.Statement, ...], pipeline_input: tuple[t.Any, ...], streams: boundary.Streams
    ) -> None:
        """Run the statements in order.

        A terminating error hides the later statements but does not keep them from running, as the sources of PowerShell's remoting
        server show; only one made by -ErrorAction Stop ends the batch. Raises Terminated at the end.
        """
        died: boundary.Terminated | None = None
        for place, statement in enumerate(statements, 1):
            # Other devices of this process want their turn too.
            await asyncio.sleep(self._session.device.state.faults.slow_ms / 1000 * len(statement))
            try:
                self._run(place, statement, pipeline_input if place == 1 else (), streams if died is None else _Unseen())
            except boundary.Terminated as error:
                died = died or error
                if isinstance(error, StoppedByPreference):
                    break
        if died is not None:
            raise died

    def _run(self, place: int, statement: boundary.Statement, piped: tuple[t.Any, ...], streams: boundary.Streams) -> None:
        if self._session.device.state.faults.hits(place, statement):
            raise boundary.Terminated(errors.injected([call.name for call in statement]))
        for number, call in enumerate(statement, 1):
            last = number == len(statement)
            collected = _Collected(streams)
            self._call(call, piped, streams if last else collected, downstream=number > 1)
            piped = tuple(collected.values)

    def _call(self, call: boundary.Call, piped: tuple[t.Any, ...], streams: boundary.Streams, *, downstream: bool = False) -> None:
        if call.is_script:
            raise self._script(call.name)
        contract = tables.load()
        program, command = contract.program(call.name), contract.command(call.name)
        if program is None and command is None:
            self._session.device.violations.append(f"unknown command {call.name}")
        if (program is None and command is None) or not self._visible(call.name):
            raise boundary.Terminated(errors.command_not_found(call.name))
        if command is None:
            self._program(call, streams)
            return
        pairs = [(argument.name, argument.value) for argument in call.arguments]
        try:
            bound = bind(command, pairs, piped=downstream or bool(piped))
        except BindingError as error:
            self._session.device.violations.append(f"{call.name}: {error}")
            raise boundary.Terminated(
                errors.record(error.identifier, str(error), command=command.name, implementation=command.implementation)
            ) from None
        invocation = Invocation(self._session, command, bound, piped, streams)
        if piped and not any(parameter.pipeline for parameter in command.parameters.values()):
            self._session.device.violations.append(f"{call.name} takes no pipeline input")
            for value in piped:
                invocation.fail(invocation.record("InputObjectNotBound", _INPUT_NOT_BOUND, value))
            return
        HANDLERS[command.name](invocation)

    def _script(self, text: str) -> boundary.Terminated:
        self._session.device.violations.append(f"script text: {text[:80]}")
        if self._session.device.state.endpoint.language_mode == "no_language":
            return boundary.Terminated(errors.scripts_not_allowed(text))
        return boundary.Terminated(errors.not_in_contract("script text is executed nowhere"))

    def _visible(self, name: str) -> bool:
        """Whether this endpoint has the command at all."""
        endpoint = self._session.device.state.endpoint
        if endpoint.language_mode == "no_language":
            return name.lower() in {known.lower() for known in NO_LANGUAGE_COMMANDS}
        program = tables.load().program(name)
        if endpoint.platform == "linux":
            return program is None and name.lower() != "get-ciminstance"
        return program is None or endpoint.bitness == 64 or program.wow64

    def _program(self, call: boundary.Call, streams: boundary.Streams) -> None:
        device = self._session.device
        words = tuple(argument.value for argument in call.arguments)
        if any(argument.name is not None for argument in call.arguments):
            wrong = [f"{call.name}: a program takes positional text only"]
        else:
            wrong = tables.load().check_command(call.name, {None: words})
        if wrong:
            device.violations.extend(wrong)
            raise boundary.Terminated(errors.not_in_contract(wrong[0]))
        outcome = PROGRAMS[call.name.lower()](self._session, tuple(str(word) for word in words))
        self._session.variables["lastexitcode"] = ps.PSInt(outcome.exit_code)
        for line in outcome.lines:
            streams.output(ps.PSString(line))
