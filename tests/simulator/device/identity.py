"""Identifiers that a device keeps over restarts of the simulator: derived from its name, so that fleets need not spell them out."""

from __future__ import annotations

import hashlib
import uuid

_NAMESPACE = uuid.UUID("7f1c1f0a-5a0e-4d4b-9d3e-3c6b0b6f2a11")


def guid(device: str, purpose: str) -> str:
    """A GUID in lower case without braces."""
    return str(uuid.uuid5(_NAMESPACE, f"{device}/{purpose}"))


def serial(device: str) -> str:
    """A seven-letter service tag."""
    return hashlib.sha256(f"serial/{device}".encode()).hexdigest()[:7].upper()


def thumbprint(device: str) -> str:
    """A certificate thumbprint: 40 hexadecimal digits in upper case."""
    return hashlib.sha1(f"thumbprint/{device}".encode(), usedforsecurity=False).hexdigest().upper()
