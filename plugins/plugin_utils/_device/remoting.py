"""What of the way we came in would not survive a reset: the account, WinRM's listeners, and what might set them up again.

A reset removes local accounts and settings (Microsoft Learn, Windows Autopilot Reset); WinRM listens on a Windows client only after
somebody set it up. A provisioning package that is applied again may do so, but what is in it cannot be read here: `survives_reset` is
`no` or `unknown`, never a promise.
"""

from __future__ import annotations

import typing as t

from .._remoting.reading import Environment, Read, Reading, RegistryKeys
from .._remoting.values import RemoteObject, text_of
from . import packages, recovery
from .facts import Readings, Unreadable, expect, pick, reason, registry_dword, single
from .os import COMPUTER_SYSTEM

NAME = "remoting"
USER = Environment("USERNAME")
DOMAIN = Environment("USERDOMAIN")
LISTENERS = RegistryKeys("HKLM:\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Listener\\*")
ENTRA = "azuread"  # the domain of Entra accounts
_TRANSPORTS = ("HTTP", "HTTPS")
_HIGHEST_PORT = 65535


def reads(system_root: str) -> dict[str, Read]:
    return {
        "user": USER,
        "domain": DOMAIN,
        "computer": COMPUTER_SYSTEM,
        "listeners": LISTENERS,
        "customizations": recovery.customizations(system_root),
        "packages": packages.INSTALLED,
    }


def parse(readings: Readings) -> dict[str, t.Any]:
    account, listeners = _account(readings), _listeners(readings["listeners"])
    restored, installed = _restored(readings["customizations"]), packages.installed(readings["packages"])
    unread = [fact for fact in (*account.values(), listeners, restored, installed) if isinstance(fact, Unreadable)]
    return {
        "account": account,
        "listeners": listeners,
        "survives_reset": _survives(restored, installed),
        "reasons": unread[0] if unread else [*_lost(account, listeners), *_restoring(restored, installed)],
    }


def _survives(restored: t.Any, installed: t.Any) -> t.Any:
    """A package that is there makes it unknown; one that could not be looked for leaves the question open."""
    sources = (restored, installed)
    if any(source for source in sources if not isinstance(source, Unreadable)):
        return "unknown"
    return next((source for source in sources if isinstance(source, Unreadable)), "no")


# --- the way in


def _account(readings: Readings) -> dict[str, t.Any]:
    name = text_of(readings["user"].first) or reason(readings["user"], "USERNAME")
    domain = text_of(readings["domain"].first) or reason(readings["domain"], "USERDOMAIN")
    return {"name": name, "domain": domain, "local": _is_local(domain, single(readings["computer"], "Win32_ComputerSystem"))}


def _is_local(domain: t.Any, computer: RemoteObject | Unreadable) -> t.Any:
    if isinstance(domain, Unreadable):
        return domain
    name, joined = expect(computer, "Name"), pick(computer, "PartOfDomain", bool)
    if isinstance(name, Unreadable):
        return name
    if domain.lower() == name.lower():
        return True
    if joined is True or domain.lower() == ENTRA:
        return False
    return Unreadable(f"USERDOMAIN is {domain!r}, which is neither this computer nor a domain that it is in.")


def _listeners(reading: Reading) -> t.Any:
    """Keys are named `<address>+<transport>`: `*+HTTP`."""
    if reading.failure:
        return reason(reading, "WinRM listeners in the registry")
    found = [_listener(value) for value in reading.outputs if isinstance(value, RemoteObject)]
    return sorted(found, key=lambda listener: (str(listener["transport"]), str(listener["address"])))


def _listener(value: RemoteObject) -> dict[str, t.Any]:
    name = pick(value, "PSChildName") or (value.path or "").rpartition("\\")[2]
    if isinstance(name, Unreadable):
        return {"transport": name, "address": name, "port": name}
    address, _unused, transport = name.rpartition("+")
    port = registry_dword(value, "Port")
    known = transport.upper() in _TRANSPORTS
    return {
        "transport": transport.upper() if known else Unreadable(f"{name!r} names no transport of WinRM."),
        "address": address or Unreadable(f"{name!r} names no address."),
        "port": _port(port),
    }


def _port(port: t.Any) -> t.Any:
    if isinstance(port, Unreadable):
        return port
    return port if isinstance(port, int) and 0 < port <= _HIGHEST_PORT else Unreadable(f"Port is {port!r}, which is no TCP port.")


def _lost(account: t.Mapping[str, t.Any], listeners: list[dict[str, t.Any]]) -> t.Iterator[str]:
    if account["local"]:
        yield f"The account {account['domain']}\\{account['name']} is a local one: a reset takes away how local accounts were set up."
    for listener in listeners:
        place = " ".join(str(listener[key]) for key in ("transport", "port") if not isinstance(listener[key], Unreadable))
        yield f"The WinRM listener ({place}) is a setting of this installation: a reset takes settings away."


# --- what could bring it back


def _restored(reading: Reading) -> t.Any:
    """Names of the packages that push-button reset restores."""
    found = recovery.names(reading, "Recovery\\Customizations")
    return found if isinstance(found, Unreadable) else [name for name in found if name.lower().endswith(".ppkg")]


def _restoring(restored: list[str], installed: list[dict[str, t.Any]]) -> t.Iterator[str]:
    if restored:
        yield f"Packages in Recovery\\Customizations are applied again and may set up remoting: {', '.join(restored)}."
    if installed:
        listed = ", ".join("a nameless one" if isinstance(one["name"], Unreadable) else one["name"] for one in installed)
        yield f"Installed packages are applied again and may set up remoting: {listed}."
    if not restored and not installed:
        yield "No provisioning package is there that could set up remoting again."
