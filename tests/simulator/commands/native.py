"""Native programs: what they print and the exit code they leave."""

from __future__ import annotations

import dataclasses
import typing as t
import unicodedata

from ..device import winre
from ..device.accounts import groups
from ..device.language import TAGS, reagentc_texts
from .invocation import Session

_FIRST_WITH_VERSION = 26100  # 24H2: reagentc prints the image's version from here on
_VALUE_COLUMN = 31
_NO_GUID = "00000000-0000-0000-0000-000000000000"
ACCESS_DENIED = 5


@dataclasses.dataclass(frozen=True, slots=True)
class Outcome:
    """Standard output line by line, and the exit code."""

    lines: tuple[str, ...]
    exit_code: int


Program: t.TypeAlias = t.Callable[[Session, tuple[str, ...]], Outcome]


# --- reagentc


def reagentc(session: Session, words: tuple[str, ...]) -> Outcome:
    device = session.device
    if not session.token.elevated:
        return _failed(session, ACCESS_DENIED)
    verb = words[0].lower()
    if verb == "/info":
        return _info(session)
    state = device.state.winre
    result = state.enable(device.state.storage) if verb == "/enable" else state.disable()
    return _RESULTS[result](session, verb)


def _texts(session: Session) -> t.Mapping[str, t.Any]:
    return reagentc_texts()[session.device.state.language]


def _says(session: Session, sentence: str, exit_code: int) -> Outcome:
    return Outcome((f"{_texts(session)['prefix']} {sentence}", ""), exit_code)


def _failed(session: Session, code: int) -> Outcome:
    # The number in the text is hexadecimal, the exit code is the number itself.
    return _says(session, f"{_texts(session)['failed']} {code:x}", code)


_Answer: t.TypeAlias = t.Callable[[Session, str], Outcome]
_RESULTS: t.Mapping[winre.Result, _Answer] = {
    "done": lambda session, verb: _says(session, _texts(session)["done"], 0),
    "already": lambda session, verb: _says(session, _texts(session)["already_enabled" if verb == "/enable" else "already_disabled"], 1),
    "no_image": lambda session, verb: _says(session, _texts(session)["no_image"], 2),
    "bitlocker": lambda session, verb: _says(session, _texts(session)["bitlocker"], 2),
    "too_small": lambda session, verb: _failed(session, 0x70),
    "mismatch": lambda session, verb: _failed(session, 0xB7),
}


def _info(session: Session) -> Outcome:
    device, texts = session.device, _texts(session)
    state, storage = device.state.winre, device.state.storage
    enabled = state.tool_says_enabled
    place = state.place(storage) if enabled else None
    location = f"\\\\?\\GLOBALROOT\\device\\harddisk0\\partition{place}{winre.FOLDER}" if place else ""
    entry = winre.bcd_id(device.name) if enabled or state.keeps_bcd_id else _NO_GUID
    lines = [
        *texts["heading"],
        "",
        _line(texts["status"], "Enabled" if enabled else "Disabled"),
        _line(texts["location"], location),
        f"    {texts['bcd']} {entry}",
        _line(texts["image_location"], ""),
        _line(texts["image_index"], "0"),
        _line(texts["custom_location"], ""),
        _line(texts["custom_index"], "0"),
    ]
    if device.state.os.build >= _FIRST_WITH_VERSION:
        lines.append(_line(texts["version"], (state.version or "0.0.0.0") if enabled else "0.0.0.0"))
    return Outcome((*lines, "", f"{texts['prefix']} {texts['done']}", ""), 0)


def _line(label: str, value: str) -> str:
    text = f"    {label} "
    return text + " " * (_VALUE_COLUMN - _width(text)) + value


def _width(text: str) -> int:
    """Columns on a console: East Asian letters take two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WF" else 1 for letter in text)


# --- whoami


def whoami(session: Session, words: tuple[str, ...]) -> Outcome:
    """User or groups as CSV. Names and attributes are translated on real devices; the translations here are stand-ins, the SIDs count."""
    if words[0].lower() == "/user":
        name = f"{session.device.state.computer_name}\\{session.token.account}".lower()
        return Outcome((f'"{name}","{session.device.sid(session.token.account)}"',), 0)
    language = session.device.state.language

    def local(text: str) -> str:
        return text if language == "en" or not text else f"{text} ({TAGS[language]})"

    rows = ((local(name), local(kind), sid, local(attributes)) for name, kind, sid, attributes in groups(session.token))
    return Outcome(tuple(",".join(f'"{cell}"' for cell in row) for row in rows), 0)


PROGRAMS: t.Mapping[str, Program] = {"reagentc.exe": reagentc, "whoami.exe": whoami}
