"""Disk 0: partitions in order and the volumes on them."""

from __future__ import annotations

import dataclasses
import typing as t

from . import identity

MIB = 1024 * 1024

# GPT types: contract table files.yml, partition_types.
GPT_TYPES: t.Mapping[str, str] = {
    "efi": "{c12a7328-f81f-11d2-ba4b-00a0c93ec93b}",
    "reserved": "{e3c9e316-0b5c-4db8-817d-f92df00215ae}",
    "windows": "{ebd0a0a2-b9e5-4433-87c0-68b6b72699c7}",
    "recovery": "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}",
}


@dataclasses.dataclass(slots=True)
class Partition:
    """A partition. `used_mib` is what lies on it besides a WinRE image."""

    kind: t.Literal["efi", "reserved", "windows", "recovery"]
    size_mib: int
    used_mib: int = 0
    label: str = ""


def _usual() -> tuple[Partition, ...]:
    return (
        Partition("efi", 260, 32, "SYSTEM"),
        Partition("reserved", 16),
        Partition("windows", 242_000, 61_000, "Windows"),
        Partition("recovery", 990, 20, "Windows RE tools"),
    )


@dataclasses.dataclass(slots=True)
class Storage:
    """`bitlocker`: the Windows volume is encrypted.

    `protection` is what its key protectors do then: on, off (suspended) or unknown (the volume is locked). `recovery_password` opens it.
    """

    partitions: tuple[Partition, ...] = dataclasses.field(default_factory=_usual)
    bitlocker: bool = True
    protection: t.Literal["on", "off", "unknown"] = "on"
    recovery_password: str = "111111-222222-333333-444444-555555-666666-777777-888888"

    def __post_init__(self) -> None:
        if sum(partition.kind == "windows" for partition in self.partitions) != 1:
            raise ValueError("partitions need exactly one of kind 'windows'.")

    def number(self, kind: str) -> int | None:
        """The number (from 1) of the first partition of a kind."""
        return next((number for number, partition in enumerate(self.partitions, 1) if partition.kind == kind), None)

    def partition(self, number: int) -> Partition:
        return self.partitions[number - 1]

    def offset(self, number: int) -> int:
        """Where a partition begins, in bytes: the first one at 1 MiB."""
        return MIB * (1 + sum(partition.size_mib for partition in self.partitions[: number - 1]))


def volume_path(device: str, number: int) -> str:
    """The volume GUID path of a partition, with its closing backslash."""
    return f"\\\\?\\Volume{{{identity.guid(device, f'volume/{number}')}}}\\"
