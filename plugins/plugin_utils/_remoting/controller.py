"""The controller's side: which versions of what takes part in a connection."""

from __future__ import annotations

import importlib.metadata
import platform

PACKAGES = ("ansible-core", "pypsrp", "pyspnego", "requests", "cryptography", "requests-credssp", "gssapi", "krb5")


def versions() -> dict[str, str | None]:
    """Versions by name, with underscores; None: not installed."""
    return {"python": platform.python_version(), **{package.replace("-", "_"): _version(package) for package in PACKAGES}}


def _version(package: str) -> str | None:
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        return None
