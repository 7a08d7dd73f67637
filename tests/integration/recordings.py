"""Exchanges that pypsrp's authors recorded from real hosts, and what it takes to play them against the transport.

The recordings are in pypsrp's source distribution (MIT license). They are fetched from the package index when they are wanted and stay in
`build/`; none is part of this repository.
"""

from __future__ import annotations

import base64
import collections
import dataclasses
import importlib.metadata
import pathlib
import re
import subprocess
import sys
import tarfile
import tempfile
import typing as t
import uuid
from xml.etree import ElementTree

import yaml
from psrpcore import types as ps
from psrpcore._crypto import PSRemotingCrypto

from tests.simulator.transport.fragments import Joiner, Message

CACHE = pathlib.Path(__file__).parents[2] / "build" / "recordings"

_FOLDER = "tests/tests_pypsrp/responses/"
_POWERSHELL = "http://schemas.microsoft.com/powershell/"
_BLOBS = re.compile(r"<(?:rsp:Stream|rsp:Arguments|creationXml|connectXml|connectResponseXml)\b[^>]*>([^<]+)<")
_SOAP_BODY = "{http://www.w3.org/2003/05/soap-envelope}Body"


class Unavailable(Exception):
    """The recordings cannot be had here; the text says what is missing."""


@dataclasses.dataclass(frozen=True, slots=True)
class Exchange:
    """One recorded request with its answer, as SOAP text."""

    request: str
    response: str

    @property
    def operation(self) -> str:
        action = re.search(r"Action[^>]*>([^<]*)<", self.request)
        return action.group(1).rpartition("/")[2] if action else "?"

    @property
    def powershell(self) -> bool:
        return _POWERSHELL in self.request


@dataclasses.dataclass(frozen=True, slots=True)
class Recording:
    """One session, first request first."""

    name: str
    exchanges: tuple[Exchange, ...]


def load() -> list[Recording]:
    """All recordings that belong to the installed pypsrp.

    Raises:
        Unavailable: no pypsrp, or its source distribution cannot be fetched.
    """
    try:
        version = importlib.metadata.version("pypsrp")
    except importlib.metadata.PackageNotFoundError:
        raise Unavailable("pypsrp is not installed") from None
    archive = CACHE / f"pypsrp-{version}.tar.gz"
    if not archive.exists():
        _fetch(version, archive)
    with tarfile.open(archive) as tar:
        files = sorted(member.name for member in tar.getmembers() if _FOLDER in member.name and member.name.endswith(".yml"))
        found = [_read(pathlib.PurePath(name).stem, _content(tar, name)) for name in files]
    return [recording for recording in found if recording.exchanges]


def messages(text: str, joiner: Joiner, *, client: bool) -> list[Message]:
    """The PSRP messages that a request or an answer completes."""
    found = []
    for blob in _BLOBS.findall(text):
        found += [_unpack(message, client=client) for message in joiner.feed(base64.b64decode(blob))]
    return found


def paths(text: str) -> collections.Counter[str]:
    """What an answer is made of: each element's path with its attribute names, how often; CLIXML inside is not looked at.

    Repeated streams count once, because where a host cuts its answers is a matter of time. ActivityId is left out: hosts send it or not.
    """
    counted: collections.Counter[str] = collections.Counter()

    def walk(element: ElementTree.Element, above: str) -> None:
        names = ",".join(sorted(name.rpartition("}")[2] for name in list(element.attrib)))
        here = f"{above}/{element.tag.rpartition('}')[2]}[{names}]"
        if here.endswith("/ActivityId[]"):
            return
        counted[here] = 1 if "/Stream[" in here else counted[here] + 1
        for child in element:
            walk(child, here)

    root = ElementTree.fromstring(text)
    walk(root, "")
    for name in ("Action", "Value"):
        for element in root.iter():
            if element.tag.endswith("}" + name):
                counted[f"{name}={element.text}"] += 1
    for element in root.iter():
        if element.tag.endswith("}WSManFault"):
            counted[f"fault={element.get('Code')}"] += 1
    return counted


def skeleton(body: bytes) -> collections.Counter[str]:
    """A message's elements with their property names and depth, how often, without values, order and reference numbers."""
    counted: collections.Counter[str] = collections.Counter()

    def walk(element: ElementTree.Element, depth: int) -> None:
        counted[f"{depth} {element.tag} {element.get('N', '')}"] += 1
        for child in element:
            walk(child, depth + 1)

    if body:
        walk(ElementTree.fromstring(body), 0)
    return counted


def value(body: bytes) -> t.Any:
    """A message body as a psrpcore value."""
    return ps.deserialize(ElementTree.fromstring(body), PSRemotingCrypto()) if body else None


def _unpack(blob: bytes, *, client: bool) -> Message:
    destination = int.from_bytes(blob[:4], "little")
    if destination != (2 if client else 1):
        raise ValueError(f"a message for {destination}")
    pipeline = uuid.UUID(bytes_le=blob[24:40])
    kind = ps.PSRPMessageType(int.from_bytes(blob[4:8], "little"))
    return Message(kind, uuid.UUID(bytes_le=blob[8:24]), pipeline if pipeline.int else None, blob[40:].removeprefix(b"\xef\xbb\xbf"))


def _fetch(version: str, archive: pathlib.Path) -> None:
    archive.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=archive.parent) as folder:
        command = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", ":all:"]
        command += ["--dest", folder, f"pypsrp=={version}"]
        try:
            done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise Unavailable(f"the source distribution of pypsrp {version}: {error}") from error
        fetched = next(pathlib.Path(folder).glob("pypsrp-*.tar.gz"), None)
        if fetched is None:
            reason = (done.stderr.strip().splitlines() or ["no source distribution"])[-1]
            raise Unavailable(f"the source distribution of pypsrp {version}: {reason}")
        fetched.replace(archive)


def _content(tar: tarfile.TarFile, name: str) -> bytes:
    file = tar.extractfile(name)
    return file.read() if file is not None else b""


def _read(name: str, content: bytes) -> Recording:
    exchanges = [
        Exchange(message["request"], message["response"])
        for message in (yaml.safe_load(content) or {}).get("messages") or ()
        if "Envelope" in (message.get("request") or "") and "Envelope" in (message.get("response") or "")
    ]
    return Recording(name, tuple(exchanges))
