"""What a reset puts back by itself: files that push-button reset restores from the `Recovery` folder of the Windows drive.

`Customizations` holds provisioning packages that are applied again in the first-run experience; `AutoApply` holds unattend files,
layouts and the like (from 1809 on). That an Autopilot Reset reads them too is documented for push-button reset in general only.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Folder, Read, Reading
from .._remoting.values import RemoteObject
from .facts import Readings, Unreadable, expect, reason

NAME = "recovery_customizations"


def customizations(system_root: str) -> Folder:
    return Folder(f"{system_root[:2]}\\Recovery\\Customizations")


def reads(system_root: str) -> dict[str, Read]:
    return {"packages": customizations(system_root), "auto_apply": Folder(f"{system_root[:2]}\\Recovery\\AutoApply")}


def parse(readings: Readings) -> dict[str, t.Any]:
    return {
        "packages": names(readings["packages"], "Recovery\\Customizations"),
        "auto_apply": names(readings["auto_apply"], "Recovery\\AutoApply"),
    }


def names(reading: Reading, what: str) -> t.Any:
    """Names of the items in a folder; none when there is no such folder."""
    if reading.failure:
        return reason(reading, what)
    found = [expect(value, "Name") for value in reading.outputs if isinstance(value, RemoteObject)]
    return next((name for name in found if isinstance(name, Unreadable)), sorted(map(str, found)))
