"""What the machine is."""

from __future__ import annotations

import dataclasses
import datetime


@dataclasses.dataclass(slots=True)
class Firmware:
    """`serial_number` and `uuid` None: derived from the device's name. An empty serial number is kept: some machines have none."""

    serial_number: str | None = None
    uuid: str | None = None
    manufacturer: str = "Contoso Computers"
    model: str = "Learnbook 14 G3"
    bios_version: str = "1.21.0"
    bios_date: datetime.datetime = datetime.datetime(2024, 11, 5, tzinfo=datetime.UTC)
