"""What is meant to go wrong on a device."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(slots=True)
class Faults:
    """`statement_fails`: statements that die with a terminating error, by place in their pipeline (from 1) or by command name."""

    statement_fails: tuple[int | str, ...] = ()

    def hits(self, place: int, names: tuple[str, ...]) -> bool:
        wanted = {entry.lower() for entry in self.statement_fails if isinstance(entry, str)}
        return place in self.statement_fails or any(name.lower() in wanted for name in names)
