"""MDM enrollments, and the pseudo-enrollments that Windows keeps beside them on every machine."""

from __future__ import annotations

import dataclasses
import typing as t

from . import identity

INTUNE = "MS DM Server"
_DISCOVERY = "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc"
_PROVIDER = {"mdm": INTUNE, "mam": INTUNE, "declared_configuration": "Microsoft Device Management", "bridge": "WMI_Bridge_SCCM_Server"}
_TYPES = {"mdm": 6, "mam": 5, "declared_configuration": 26, "bridge": 12}

# Provider and EnrollmentType of the bookkeeping entries (contract: enrollment_posts); None: a type no source names.
PSEUDO: tuple[tuple[str, int | None], ...] = (
    ("Local Authority", 28),
    ("Cloud Authority", 31),
    ("Deploy Authority", 30),
    ("SC Authority", None),
    ("MS Work Account", None),
    ("WMI_Bridge_Server", None),
)
NAMELESS = 6  # further entries without a provider
FOLDERS = ("Context", "Ownership", "Status", "ValidNodePaths")  # keys without values


@dataclasses.dataclass(slots=True)
class Enrollment:
    """`kind` sets provider and type: mdm (Intune unless `provider` says otherwise), mam (apps only), declared_configuration, bridge.

    `id` empty: derived from the device's name and the kind.
    """

    kind: t.Literal["mdm", "mam", "declared_configuration", "bridge"] = "mdm"
    provider: str | None = None
    id: str = ""
    state: int = 1
    user: str = "staff@contoso.example"
    discovery_url: str = _DISCOVERY

    @property
    def provider_id(self) -> str:
        return self.provider or _PROVIDER[self.kind]

    @property
    def type(self) -> int:
        return _TYPES[self.kind]


def pseudo(device: str) -> t.Iterator[tuple[str, dict[str, t.Any]]]:
    """GUID and values of the entries Windows makes by itself."""
    for name, kind in PSEUDO:
        values: dict[str, t.Any] = {"ProviderID": name, "EnrollmentState": 1}
        if kind is not None:
            values["EnrollmentType"] = kind
        yield identity.guid(device, f"enrollment/{name}").upper(), values
    for index in range(NAMELESS):
        yield identity.guid(device, f"enrollment/nameless/{index}").upper(), {"EnrollmentState": 1}
