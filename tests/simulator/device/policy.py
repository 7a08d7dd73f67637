"""The reset policy: each provider's own value, and the one that won."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(slots=True)
class Setting:
    """One provider's value. `provider` is an enrollment kind (mdm, bridge, ...) or a GUID of its own."""

    value: int
    provider: str = "mdm"


@dataclasses.dataclass(slots=True)
class Policy:
    """`settings` in order of precedence: the first one wins. `direct` is a value written straight into the effective branch.

    `picture_password` is a sibling policy of the same area, set by the MDM.
    """

    settings: tuple[Setting, ...] = (Setting(0),)
    direct: int | None = None
    picture_password: int | None = None

    @property
    def winner(self) -> Setting | None:
        return self.settings[0] if self.settings else None

    @property
    def effective(self) -> int | None:
        if self.direct is not None:
            return self.direct
        return self.winner.value if self.winner else None


Name: t.TypeAlias = t.Literal["DisableAutomaticReDeploymentCredentials"]
NAME: Name = "DisableAutomaticReDeploymentCredentials"
SIBLING = "BlockPicturePassword"
