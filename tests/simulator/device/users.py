"""People with a profile on the device."""

from __future__ import annotations

import dataclasses
import hashlib


@dataclasses.dataclass(slots=True)
class User:
    """`signed_in`: the profile is loaded; `at_device`: at the console, and not by remote desktop."""

    name: str
    signed_in: bool = False
    at_device: bool = False

    @property
    def sid(self) -> str:
        """A SID of the form that Entra accounts have."""
        digest = hashlib.sha256(f"user/{self.name}".encode()).digest()
        return "S-1-12-1-" + "-".join(str(int.from_bytes(digest[place : place + 4], "little")) for place in range(0, 16, 4))

    @property
    def loaded(self) -> bool:
        return self.signed_in or self.at_device
