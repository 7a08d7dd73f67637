"""The device document: one versioned structure that everything else speaks in."""

from __future__ import annotations

import typing as t

from .._remoting.faults import check_bitness
from .._remoting.reading import Pipe, Read, Reading
from .._remoting.values import text_of
from . import (
    administrators,
    autopilot,
    bitlocker,
    firmware,
    join,
    language,
    management,
    os,
    packages,
    policy,
    power,
    reboot,
    recovery,
    remoting,
    updates,
    users,
    wifi,
    winre,
)
from .facts import Part, Unreadable

SCHEMA_VERSION = 1
SYSTEM_ROOT = "C:\\Windows"

_READINESS = (os, firmware, winre, join, policy, management, autopilot, power, reboot, updates, language, users)
_MODULES = (*_READINESS, bitlocker, wifi, administrators, recovery, packages, remoting)
PARTS: t.Mapping[str, Part] = {part.NAME: part for part in t.cast("tuple[Part, ...]", _MODULES)}


class Reader(t.Protocol):
    """What the document needs of a session."""

    def read(self, reads: t.Mapping[str, Read]) -> dict[str, Reading]:
        """As Session.read."""


def gather(reader: Reader, parts: t.Collection[str] = tuple(PARTS)) -> dict[str, t.Any]:
    """Read the named parts in one pipeline and put the document together.

    Reads that have to be alone get a pipeline each, and files another one when Windows is not in `C:\\Windows`. Raises RemotingFault
    for a 32-bit session.
    """
    wanted = [part for part in PARTS if part in parts]
    known = _read_each(reader, wanted, SYSTEM_ROOT, {os.SYSTEM_ROOT: None, os.ARCHITECTURE: None})
    check_bitness(text_of(known[os.ARCHITECTURE].first))
    root = text_of(known[os.SYSTEM_ROOT].first)
    if root and root.lower() != SYSTEM_ROOT.lower():
        known.update(_read_each(reader, wanted, root, {}, known))
    else:
        root = SYSTEM_ROOT
    return assemble({part: _own(part, root, known) for part in wanted})


def _read_each(
    reader: Reader,
    parts: t.Iterable[str],
    root: str,
    extra: t.Mapping[Read, None],
    known: t.Mapping[Read, Reading] | None = None,
) -> dict[Read, Reading]:
    """Read what the parts need, each thing once however many parts want it."""
    needed = dict.fromkeys([*extra, *(read for part in parts for read in PARTS[part].reads(root).values())])
    todo = [read for read in needed if known is None or read not in known]
    alone: list[Read] = [read for read in todo if isinstance(read, Pipe) and read.alone]
    answered: dict[Read, Reading] = {}
    batches: list[list[Read]] = [[read for read in todo if read not in alone], *([read] for read in alone)]
    for batch in batches:
        answers = reader.read({str(index): read for index, read in enumerate(batch)}) if batch else {}
        answered.update({read: answers[str(index)] for index, read in enumerate(batch)})
    return answered


def _own(part: str, root: str, known: t.Mapping[Read, Reading]) -> dict[str, t.Any]:
    return PARTS[part].parse({key: known[read] for key, read in PARTS[part].reads(root).items()})


def assemble(parts: t.Mapping[str, t.Mapping[str, t.Any]]) -> dict[str, t.Any]:
    """The document from its parts: what could not be read becomes null, with its path and reason in `unreadable`."""
    unreadable: dict[str, str] = {}
    content = {name: _settle(part, name, unreadable) for name, part in parts.items()}
    return {"schema_version": SCHEMA_VERSION, "gathered": list(parts), "unreadable": unreadable, **content}


def _settle(value: t.Any, path: str, unreadable: dict[str, str]) -> t.Any:
    if isinstance(value, Unreadable):
        unreadable[path] = value.reason
        return None
    if isinstance(value, t.Mapping):
        return {key: _settle(item, f"{path}.{key}", unreadable) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [_settle(item, f"{path}[{index}]", unreadable) for index, item in enumerate(value)]
    return value
