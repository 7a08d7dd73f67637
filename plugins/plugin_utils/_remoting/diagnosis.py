"""What a working connection is like: readings in, documented values and warnings out. Pure."""

from __future__ import annotations

import dataclasses
import datetime
import re
import typing as t

from .command import Command
from .faults import Target, warning
from .reading import Environment, Native, Pipe, Read, Reading, native_result
from .tls import Seen
from .values import RemoteObject, text_of

CLOCK = Pipe((Command("Get-Date"),))
CLOCK_TOLERANCE = 60
"""Seconds by which two clocks may differ before it is worth a warning."""
EXPIRES_SOON = datetime.timedelta(days=30)

# Well-known SIDs (contract table errors.yml, sids).
ADMINISTRATORS = "S-1-5-32-544"
LOCAL_ACCOUNT = "S-1-5-113"
BUILT_IN = "-500"
INTEGRITY = "S-1-16-"
HIGH = 12288

_SETTINGS: t.Mapping[str, tuple[str, str]] = {
    "max_envelope_kib": ("MaxEnvelopeSizekb", "WSMan:\\localhost"),
    "max_timeout_ms": ("MaxTimeoutms", "WSMan:\\localhost"),
    "max_shells_per_user": ("MaxShellsPerUser", "WSMan:\\localhost\\Shell"),
    "max_concurrent_users": ("MaxConcurrentUsers", "WSMan:\\localhost\\Shell"),
    "max_processes_per_shell": ("MaxProcessesPerShell", "WSMan:\\localhost\\Shell"),
    "max_memory_per_shell_mib": ("MaxMemoryPerShellMB", "WSMan:\\localhost\\Shell"),
    "idle_timeout_ms": ("IdleTimeout", "WSMan:\\localhost\\Shell"),
    "max_operations_per_user": ("MaxConcurrentOperationsPerUser", "WSMan:\\localhost\\Service"),
    "allow_unencrypted": ("AllowUnencrypted", "WSMan:\\localhost\\Service"),
    "channel_binding": ("CbtHardeningLevel", "WSMan:\\localhost\\Service\\Auth"),
}


def reads() -> dict[str, Read]:
    """What to read of a session. The settings stand last: who is no administrator ends the pipeline there."""
    return {
        "architecture": Environment("PROCESSOR_ARCHITECTURE"),
        "user": Native("whoami.exe", ("/user", "/fo", "csv", "/nh")),
        "groups": Native("whoami.exe", ("/groups", "/fo", "csv", "/nh")),
        "language": Pipe(
            (
                Command("Get-Variable", {"Name": "ExecutionContext", "ValueOnly": True}),
                Command("Select-Object", {"ExpandProperty": "SessionState"}),
                Command("Select-Object", {"ExpandProperty": "LanguageMode"}),
            )
        ),
        "settings": Pipe((Command("Get-Item", {"LiteralPath": tuple(f"{folder}\\{name}" for name, folder in _SETTINGS.values())}),)),
    }


@dataclasses.dataclass(frozen=True, slots=True)
class Clock:
    """The device's clock against ours: `ahead` in seconds, known to within `uncertainty`."""

    device: datetime.datetime
    ahead: float
    uncertainty: float

    @property
    def differs(self) -> bool:
        return abs(self.ahead) - self.uncertainty > CLOCK_TOLERANCE


def versions(table: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What the endpoint announced of itself when it was opened (PSVersionTable)."""
    build = table.get("BuildVersion")
    return {
        "powershell": _text(table.get("PSVersion")),
        "edition": _text(table.get("PSEdition")),
        "platform": _text(table.get("Platform")) or ("Win32NT" if build else None),
        "build": _text(build),
        "protocol": _text(table.get("PSRemotingProtocolVersion")),
    }


def session(readings: t.Mapping[str, Reading]) -> tuple[dict[str, t.Any], dict[str, str]]:
    """Bitness, language mode and limits; and what could not be read, with the reason."""
    unreadable: dict[str, str] = {}
    architecture = text_of(readings["architecture"].first)
    if architecture is None:
        unreadable["endpoint.bitness"] = _why(readings["architecture"])
    mode = readings["language"].first
    if not isinstance(mode, RemoteObject):
        unreadable["endpoint.language_mode"] = _why(readings["language"])
    found = _settings(readings["settings"])
    if found is None:
        unreadable["endpoint.limits"] = f"{_why(readings['settings'])} Only administrators can read the WSMan drive."
    values = {
        "bitness": None if architecture is None else 32 if architecture.lower() == "x86" else 64,
        "architecture": architecture,
        "language_mode": mode.text if isinstance(mode, RemoteObject) else None,
        "limits": found,
    }
    return values, unreadable


def _settings(reading: Reading) -> dict[str, t.Any] | None:
    if reading.failure is not None:
        return None
    values = {str(item.get("Name")).lower(): text_of(item.get("Value")) for item in reading.outputs if isinstance(item, RemoteObject)}
    return {key: _value(values.get(name.lower())) for key, (name, _folder) in _SETTINGS.items()}


def _value(text: str | None) -> t.Any:
    """The drive gives every value as text."""
    if text is None:
        return None
    if text.lower() in ("true", "false"):
        return text.lower() == "true"
    return int(text) if text.isascii() and text.isdigit() else text


def account(readings: t.Mapping[str, Reading]) -> tuple[dict[str, t.Any], dict[str, str]]:
    """Whose session it is and what its token is worth, by SIDs alone: names are translated."""
    user, groups = native_result(readings["user"]), native_result(readings["groups"])
    own = next(iter(_sids(user.lines)), None)
    sids = _sids(groups.lines)
    unreadable = {}
    if own is None:
        unreadable["account.sid"] = _why(readings["user"])
    if not sids:
        unreadable["account.rights"] = _why(readings["groups"])
        return {
            "sid": own,
            "rights": None,
            "elevated": None,
            "local": None,
            "built_in": None,
            "needs_token_filter_policy": None,
        }, unreadable
    levels = [int(sid.removeprefix(INTEGRITY)) for sid in sids if sid.startswith(INTEGRITY)]
    elevated = max(levels, default=0) >= HIGH
    rights = "none" if ADMINISTRATORS not in sids else "administrator" if elevated else "filtered_administrator"
    local = LOCAL_ACCOUNT in sids
    built_in = None if own is None else own.endswith(BUILT_IN)
    needs_policy = False if rights != "administrator" or not local else None if built_in is None else not built_in
    values = {
        "sid": own,
        "rights": rights,
        "elevated": elevated,
        "local": local,
        "built_in": built_in,
        "needs_token_filter_policy": needs_policy,
    }
    return values, unreadable


def _sids(lines: t.Iterable[str]) -> tuple[str, ...]:
    """Cells of the CSV that are SIDs; names cannot hold the quotes around them."""
    return tuple(sid for line in lines for sid in re.findall(r'"(S-1-[0-9]+(?:-[0-9]+)+)"', line))


def clock(reading: Reading, before: datetime.datetime, after: datetime.datetime) -> Clock | None:
    """The device's clock, which was read at some time between `before` and `after` (UTC)."""
    text = text_of(reading.first)
    try:
        device = datetime.datetime.fromisoformat(re.sub(r"(\.\d{6})\d+", r"\1", text or ""))
    except ValueError:
        return None
    if device.tzinfo is None:
        return None
    half = (after - before) / 2
    return Clock(device.astimezone(datetime.UTC), (device - (before + half)).total_seconds(), half.total_seconds())


def certificate(seen: Seen) -> dict[str, t.Any]:
    """What was seen of TLS, in documented form."""
    found = seen.certificate
    return {
        "version": seen.version,
        "subject": found.subject,
        "issuer": found.issuer,
        "names": list(found.names),
        "not_before": stamp(found.not_before),
        "not_after": stamp(found.not_after),
        "trusted": seen.problem is None,
        "problem": seen.problem,
    }


def stamp(when: datetime.datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def warnings(
    target: Target,
    connection: t.Mapping[str, t.Any],
    seen: Seen | None,
    facts: t.Mapping[str, t.Any],
    device: Clock | None,
    now: datetime.datetime,
) -> list[dict[str, str]]:
    """What works and should be known all the same.

    Args:
        target: where the connection goes.
        connection: `certificate_verification` and `message_encryption` as in the result.
        seen: the certificate, over HTTPS.
        facts: `account` and `endpoint` as in the result; empty when the connection does not work.
        device: the device's clock, where it could be read.
        now: the controller's time (UTC).
    """
    found = [*_of_transport(target, connection, seen, now)]
    if device is not None and device.differs:
        found.append(warning("clock_differs", target, f"{device.ahead:.0f}"))
    who = facts.get("account", {})
    if who.get("needs_token_filter_policy"):
        found.append(warning("token_filter_policy", target))
    if who.get("rights") == "filtered_administrator":
        found.append(warning("filtered_administrator", target))
    if who.get("rights") == "none":
        found.append(warning("not_administrator", target))
    mode = facts.get("endpoint", {}).get("language_mode")
    if mode not in (None, "FullLanguage"):
        found.append(warning("constrained_language", target, mode))
    return found


def _of_transport(
    target: Target, connection: t.Mapping[str, t.Any], seen: Seen | None, now: datetime.datetime
) -> t.Iterator[dict[str, str]]:
    if target.protocol == "http":
        if target.authentication == "basic":
            yield warning("password_in_the_clear", target)
        elif connection["message_encryption"] == "none":
            yield warning("messages_in_the_clear", target)
        return
    if not connection["certificate_verification"]:
        yield warning("verification_off", target, f"; it would be refused ({seen.problem})" if seen is not None and seen.problem else "")
    if not target.channel_binding:
        yield warning("channel_binding_off", target)
    if seen is not None and now < seen.certificate.not_after < now + EXPIRES_SOON:
        yield warning("certificate_expiring", target, str((seen.certificate.not_after - now).days))


def _why(reading: Reading) -> str:
    failure = reading.failure
    return f"{failure}." if failure is not None else "The device answered nothing that could be understood."


def _text(value: t.Any) -> str | None:
    return None if value is None else str(value)
