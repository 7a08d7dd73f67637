"""What the device remembers of its Autopilot profile."""

from __future__ import annotations

import dataclasses
import json
import typing as t


@dataclasses.dataclass(slots=True)
class Autopilot:
    """`cache`: profile, stub (what the service's answer "no profile" leaves), absent, or damaged (cut in its middle)."""

    cache: t.Literal["profile", "stub", "absent", "damaged"] = "profile"
    profile_name: str = "School laptops"
    hybrid_join: bool = False
    tenant_domain: str = "contoso.example"

    @property
    def available(self) -> bool:
        return self.cache in ("profile", "damaged")

    def policy_json(self) -> str:
        """The cached answer of the service."""
        content: dict[str, t.Any] = {"AutopilotMode": 0}
        if self.available:
            content |= {"DeploymentProfileName": self.profile_name, "CloudAssignedDomainJoinMethod": int(self.hybrid_join)}
        text = json.dumps(content, indent=2)
        return text[: len(text) // 2] if self.cache == "damaged" else text
