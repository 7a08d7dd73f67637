"""What is meant to go wrong on a device."""

from __future__ import annotations

import dataclasses
import typing as t

from .. import boundary


@dataclasses.dataclass(slots=True)
class Faults:
    """`statement_fails`: statements that die with a terminating error, whenever they are run.

    A number is a place in every pipeline (from 1). Text is a command's name, or a name and words that one of its arguments has to
    contain: `Get-CimInstance Win32_BIOS`.
    `cut_at_request`, `reboot_after_request`: at the boundary. `refuse_shell_with`: the WS-Management fault code that answers every
    attempt to open a shell. `slow_ms`: how long each command takes. `clock_skew_seconds`: how far the device's clock is ahead.
    """

    statement_fails: tuple[int | str, ...] = ()
    cut_at_request: int | None = None
    reboot_after_request: int | None = None
    refuse_shell_with: int | None = None
    slow_ms: int = 0
    clock_skew_seconds: int = 0

    def hits(self, place: int, statement: boundary.Statement) -> bool:
        return any(
            place == entry if isinstance(entry, int) else any(_matches(entry, call) for call in statement) for entry in self.statement_fails
        )


def _matches(entry: str, call: boundary.Call) -> bool:
    name, _unused, words = entry.lower().partition(" ")
    return call.name.lower() == name and (not words or any(words in text.lower() for text in _texts(call)))


def _texts(call: boundary.Call) -> t.Iterator[str]:
    for argument in call.arguments:
        values = argument.value if isinstance(argument.value, list) else [argument.value]
        yield from (str(value) for value in values)
