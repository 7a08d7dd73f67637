"""Who is it? Basic, NTLM, Negotiate and client certificates for one TCP connection, against the accounts of one device."""

from __future__ import annotations

import base64
import dataclasses
import functools
import logging
import os
import pathlib
import typing as t

import spnego
from spnego._ntlm_raw.crypto import ntowfv1
from spnego.channel_bindings import GssChannelBindings

from ..boundary import Account, Device

log = logging.getLogger(__name__)

MUTUAL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/secprofile/https/mutual"
_BINDINGS = b"\x0a\x00\x10\x00"
"""How the channel binding token begins in what an NTLM client sends: MsvAvChannelBindings, 16 bytes (MS-NLMP 2.2.2.1)."""
_NO_LM_HASH = "0" * 32
_HEADERS: t.Mapping[str, str] = {"negotiate": "Negotiate", "kerberos": "Kerberos", "credssp": "CredSSP"}


class CredentialFiles:
    """Password files for the NTLM acceptor, one for each set of accounts.

    The acceptor knows users only from the file that an environment variable names, and reads it at each step. The hash form is used:
    the plain form cuts a password at its first colon.
    """

    def __init__(self, directory: pathlib.Path) -> None:
        self._directory = directory
        self._paths: dict[tuple[str, tuple[Account, ...]], pathlib.Path] = {}

    def activate(self, computer: str, accounts: tuple[Account, ...]) -> None:
        """Make these the only users until the next call; what follows must not wait for anything in between."""
        key = (computer, accounts)
        if key not in self._paths:
            path = self._directory / f"users-{len(self._paths)}"
            path.touch(mode=0o600)
            path.write_text("".join(self._lines(computer, accounts)), encoding="utf-8")
            self._paths[key] = path
        os.environ["NTLM_USER_FILE"] = str(self._paths[key])

    def _lines(self, computer: str, accounts: tuple[Account, ...]) -> t.Iterator[str]:
        for account in accounts:
            for name in (account.name, f".\\{account.name}", f"{computer}\\{account.name}"):
                yield f"{name}:0:{_NO_LM_HASH}:{_nt_hash(account.password)}:[U]:LCT-0\n"


@functools.lru_cache(maxsize=4096)
def _nt_hash(password: str) -> str:
    return ntowfv1(password).hex().upper()


@dataclasses.dataclass(frozen=True, slots=True)
class Verdict:
    """What authentication says to a request: the account, or None and the challenges to send.

    `headers` belong to the answer in both cases.
    """

    account: str | None
    headers: tuple[tuple[str, str], ...] = ()


class Authentication:
    """The authentication of one connection. NTLM and Negotiate hold for the connection, Basic for one request."""

    def __init__(self, device: Device, files: CredentialFiles, certificate_hash: bytes | None, mapped: str | None = None) -> None:
        """`certificate_hash` is that of the server's certificate over TLS (RFC 5929, tls-server-end-point), None over plain HTTP.

        `mapped` is the account that the client's certificate stands for, None without one.
        """
        self._mapped = mapped
        self._device = device
        self._files = files
        self._certificate_hash = certificate_hash
        self._account: str | None = None
        self.context: spnego.ContextProxy | None = None
        """The security context of the connection, which seals messages; None with Basic."""

    @property
    def encrypted(self) -> bool:
        """The connection itself is encrypted."""
        return self._certificate_hash is not None

    def challenge(self) -> Verdict:
        """Refuse, and say what is offered. Basic is not, where the password would travel in the clear."""
        self._account = self.context = None
        endpoint = self._device.endpoint
        offered = [header for scheme, header in _HEADERS.items() if scheme in endpoint.authentication]
        if "basic" in endpoint.authentication and (self.encrypted or endpoint.allow_unencrypted):
            offered.append('Basic realm="WSMAN"')
        return Verdict(None, tuple(("WWW-Authenticate", header) for header in offered))

    def check(self, authorization: str | None) -> Verdict:
        """Judge one request by its Authorization header."""
        if authorization is None:
            return Verdict(self._account) if self._account is not None and self.context is not None else self.challenge()
        scheme, _unused, token = authorization.partition(" ")
        try:
            raw = base64.b64decode(token, validate=True)
        except ValueError:
            return self.challenge()
        endpoint = self._device.endpoint
        if scheme == MUTUAL:
            account = self._local(self._mapped or "") if "certificate" in endpoint.authentication else None
            return self.challenge() if account is None else Verdict(account.name)
        match scheme.lower():
            case "basic" if "basic" in endpoint.authentication and (self.encrypted or endpoint.allow_unencrypted):
                return self._basic(raw)
            case "negotiate" if "negotiate" in endpoint.authentication:
                return self._negotiate(scheme, raw)
            case _:
                return self.challenge()

    def _basic(self, raw: bytes) -> Verdict:
        name, _unused, password = raw.decode("utf-8", "replace").partition(":")
        account = self._local(name)
        if account is None or account.password != password:
            return self.challenge()
        self._account, self.context = account.name, None
        return Verdict(account.name)

    def _negotiate(self, scheme: str, token: bytes) -> Verdict:
        self._files.activate(self._device.name, self._device.endpoint.accounts)
        try:
            if self.context is None or self.context.complete:
                self._account, self.context = None, self._new_context(token)
            answer = self.context.step(token, channel_bindings=self._bindings(token))
        except (spnego.exceptions.SpnegoError, ValueError) as error:
            log.debug("%s: authentication failed: %r", self._device.name, error)
            return self.challenge()
        header = scheme if not answer else f"{scheme} {base64.b64encode(answer).decode()}"
        if not self.context.complete:
            return Verdict(None, (("WWW-Authenticate", header),))
        account = self._local(self.context.client_principal or "")
        if account is None:
            return self.challenge()
        self._account = account.name
        return Verdict(account.name, (("WWW-Authenticate", header),) if answer else ())

    def _bindings(self, token: bytes) -> GssChannelBindings | None:
        """What the client's channel binding has to be; None when none is looked at."""
        asked = self._device.endpoint.channel_binding == "required" or _BINDINGS in token
        if self._certificate_hash is None or not asked:
            return None
        return GssChannelBindings(application_data=b"tls-server-end-point:" + self._certificate_hash)

    def _new_context(self, token: bytes) -> spnego.ContextProxy:
        if token.startswith(b"NTLMSSP\0"):
            options = spnego.NegotiateOptions.use_ntlm | spnego.NegotiateOptions.wrapping_winrm
            return spnego.server(protocol="ntlm", options=options)
        return spnego.server(protocol="negotiate", options=spnego.NegotiateOptions.use_negotiate)

    def _local(self, name: str) -> Account | None:
        domain, separator, user = name.rpartition("\\")
        if separator and domain.lower() not in {"", ".", self._device.name.lower()}:
            return None
        return next((account for account in self._device.endpoint.accounts if account.name.lower() == user.lower()), None)
