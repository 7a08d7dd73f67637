"""Provisioning packages that are installed, and what push-button reset would restore."""

from __future__ import annotations

import dataclasses


@dataclasses.dataclass(slots=True)
class Package:
    """An installed package. `owner` and `rank` are names that no source confirms: null leaves the property out."""

    id: str
    name: str
    version: str = "1.0"
    owner: str | None = None
    rank: int | None = None


@dataclasses.dataclass(slots=True)
class Provisioning:
    """`module` false: Windows without the PowerShell module."""

    packages: tuple[Package, ...] = ()
    module: bool = True


@dataclasses.dataclass(slots=True)
class Recovery:
    """Names of the files in `Recovery\\Customizations` and `Recovery\\AutoApply`; null: there is no such folder."""

    customizations: tuple[str, ...] | None = None
    auto_apply: tuple[str, ...] | None = None
