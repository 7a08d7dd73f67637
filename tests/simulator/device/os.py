"""The operating system's state."""

from __future__ import annotations

import dataclasses
import datetime
import typing as t

Edition: t.TypeAlias = t.Literal["Professional", "Enterprise", "Education", "Core", "IoTEnterprise"]

_FIRST_WINDOWS_11 = 22000
_NAMES: t.Mapping[str, str] = {
    "Professional": "Pro",
    "Enterprise": "Enterprise",
    "Education": "Education",
    "Core": "Home",
    "IoTEnterprise": "IoT Enterprise",
}
_SKUS: t.Mapping[str, int] = {"Professional": 48, "Enterprise": 4, "Education": 121, "Core": 101, "IoTEnterprise": 188}


@dataclasses.dataclass(slots=True)
class OperatingSystem:
    """`version` is the feature update (23H2); None on releases that have none. `machine_guid` empty: derived from the device's name."""

    edition: Edition = "Enterprise"
    build: int = 22631
    revision: int = 5335
    version: str | None = "23H2"
    installed: datetime.datetime = datetime.datetime(2025, 3, 14, 8, 20, tzinfo=datetime.UTC)
    started: datetime.datetime = datetime.datetime(2025, 6, 2, 6, 55, tzinfo=datetime.UTC)
    machine_guid: str = ""
    system_root: str = "C:\\Windows"
    architecture: t.Literal["AMD64", "ARM64"] = "AMD64"

    @property
    def is_windows_11(self) -> bool:
        return self.build >= _FIRST_WINDOWS_11

    @property
    def product_name(self) -> str:
        """What the registry says: Windows 10, on Windows 11 too."""
        return f"Windows 10 {_NAMES[self.edition]}"

    @property
    def caption(self) -> str:
        """What Win32_OperatingSystem says."""
        return f"Microsoft Windows {'11' if self.is_windows_11 else '10'} {_NAMES[self.edition]}"

    @property
    def sku(self) -> int:
        return _SKUS[self.edition]
