"""The state of WinRE and what enabling and disabling do to it.

`ReAgent.xml` and `reagentc` are answered from here, each in its own way, because on real machines they can disagree.
"""

from __future__ import annotations

import dataclasses
import typing as t

from . import identity
from .storage import MIB, Storage

FOLDER = "\\Recovery\\WindowsRE"
_NO_GUID = "{00000000-0000-0000-0000-000000000000}"

Image: t.TypeAlias = t.Literal["partition", "windows", "staged", "missing"]
Result: t.TypeAlias = t.Literal["done", "already", "no_image", "too_small", "bitlocker", "mismatch"]


@dataclasses.dataclass(slots=True)
class WinRE:
    """WinRE.

    `image` is where Winre.wim lies: on the recovery partition, in Recovery\\WindowsRE of the Windows volume, staged in
    System32\\Recovery, or nowhere; None takes what the state implies. `inconsistent`: ReAgent.xml says installed, the boot
    configuration does not, and enabling fails. `keeps_bcd_id`: a disabled WinRE still shows the identifier it had.
    """

    state: t.Literal["enabled", "disabled", "inconsistent"] = "enabled"
    image: Image | None = None
    image_mib: int = 520
    version: str | None = "10.0.22621.5262"
    reagent_xml: t.Literal["present", "missing", "truncated"] = "present"
    keeps_bcd_id: bool = True

    def settle(self, storage: Storage) -> None:
        """Fill in what the fleet file left out."""
        if self.image is None:
            at_home: Image = "partition" if storage.number("recovery") else "windows"
            self.image = "staged" if self.state == "disabled" else at_home

    # --- what the sources say

    @property
    def file_says_installed(self) -> bool:
        return self.state != "disabled"

    @property
    def tool_says_enabled(self) -> bool:
        """`reagentc` looks at the boot configuration and at the image."""
        return self.state == "enabled" and self.image in ("partition", "windows")

    def place(self, storage: Storage) -> int | None:
        """The number of the partition that the image belongs on, or lies on."""
        recovery = storage.number("recovery")
        return storage.number("windows") if self.image == "windows" or recovery is None else recovery

    def bytes_on(self, storage: Storage, number: int) -> int:
        """How much of a partition the image takes, in bytes."""
        lies_there = (self.image == "partition" and number == storage.number("recovery")) or (
            self.image in ("windows", "staged") and number == storage.number("windows")
        )
        return self.image_mib * MIB if lies_there else 0

    # --- what changes it

    def enable(self, storage: Storage) -> Result:
        if self.state == "inconsistent":
            return "mismatch"
        if self.tool_says_enabled:
            return "already"
        if self.image == "missing":
            return "no_image"
        if self.image == "staged":
            target = self._target(storage)
            if target == "too_small" or target == "bitlocker":
                return target
            self.image = target
        self.state = "enabled"
        self.reagent_xml = "present"
        return "done"

    def disable(self) -> Result:
        if not self.tool_says_enabled:
            return "already"
        self.state = "disabled"
        self.image = "staged"
        self.reagent_xml = "present"
        return "done"

    def _target(self, storage: Storage) -> t.Literal["partition", "windows", "too_small", "bitlocker"]:
        recovery = storage.number("recovery")
        if recovery is None:
            return "bitlocker" if storage.bitlocker else "windows"
        partition = storage.partition(recovery)
        return "partition" if partition.size_mib - partition.used_mib >= self.image_mib else "too_small"


def bcd_id(device: str) -> str:
    return identity.guid(device, "winre/bcd")


def reagent_xml(winre: WinRE, storage: Storage, device: str) -> str | None:
    """The text of ReAgent.xml; None when the file is missing. Elements: contract source reagent_xml_samples."""
    if winre.reagent_xml == "missing":
        return None
    installed = winre.file_says_installed
    number = winre.place(storage)
    location = _location(FOLDER, storage.offset(number), f"{{{identity.guid(device, 'disk')}}}") if installed and number else _location()
    entry = f"{{{bcd_id(device)}}}" if installed or winre.keeps_bcd_id else _NO_GUID
    elements = (
        f'<WinreBCD id="{entry}"/>',
        f"<WinreLocation {location}/>",
        f"<ImageLocation {_location()}/>",
        f'<PBRImageLocation {_location()} index="0"/>',
        f'<PBRCustomImageLocation {_location()} index="0"/>',
        f'<InstallState state="{int(installed)}"/>',
        '<OsInstallAvailable state="0"/>',
        '<CustomImageAvailable state="0"/>',
        '<IsAutoRepairOn state="1"/>',
        f'<WinREStaged state="{int(not installed and winre.image == "staged")}"/>',
        '<OperationParam path=""/>',
        '<OperationPermanent state="0"/>',
        '<OsBuildVersion path=""/>',
        '<OemTool state="0"/>',
        '<IsServer state="0"/>',
        f"<DownlevelWinreLocation {_location()}/>",
        '<IsWimBoot state="0"/>',
        '<NarratorScheduled state="0"/>',
        '<ScheduledOperation state="5"/>',
    )
    body = "\r\n".join(f"  {element}" for element in elements)
    text = f"<?xml version='1.0' encoding='utf-8'?>\r\n<WindowsRE version=\"2.0\">\r\n{body}\r\n</WindowsRE>\r\n"
    return text[: len(text) // 2] if winre.reagent_xml == "truncated" else text


def _location(path: str = "", offset: int = 0, guid: str = _NO_GUID) -> str:
    return f'path="{path}" id="0" offset="{offset}" guid="{guid}"'
