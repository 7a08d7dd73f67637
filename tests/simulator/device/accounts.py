"""Local accounts: who may open a shell, and with which token."""

from __future__ import annotations

import dataclasses
import typing as t

Kind: t.TypeAlias = t.Literal["built_in_administrator", "administrator", "standard", "remote_management"]


@dataclasses.dataclass(slots=True)
class LocalAccount:
    """`administrator` other than the built-in one gets a filtered token over the network, unless the device says otherwise."""

    password: str
    kind: Kind = "administrator"


@dataclasses.dataclass(frozen=True, slots=True)
class Token:
    """What a session may do: `elevated` is an administrator's full token."""

    account: str
    kind: Kind
    elevated: bool

    @property
    def may_open_shell(self) -> bool:
        return self.elevated or self.kind == "remote_management"


def token(name: str, account: LocalAccount, filter_policy: bool) -> Token:
    """The network token of an account. `filter_policy` True: LocalAccountTokenFilterPolicy is 1, so tokens stay whole."""
    elevated = account.kind == "built_in_administrator" or (account.kind == "administrator" and filter_policy)
    return Token(name, account.kind, elevated)


# SIDs: contract table errors.yml, sids. Names and attributes are what English Windows prints.
_GROUPS: t.Mapping[str, tuple[str, str]] = {
    "S-1-1-0": ("Everyone", "Well-known group"),
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


def groups(token: Token) -> t.Iterator[tuple[str, str, str, str]]:
    """Name, type, SID and attributes of every group in the token."""
    member = ["S-1-5-32-545"]
    if token.elevated:
        member.insert(0, "S-1-5-32-544")
    if token.kind == "remote_management":
        member.append("S-1-5-32-580")
    for sid in ("S-1-1-0", "S-1-5-113", *member, "S-1-5-2", "S-1-5-11"):
        owner = ", Group owner" if sid == "S-1-5-32-544" else ""
        yield (*_GROUPS[sid], sid, _ENABLED + owner)
    level = "S-1-16-12288" if token.elevated else "S-1-16-8192"
    yield (*_GROUPS[level], level, "")
