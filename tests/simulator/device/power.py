"""The battery, and where the power comes from."""

from __future__ import annotations

import dataclasses

# Win32_Battery.BatteryStatus
ON_MAINS, DISCHARGING = 2, 1


@dataclasses.dataclass(slots=True)
class Power:
    """`status` overrides the BatteryStatus that `on_mains` gives. Without a battery there is no instance of it."""

    battery: bool = True
    on_mains: bool = True
    charge_percent: int = 96
    status: int | None = None

    @property
    def battery_status(self) -> int:
        if self.status is not None:
            return self.status
        return ON_MAINS if self.on_mains else DISCHARGING
