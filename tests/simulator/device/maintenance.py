"""Updates that are installed, and restarts that wait."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(slots=True)
class PendingReboot:
    """Who waits for a restart."""

    servicing: bool = False
    windows_update: bool = False
    file_renames: bool = False


@dataclasses.dataclass(slots=True)
class Updates:
    """`installed` is what Windows lists; what is built in shows in the build revision alone."""

    installed: tuple[str, ...] = ("KB5058405",)
