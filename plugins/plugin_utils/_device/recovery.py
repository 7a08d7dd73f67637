"""What a reset puts back by itself: files that push-button reset restores from `C:\\Recovery`.

`Customizations` holds provisioning packages that are applied again in the first-run experience; `AutoApply` holds unattend files,
layouts and the like (from 1809 on).
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Folder, Read, Reading
from .._remoting.values import RemoteObject
from .facts import Readings, pick, reason

NAME = "recovery_customizations"


def reads(system_root: str) -> dict[str, Read]:
    drive = system_root[:2]
    return {"packages": Folder(f"{drive}\\Recovery\\Customizations"), "auto_apply": Folder(f"{drive}\\Recovery\\AutoApply")}


def parse(readings: Readings) -> dict[str, t.Any]:
    return {
        "packages": _names(readings["packages"], "C:\\Recovery\\Customizations"),
        "auto_apply": _names(readings["auto_apply"], "C:\\Recovery\\AutoApply"),
    }


def _names(reading: Reading, what: str) -> t.Any:
    if reading.failure:
        return reason(reading, what)
    names = [pick(value, "Name") for value in reading.outputs if isinstance(value, RemoteObject)]
    return sorted(name for name in names if isinstance(name, str))
