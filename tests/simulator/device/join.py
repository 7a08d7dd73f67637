"""How the device is joined."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(slots=True)
class Join:
    """`tenant_id` and `domain` count only for types that have one."""

    type: t.Literal["entra", "hybrid", "domain", "workgroup"] = "entra"
    tenant_id: str = "9a3f7f0e-6a52-4c7e-8a44-1f0d6a0d8f11"
    tenant_name: str = "Contoso School"
    user: str = "staff@contoso.example"
    domain: str = "ad.contoso.example"

    @property
    def entra(self) -> bool:
        return self.type in ("entra", "hybrid")

    @property
    def in_domain(self) -> bool:
        return self.type in ("domain", "hybrid")
