"""The Windows Recovery Environment: whether it is there, from which evidence, and how it is switched on and off.

Three sources, each able to be stale: `ReAgent.xml`, the text of `reagentc /info` and its exit code. Only `Enabled` and `Disabled` are
matched in that text: they are not translated, the labels are. A non-zero BCD identifier proves nothing: disabled WinRE can keep one.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from xml.etree import ElementTree

from .._remoting.reading import CimInstances, Item, Native, NativeResult, Read, Reading, TextFile, native_result
from .._remoting.values import RemoteObject, text_of
from .codes import explain_reagentc
from .facts import Readings, Unreadable, pick, reason
from .os import CURRENT_VERSION

NAME = "winre"
REAGENTC = "reagentc.exe"
INFO = Native(REAGENTC, ("/info",))
PARTITIONS = CimInstances("MSFT_Partition", "root/Microsoft/Windows/Storage")
VOLUMES = CimInstances("Win32_Volume", filter="DriveType=3")

RECOVERY_PARTITION = "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}"  # GPT type of recovery partitions

State: t.TypeAlias = t.Literal["enabled", "disabled", "inconsistent"]


def reads(system_root: str) -> dict[str, Read]:
    return {
        "xml": TextFile(f"{system_root}\\System32\\Recovery\\ReAgent.xml"),
        "staged": Item(f"{system_root}\\System32\\Recovery\\Winre.wim"),
        "info": INFO,
        "partitions": PARTITIONS,
        "volumes": VOLUMES,
        "version": CURRENT_VERSION,
    }


def parse(readings: Readings) -> dict[str, t.Any]:
    config = read_config(readings["xml"])
    info = read_info(native_result(readings["info"]))
    location = info.location if isinstance(info, Info) else info
    return {
        "state": decide(config, info),
        "location": dataclasses.asdict(location) if isinstance(location, Location) else location,
        "partition": _partition(location, readings),
        "recovery_partitions": _recovery_partitions(readings),
        "version": _version(info, readings["version"]),
        "evidence": {
            "reagent_xml": dataclasses.asdict(config) if isinstance(config, Config) else config,
            "reagentc": _evidence(info),
            "staged_image_bytes": _staged(readings["staged"]),
        },
    }


# --- ReAgent.xml

_LONGEST_NUMBER = 20


@dataclasses.dataclass(frozen=True, slots=True)
class Config:
    """What `ReAgent.xml` says. `install_state` 1 is installed; `offset` is the partition's start in bytes."""

    install_state: int | None
    path: str | None
    offset: int | None
    disk_guid: str | None
    staged: bool | None
    bcd_id: str | None

    @property
    def enabled(self) -> bool:
        return self.install_state == 1 and bool(self.path)


def read_config(reading: Reading) -> Config | Unreadable | None:
    """None: the file is not there."""
    if reading.missing:
        return None
    text = text_of(reading.first)
    return reason(reading, "ReAgent.xml") if text is None else parse_config(text)


def parse_config(text: str) -> Config | Unreadable:
    if "<!DOCTYPE" in text.upper():
        return Unreadable("ReAgent.xml declares a document type, which Windows never writes.")
    try:
        root = ElementTree.fromstring(text.lstrip("\ufeff").strip())
    except (ElementTree.ParseError, UnicodeEncodeError) as error:
        return Unreadable(f"ReAgent.xml is damaged ({error}); 'reagentc /disable' and '/enable' at the device make Windows write it anew.")
    if root.tag != "WindowsRE":
        return Unreadable(f"ReAgent.xml holds <{root.tag}> where <WindowsRE> was expected.")
    place = "WinreLocation"
    return Config(
        install_state=_number(_attribute(root, "InstallState", "state")),
        path=_attribute(root, place, "path"),
        offset=_number(_attribute(root, place, "offset")),
        disk_guid=_attribute(root, place, "guid"),
        staged=_flag(_attribute(root, "WinREStaged", "state")),
        bcd_id=_attribute(root, "WinreBCD", "id"),
    )


def _attribute(root: ElementTree.Element, element: str, name: str) -> str | None:
    found = root.find(element)
    return (found.get(name) or "").strip() or None if found is not None else None


def _number(text: str | None) -> int | None:
    # Longer than any 64-bit number: not what Windows writes, and Python refuses to convert thousands of digits.
    return int(text) if text is not None and text.isdecimal() and text.isascii() and len(text) <= _LONGEST_NUMBER else None


def _flag(text: str | None) -> bool | None:
    number = _number(text)
    return None if number is None else number == 1


# --- reagentc

_STATUS = re.compile(r"(?:^|[\s:\uff1a])(Enabled|Disabled)\s*$")
_DISK = re.compile(r"harddisk(\d+)\\partition(\d+)(\\[^\r\n]*)?", re.IGNORECASE)
_VOLUME = re.compile(r"\\\\\?\\Volume(\{[0-9a-f-]{36}\})(\\[^\r\n]*)?", re.IGNORECASE)
_GUID = re.compile(r"(?<![0-9a-f{-])([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\s*$", re.IGNORECASE)
_VERSION = re.compile(r"(?<!\d)(\d+\.\d+\.\d+\.\d+)\s*$")
_CODE = re.compile(r"^REAGENTC\.EXE\s?[:\uff1a].*[:\uff1a]\s*(?:0x)?([0-9a-f]{1,8})\s*[.\u3002]?$", re.IGNORECASE)


@dataclasses.dataclass(frozen=True, slots=True)
class Location:
    """Where the image is: disk and partition numbers, or a volume GUID path; `folder` on it; `text` as printed."""

    disk: int | None
    partition: int | None
    volume: str | None
    folder: str | None
    text: str


@dataclasses.dataclass(frozen=True, slots=True)
class Info:
    """What `reagentc` printed. `status` is Enabled, Disabled or None; `code` is the error number in its text (it prints hexadecimal)."""

    status: str | None
    location: Location | None
    bcd_id: str | None
    version: str | None
    exit_code: int | None
    code: int | None
    lines: tuple[str, ...]

    @property
    def enabled(self) -> bool | None:
        """None: the text says neither or both, or Enabled in a run that failed. Disabled is believed: /info can fail where none is set."""
        if self.status == "Enabled":
            return None if self.code or self.exit_code != 0 else True
        return False if self.status == "Disabled" else None


def read_info(result: NativeResult) -> Info | Unreadable:
    if result.error is not None:
        return Unreadable(f"reagentc /info: {result.error}")
    if result.exit_code is None:
        return Unreadable("reagentc /info did not run.")
    return parse_info(result.lines, result.exit_code)


def parse_info(lines: t.Sequence[str], exit_code: int) -> Info:
    states = {found.group(1) for line in lines if (found := _STATUS.search(line))}
    versions = [found.group(1) for line in lines if (found := _VERSION.search(line))]
    guids = [found.group(1) for line in lines if (found := _GUID.search(line)) and not _DISK.search(line)]
    return Info(
        status=states.pop() if len(states) == 1 else None,
        location=next((place for line in lines if (place := _location(line))), None),
        bcd_id=guids[0].lower() if len(guids) == 1 else None,
        version=versions[0] if len(versions) == 1 and versions[0] != "0.0.0.0" else None,
        exit_code=exit_code,
        code=text_code(lines),
        lines=tuple(line.rstrip() for line in lines),
    )


def text_code(lines: t.Sequence[str]) -> int | None:
    """The error number that reagentc prints at the end of its own last line, in hexadecimal and in any language."""
    codes = [int(found.group(1), 16) for line in lines if (found := _CODE.search(line.strip()))]
    return codes[-1] if codes else None


def _location(line: str) -> Location | None:
    if disk := _DISK.search(line):
        return Location(int(disk[1]), int(disk[2]), None, (disk[3] or "").strip() or None, _place_text(line, disk))
    if volume := _VOLUME.search(line):
        return Location(None, None, volume[1].lower(), (volume[2] or "").strip() or None, volume[0].strip())
    return None


def _place_text(line: str, disk: re.Match[str]) -> str:
    start = line.find("\\\\")
    return line[start if 0 <= start < disk.start() else disk.start() :].strip()


# --- the verdict


def decide(config: Config | Unreadable | None, info: Info | Unreadable) -> State | Unreadable:
    """Enabled and disabled need both sources to agree; one that could not be read leaves the state unknown."""
    for source in (config, info):
        if isinstance(source, Unreadable):
            return source
    by_file = config.enabled if isinstance(config, Config) else False
    by_tool = info.enabled if isinstance(info, Info) else None
    if by_tool is None:
        return Unreadable(_failed(info) or "reagentc /info says neither Enabled nor Disabled.")
    located = isinstance(info, Info) and info.location is not None
    if by_file and by_tool and located:
        return "enabled"
    return "disabled" if not by_file and not by_tool else "inconsistent"


def _failed(info: Info | Unreadable) -> str:
    if isinstance(info, Unreadable) or not (info.code or info.exit_code):
        return ""
    return f"reagentc /info failed with {explain_reagentc(info.code or info.exit_code or 0)}"


def _evidence(info: Info | Unreadable) -> t.Any:
    if isinstance(info, Unreadable):
        return info
    return {
        "exit_code": info.exit_code,
        "status": info.status,
        "bcd_id": info.bcd_id,
        "error": dataclasses.asdict(explain_reagentc(info.code)) if info.code is not None else None,
        "text": "\n".join(info.lines).strip(),
    }


def _staged(reading: Reading) -> t.Any:
    """Size of a Winre.wim that waits in System32\\Recovery; None when none does."""
    if reading.missing:
        return None
    found = reading.first
    return pick(found, "Length", int) if isinstance(found, RemoteObject) else reason(reading, "System32\\Recovery\\Winre.wim")


def _version(info: Info | Unreadable, version: Reading) -> t.Any:
    """reagentc tells it from 24H2 on; before that the registry does, if updates wrote it."""
    if isinstance(info, Info) and info.version:
        return info.version
    found = version.first
    return pick(found, "WinREVersion") if isinstance(found, RemoteObject) else reason(version, "WinREVersion")


# --- partitions


def _partition(location: t.Any, readings: Readings) -> t.Any:
    """The partition that holds the image: sizes in bytes."""
    if not isinstance(location, Location):
        return location
    if readings["partitions"].failure:
        return reason(readings["partitions"], "MSFT_Partition")
    for partition in _objects(readings["partitions"]):
        numbers = (partition.get("DiskNumber"), partition.get("PartitionNumber"))
        by_number = location.disk is not None and numbers == (location.disk, location.partition)
        if by_number or _has_path(partition, location.volume):
            return _describe(partition, readings["volumes"])
    return Unreadable(f"No partition of the device matches {location.text}.")


def _recovery_partitions(readings: Readings) -> t.Any:
    if readings["partitions"].failure:
        return reason(readings["partitions"], "MSFT_Partition")
    found = [part for part in _objects(readings["partitions"]) if str(part.get("GptType") or "").lower() == RECOVERY_PARTITION]
    return [_describe(partition, readings["volumes"]) for partition in found]


def _describe(partition: RemoteObject, volumes: Reading) -> dict[str, t.Any]:
    return {
        "disk": pick(partition, "DiskNumber", int),
        "partition": pick(partition, "PartitionNumber", int),
        "size": pick(partition, "Size", int),
        "free": _free(partition, volumes),
        "type": pick(partition, "GptType"),
    }


def _free(partition: RemoteObject, volumes: Reading) -> t.Any:
    if volumes.failure:
        return reason(volumes, "Win32_Volume")
    for volume in _objects(volumes):
        if _has_path(partition, str(volume.get("DeviceID") or "")):
            return pick(volume, "FreeSpace", int)
    return Unreadable("No volume of the device belongs to this partition.")


def _has_path(partition: RemoteObject, wanted: str | None) -> bool:
    paths = partition.get("AccessPaths") or []
    wanted = (wanted or "").strip("\\").lower()
    return bool(wanted) and any(wanted in str(path).strip("\\").lower() for path in (paths if isinstance(paths, list) else [paths]))


def _objects(reading: Reading) -> list[RemoteObject]:
    return [value for value in reading.outputs if isinstance(value, RemoteObject)]


# --- switching it


@dataclasses.dataclass(frozen=True, slots=True)
class Switched:
    """What `reagentc /enable` or `/disable` did: its exit code and, when it failed, the explained code."""

    ok: bool
    exit_code: int | None
    message: str
    text: str


def switch_arguments(state: t.Literal["enabled", "disabled"]) -> str:
    return {"enabled": "/enable", "disabled": "/disable"}[state]


def read_switch(verb: str, result: NativeResult) -> Switched:
    """Exit code and the code in the text are both read; when they disagree the message says so."""
    text = "\n".join(line.rstrip() for line in result.lines).strip()
    if result.error is not None or result.exit_code is None:
        why = str(result.error) if result.error is not None else "the program never ran"
        return Switched(False, result.exit_code, f"reagentc {verb} could not be run: {why}", text)
    code = text_code(result.lines)
    if result.exit_code == 0 and not code:
        return Switched(True, 0, f"reagentc {verb} succeeded.", text)
    number = code or result.exit_code
    message = f"reagentc {verb} failed: {explain_reagentc(number)}"
    if code is None and text:
        # No number in the text: its own words may say more than the exit code, in the device's language.
        message += f" It said: {text.splitlines()[-1].strip()}"
    if code is not None and code != result.exit_code & 0xFFFFFFFF:
        message += f" (Its exit code was {result.exit_code}, the code in its text {code:x} hexadecimal.)"
    return Switched(False, result.exit_code, message, text)
