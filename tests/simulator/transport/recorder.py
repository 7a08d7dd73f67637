"""What the devices saw: requests with their bytes, pipelines with their commands, shells that are open.

One object in the process for tests; the same as JSON Lines for everyone else. Argument values are left out unless asked for, and so is
script text: both may hold secrets.
"""

from __future__ import annotations

import collections
import dataclasses
import json
import pathlib
import typing as t

from ..boundary import Call, Statement

PipelineState: t.TypeAlias = t.Literal["running", "completed", "failed", "stopped"]


@dataclasses.dataclass(frozen=True, slots=True)
class RequestSeen:
    """One HTTP request and its answer.

    `connection` counts TCP connections from 1. `action` is "auth" for a request that only carries authentication, the last part of the
    WS-Management action otherwise. `received` and `sent` are HTTP bytes, headers included (inside TLS where there is TLS).
    `fault` is the code of a WS-Management fault.
    """

    device: str
    connection: int
    action: str
    status: int
    received: int
    sent: int
    fault: int | None = None


@dataclasses.dataclass(slots=True)
class CommandSeen:
    """One command: its name and the names of its arguments (None: positional). A script has the name `<script>`."""

    name: str
    arguments: tuple[str | None, ...]
    values: tuple[t.Any, ...] | None = None


@dataclasses.dataclass(slots=True)
class PipelineSeen:
    """One pipeline that a device was asked to run."""

    device: str
    account: str
    shell: str
    statements: tuple[tuple[CommandSeen, ...], ...]
    state: PipelineState = "running"


class Recorder:
    """Collects what happens, and writes it down line by line when it was given a file."""

    def __init__(self, path: pathlib.Path | None = None, *, values: bool = False) -> None:
        self.requests: list[RequestSeen] = []
        self.pipelines: list[PipelineSeen] = []
        self.open_shells: collections.Counter[str] = collections.Counter()
        """Open shells now, by device name."""
        self._values = values
        self._file = path.open("w", encoding="utf-8") if path is not None else None

    def close(self) -> None:
        """Close the file; what is in memory stays."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def clear(self) -> None:
        """Forget requests and pipelines (not the open shells), so that a test can look at what comes next alone."""
        self.requests.clear()
        self.pipelines.clear()

    def request(self, seen: RequestSeen) -> None:
        self.requests.append(seen)
        self._write("request", **dataclasses.asdict(seen))

    def pipeline_started(self, device: str, account: str, shell: str, statements: tuple[Statement, ...]) -> PipelineSeen:
        seen = PipelineSeen(device, account, shell, tuple(tuple(map(self._command, statement)) for statement in statements))
        self.pipelines.append(seen)
        return seen

    def pipeline_ended(self, seen: PipelineSeen, state: PipelineState) -> None:
        seen.state = state
        self._write("pipeline", **dataclasses.asdict(seen))

    def shell_opened(self, device: str) -> None:
        self.open_shells[device] += 1
        self._write("shells", device=device, open=self.open_shells[device])

    def shell_closed(self, device: str) -> None:
        self.open_shells[device] -= 1
        self._write("shells", device=device, open=self.open_shells[device])

    def _command(self, call: Call) -> CommandSeen:
        name = "<script>" if call.is_script and not self._values else call.name
        values = tuple(argument.value for argument in call.arguments) if self._values else None
        return CommandSeen(name, tuple(argument.name for argument in call.arguments), values)

    def _write(self, event: str, **what: t.Any) -> None:
        if self._file is not None:
            self._file.write(json.dumps({"event": event, **what}, default=str) + "\n")
            self._file.flush()
