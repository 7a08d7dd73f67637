"""The session: runs commands on a device through the runspace of the inventory's own psrp connection."""

from __future__ import annotations

import secrets
import time
import typing as t

from .command import Command, Statement, Typed, Value
from .faults import RemotingFault, Target, explain, fault, restricted
from .reading import Event, Failure, Native, NativeResult, Output, Read, Reading, native_result, native_statements, plan
from .values import RemoteError, plain, remote_error

try:
    from pypsrp.complex_objects import PSInvocationState
    from pypsrp.exceptions import WSManFaultError
    from pypsrp.messages import MessageType
    from pypsrp.powershell import PowerShell
    from pypsrp.serializer import TaggedValue
except ImportError:  # pragma: no cover - the psrp connection refuses first
    PowerShell = object  # type: ignore[assignment,misc]

OPERATION_TIMED_OUT = 2150858793  # nothing to report yet: the client asks again


class Pipeline(PowerShell):
    """A pypsrp pipeline that keeps outputs and error records in the order in which they came."""

    def __init__(self, pool: t.Any) -> None:
        super().__init__(pool)
        self.events: list[Event] = []
        self.died: RemoteError | None = None

    def poll_invoke(self, timeout: int | None = None) -> None:
        try:
            responses = self.runspace_pool._receive(self.id, timeout=timeout)
        except WSManFaultError as fault:
            if fault.code != OPERATION_TIMED_OUT:
                raise
            return
        for kind, message in responses:
            if kind == MessageType.PIPELINE_OUTPUT:
                self.events.append(Output(plain(message.data.data)))
            elif kind == MessageType.ERROR_RECORD:
                self.events.append(Failure(remote_error(message)))

    def _process_error_record(self, message: t.Any) -> t.Any:
        return message.data

    def _process_pipeline_state(self, message: t.Any) -> None:
        super()._process_pipeline_state(message)
        record = message.data.error_record
        if self.state == PSInvocationState.FAILED:
            self.died = remote_error(record) if record is not None else RemoteError("The pipeline failed without saying why.")


class Session:
    """Reads many things at once and writes one thing at a time.

    Args:
        pool: an open pypsrp RunspacePool.
        target: where it leads, for messages.
        limit: how long one pipeline may take, in seconds.
        clock: seconds that only go up.
    """

    def __init__(self, pool: t.Any, target: Target, *, limit: float = 600.0, clock: t.Callable[[], float] = time.monotonic) -> None:
        self._pool = pool
        self._target = target
        self._limit = limit
        self._clock = clock
        self._last: Pipeline | None = None

    @property
    def version_table(self) -> t.Mapping[str, t.Any]:
        """The PSVersionTable that the endpoint announced; empty when it announced none."""
        announced = getattr(self._pool, "application_private_data", None)
        table = plain(getattr(announced, "data", None))
        inner = table.get("PSVersionTable") if isinstance(table, dict) else None
        return inner if isinstance(inner, dict) else {}

    def read(self, reads: t.Mapping[str, Read]) -> dict[str, Reading]:
        """Read everything in one pipeline; what a dying statement hid is read again behind it.

        Returns:
            One Reading per key. Raises RemotingFault when the device was lost or the endpoint knows no commands.
        """
        readings: dict[str, Reading] = {}
        pending = dict(reads)
        precise = False
        while pending:
            batch = plan(pending, secrets.token_hex(4), precise=precise)
            pipeline = self._invoke(batch.statements)
            done = batch.sort(pipeline.events, pipeline.died)
            if precise and not done.readings:
                raise self._nothing_runs(pipeline.died)
            readings.update(done.readings)
            pending = {key: read for key, read in pending.items() if key in done.again}
            precise = True
        return {key: readings[key] for key in reads}

    def run(self, statement: Statement) -> Reading:
        """Run one writing statement in a pipeline of its own."""
        return self._one((statement,))

    def run_native(self, program: str, *arguments: str) -> NativeResult:
        """Run one program that changes something, and read its exit code."""
        return native_result(self._one(native_statements(Native(program, arguments))))

    def _one(self, statements: tuple[Statement, ...]) -> Reading:
        pipeline = self._invoke(statements)
        outputs = tuple(event.value for event in pipeline.events if isinstance(event, Output))
        errors = tuple(event.error for event in pipeline.events if isinstance(event, Failure))
        return Reading(outputs, errors, pipeline.died)

    def _invoke(self, statements: tuple[Statement, ...]) -> Pipeline:
        try:
            if self._last is not None:
                # A finished pipeline still counts against the shell's quota of commands until it is closed.
                self._last.close()
            pipeline = self._last = Pipeline(self._pool)
            for statement in statements:
                for command in statement:
                    _add(pipeline, command)
                pipeline.add_statement()
            pipeline.begin_invoke()
            self._wait(pipeline)
        except RemotingFault:
            raise
        except Exception as error:
            self._forget_sealing()
            raise explain(error, self._target) from error
        return pipeline

    def _forget_sealing(self) -> None:
        """Let the client sign in anew for closing the shell: it would go on sealing with what died with the TCP connection."""
        transport = getattr(getattr(self._pool, "connection", None), "transport", None)
        if transport is not None:
            transport.encryption = None

    def _wait(self, pipeline: Pipeline) -> None:
        deadline = self._clock() + self._limit
        while pipeline.state == PSInvocationState.RUNNING:
            if self._clock() > deadline:
                pipeline.stop()
                raise fault("too_slow", self._target, f"{self._limit:.0f} seconds")
            pipeline.poll_invoke()

    def _nothing_runs(self, died: RemoteError | None) -> RemotingFault:
        if died is not None and died.id.startswith("CommandNotFoundException"):
            return restricted(died.target or "Write-Output")
        return fault("nothing_runs", self._target, str(died))


# Says of each stream that it is not redirected, in some 600 bytes a command. PowerShell takes their absence for the same: clients of
# version 2 do not send them (PowerShell's sources, Command.FromPSObjectForRemoting).
_NOT_REDIRECTED = ("merge_error", "merge_warning", "merge_verbose", "merge_debug", "merge_information")


def _add(pipeline: Pipeline, command: Command) -> None:
    pipeline.add_cmdlet(command.name)
    for stream in _NOT_REDIRECTED:
        setattr(pipeline.commands[-1], stream, None)
    for name, value in command.parameters.items():
        pipeline.add_parameter(name, _wire(value))
    for value in command.arguments:
        pipeline.add_argument(_wire(value))


def _wire(value: Value) -> t.Any:
    """A command's value as pypsrp serializes it."""
    if isinstance(value, Typed):
        return TaggedValue(value.tag, value.value)
    if isinstance(value, tuple):
        return [_wire(item) for item in value]
    if isinstance(value, t.Mapping):
        return {key: _wire(item) for key, item in value.items()}
    return value
