"""Local accounts: who may open a shell, and with which token."""

from __future__ import annotations

import dataclasses
import itertools
import typing as t
import uuid

from . import identity

Kind: t.TypeAlias = t.Literal["built_in_administrator", "administrator", "standard", "remote_management"]


@dataclasses.dataclass(slots=True)
class LocalAccount:
    """`administrator` other than the built-in one gets a filtered token over the network, unless the device says otherwise.

    `remote` makes it a member of Remote Management Users as well, who may open a shell with any token.
    """

    password: str
    kind: Kind = "administrator"
    remote: bool = False


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """What a session may do: `elevated` is an administrator's full token."""

    account: str
    kind: Kind
    elevated: bool
    remote: bool = False

    @property
    def may_open_shell(self) -> bool:
        return self.elevated or self.remote


def token(name: str, account: LocalAccount, filter_policy: bool) -> Token:
    """The network token of an account. `filter_policy` True: LocalAccountTokenFilterPolicy is 1, so tokens stay whole."""
    elevated = account.kind == "built_in_administrator" or (account.kind == "administrator" and filter_policy)
    return Token(name, account.kind, elevated, account.remote or account.kind == "remote_management")


def sids(device: str, names: t.Iterable[str], kinds: t.Mapping[str, Kind]) -> dict[str, str]:
    """The SID of each local account: the built-in administrator has 500, the others count from 1001."""
    parts = uuid.UUID(identity.guid(device, "sid")).int
    machine = "-".join(str(parts >> shift & 0xFFFFFFFF) for shift in (0, 32, 64))
    others = itertools.count(1001)
    return {name: f"S-1-5-21-{machine}-{500 if kinds[name] == 'built_in_administrator' else next(others)}" for name in names}


# SIDs: contract table errors.yml, sids. Names and attributes are what English Windows prints.
_GROUPS: t.Mapping[str, tuple[str, str]] = {
    "S-1-1-0": ("Everyone", "Well-known group"),
    "S-1-5-114": ("NT AUTHORITY\\Local account and member of Administrators group", "Well-known group"),
    "S-1-5-113": ("NT AUTHORITY\\Local account", "Well-known group"),
    "S-1-5-32-544": ("BUILTIN\\Administrators", "Alias"),
    "S-1-5-32-545": ("BUILTIN\\Users", "Alias"),
    "S-1-5-32-580": ("BUILTIN\\Remote Management Users", "Alias"),
    "S-1-5-2": ("NT AUTHORITY\\NETWORK", "Well-known group"),
    "S-1-5-11": ("NT AUTHORITY\\Authenticated Users", "Well-known group"),
    "S-1-16-12288": ("Mandatory Label\\High Mandatory Level", "Label"),
    "S-1-16-8192": ("Mandatory Label\\Medium Mandatory Level", "Label"),
}
_ENABLED = "Mandatory group, Enabled by default, Enabled group"
_DENY_ONLY = "Group used for deny only"
_OF_ADMINISTRATORS = ("S-1-5-114", "S-1-5-32-544")


def groups(token: Token) -> t.Iterator[tuple[str, str, str, str]]:
    """Name, type, SID and attributes of every group in the token."""
    administrators = _OF_ADMINISTRATORS if token.kind in ("built_in_administrator", "administrator") else ()
    member = [*administrators, "S-1-5-32-545", *(["S-1-5-32-580"] if token.remote else [])]
    for sid in ("S-1-1-0", "S-1-5-113", *member, "S-1-5-2", "S-1-5-11"):
        owner = ", Group owner" if sid == "S-1-5-32-544" else ""
        filtered = sid in _OF_ADMINISTRATORS and not token.elevated
        yield (*_GROUPS[sid], sid, _DENY_ONLY if filtered else _ENABLED + owner)
    level = "S-1-16-12288" if token.elevated else "S-1-16-8192"
    yield (*_GROUPS[level], level, "")
