"""What goes wrong between the controller and a device, as messages a person can act on. Pure: exceptions in, faults out."""

from __future__ import annotations

import dataclasses
import re
import typing as t

from .catalog import CATALOG, WARNINGS, WSMAN_CODES, FaultText

HTTP_PORT, HTTPS_PORT = 5985, 5986


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a session goes, for messages: no secret in it. `channel_binding`: whether the client sends that token over HTTPS."""

    host: str
    address: str = ""
    port: int | None = None
    protocol: str = ""
    user: str = ""
    authentication: str = ""
    channel_binding: bool = True

    def __str__(self) -> str:
        return f"{self.protocol or 'psrp'}://{self.address or self.host}:{self.port or '?'}"


def endpoint_of(protocol: t.Any, port: t.Any) -> tuple[str, int]:
    """Protocol and port as the psrp connection chooses them: HTTPS, unless the port is 5985."""
    number = int(port or 0)
    chosen = str(protocol) if protocol else "http" if number == HTTP_PORT else "https"
    return chosen, number or (HTTPS_PORT if chosen == "https" else HTTP_PORT)


class RemotingFault(Exception):
    """Something between the controller and the device's PowerShell failed.

    `code` names the kind for programs; `seen` says what was observed; `next_step` what to do about it. `lost` is True when
    the device counts as unreachable (nothing can be said about the device itself).
    """

    def __init__(self, code: str, seen: str, next_step: str, *, lost: bool = True) -> None:
        super().__init__(f"{seen} {next_step}".strip())
        self.code = code
        self.seen = seen
        self.next_step = next_step
        self.lost = lost

    def as_dict(self) -> dict[str, str]:
        return {"code": self.code, "seen": self.seen, "next_step": self.next_step}


def fault(code: str, target: Target, detail: str = "") -> RemotingFault:
    """One fault of the catalog in words. `detail` is what exactly was said, where the text asks for it."""
    text = CATALOG[code]
    return RemotingFault(code, _say(text, target, detail), text.next_step, lost=text.lost)


def warning(code: str, target: Target, detail: str = "") -> dict[str, str]:
    """One warning of the catalog: `code`, `seen`, `next_step`."""
    text = WARNINGS[code]
    return {"code": code, "seen": _say(text, target, detail), "next_step": text.next_step}


def _say(text: FaultText, target: Target, detail: str) -> str:
    words = {
        "target": str(target),
        "user": target.user or "the account",
        "authentication": _AUTHENTICATIONS.get(target.authentication, target.authentication) or "Negotiate",
        "detail": " ".join(detail.split()).rstrip("."),
    }
    return text.seen.format(**words)


def chain(error: BaseException | None) -> t.Iterator[BaseException]:
    """An exception and those behind it, nearest first."""
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__


def explain(error: BaseException, target: Target) -> RemotingFault:
    """Turn whatever the transport raised into a fault with a cause and a next step.

    Exceptions are known by their class names, so that nothing needs pypsrp or requests to be installed.
    """
    if isinstance(error, RemotingFault):
        return error
    causes = list(chain(error))
    for cause in causes:
        for name in (kind.__name__ for kind in type(cause).__mro__):
            explain_it = _BY_CLASS.get(name)
            explained = explain_it(cause, causes, target) if explain_it is not None else None
            if explained is not None:
                return explained
    return fault("connection_failed", target, _short(error))


def _wsman_fault(error: t.Any, causes: list[BaseException], target: Target) -> RemotingFault:
    number = error.code if isinstance(error.code, int) else None
    if number is None and not error.reason and not error.provider_fault:
        # The client reads any well-formed page as a fault without content; what HTTP said is behind it.
        behind = next((cause for cause in causes if type(cause).__name__ == "WinRMTransportError"), None)
        return _transport(behind, causes, target) if behind is not None else _not_soap(error, causes, target)
    if number is not None and number in WSMAN_CODES:
        code, name = WSMAN_CODES[number]
        return fault(code, target, f"{name}, {number}")
    return fault("wsman_fault", target, f"{error.code}: {error.provider_fault or error.reason or ''}")


def _transport(error: t.Any, _causes: list[BaseException], target: Target) -> RemotingFault:
    status = error.code if isinstance(getattr(error, "code", None), int) else 0
    match status:
        case 404:
            return fault("not_winrm", target, "HTTP 404 for the WS-Management path")
        case 407:
            return fault("proxy_failed", target)
        case 413:
            return fault("message_too_large", target, "HTTP 413")
        case 503:
            return fault("unavailable", target)
    return fault("not_winrm", target, f"HTTP {status} instead of WS-Management")


def _authentication(error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault:
    wanted = target.authentication.lower() or "negotiate"
    if wanted == "certificate":
        return fault("certificate_not_mapped", target)
    offered = _offered(error, causes)
    if offered is not None and not offered & _TAKEN.get(wanted, {wanted}):
        if wanted == "basic" and target.protocol == "http":
            return fault("basic_needs_encryption", target)
        names = ", ".join(sorted(_AUTHENTICATIONS.get(name, name) for name in offered))
        return fault("authentication_not_offered", target, names or "none")
    if target.protocol == "https" and not target.channel_binding and wanted in _BINDS:
        return fault("channel_binding_missing", target)
    return fault("authentication_failed", target)


def _offered(error: BaseException, causes: list[BaseException]) -> set[str] | None:
    """The schemes of the WWW-Authenticate header behind a refusal, in lower case; None when it is not known."""
    said = re.search(r"actual: '([^']*)'", str(error))
    if said is not None:
        header: str | None = said[1]
    else:
        responses = (getattr(cause, "response", None) for cause in causes)
        header = next((response.headers.get("WWW-Authenticate", "") for response in responses if response is not None), None)
    if header is None:
        return None
    return {part.split()[0].lower() for part in header.split(",") if part.strip()}


def _not_soap(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    return fault("not_winrm", target, "something that is not SOAP (an HTML page, for instance)")


def _client(error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault | None:
    """The client's own errors; None for those that say less than what is behind them."""
    return _not_soap(error, causes, target) if "related id" in str(error) else None


def _unsealed(error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault | None:
    """The client wants to seal a message for a host that never asked it to sign in."""
    return fault("not_winrm", target, "it lets anybody in without signing in") if error.args == (target.address,) else None


def _settings(error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault | None:
    """What the client refuses before it sends anything."""
    said = str(error)
    for words, code in _REFUSED_SETTINGS:
        if words in said:
            if code == "encryption_impossible" and target.authentication == "certificate":
                return fault("certificate_needs_https", target)
            return fault(code, target, _short(error))
    incompatible = re.search(r"auth protocol '(\w+)' which is incompatible", said)
    return fault("authentication_not_offered", target, incompatible[1]) if incompatible else None


def _tls(_error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault:
    said = " ".join(str(cause) for cause in causes).lower()
    if "certificate_verify_failed" in said:
        return fault(certificate_problem(said), target)
    if any(words in said for words in ("wrong_version_number", "record_layer_failure", "http_request")):
        return fault("https_to_http_port", target)
    return fault("tls_failed", target, _short(causes[-1]))


def certificate_problem(said: str) -> str:
    """The code for what OpenSSL says of a certificate that it does not take."""
    lowered = said.lower()
    for words, code in _CERTIFICATES:
        if words in lowered:
            return code
    return "certificate_untrusted"


def _connection(_error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault:
    said = " ".join(str(cause) for cause in causes).lower()
    kinds = {type(cause).__name__ for cause in causes}
    if "connection refused" in said:
        return fault("refused", target)
    if kinds & {"gaierror", "NameResolutionError"} or any(words in said for words in _UNKNOWN_NAME):
        return fault("name_unknown", target)
    if "no route to host" in said or "network is unreachable" in said:
        return fault("no_route", target)
    return fault("connection_lost", target)


def _proxy(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    return fault("proxy_failed", target)


def _timeout(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    return fault("no_answer", target)


def _kerberos(error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault | None:
    if "clock skew" in str(error).lower():
        return fault("clock_skew", target)
    return fault("kerberos_failed", target, _short(error)) if target.authentication in ("kerberos", "negotiate", "") else None


def _missing_library(error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    return fault("library_missing", target, _short(error))


def _plugin(error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault | None:
    """What the connection plugin says of itself; other errors of it say less than what is behind them."""
    missing = re.search(r"pypsrp or dependencies are not installed: (.*)", str(error))
    return fault("library_missing", target, missing[1]) if missing else None


_AUTHENTICATIONS: t.Mapping[str, str] = {
    "basic": "Basic",
    "certificate": "certificate",
    "credssp": "CredSSP",
    "kerberos": "Kerberos",
    "negotiate": "Negotiate",
    "ntlm": "NTLM",
}
_TAKEN: t.Mapping[str, set[str]] = {
    "negotiate": {"negotiate", "kerberos", "ntlm"},
    "ntlm": {"negotiate", "ntlm"},
    "kerberos": {"negotiate", "kerberos"},
}
_BINDS = frozenset({"negotiate", "ntlm", "kerberos"})
_REFUSED_SETTINGS = (
    ("certificate auth, SSL must be used", "certificate_needs_https"),
    ("For certificate auth", "certificate_missing"),
    ("Could not find the TLS certificate file", "certificate_missing"),
    ("Could not find the TLS key file", "certificate_missing"),
    ("Cannot use message encryption", "encryption_impossible"),
    ("must be specified", "no_credentials"),
)
_CERTIFICATES = (
    ("not yet valid", "certificate_not_yet_valid"),
    ("expired", "certificate_expired"),
    ("hostname", "certificate_name"),
    ("ip address mismatch", "certificate_name"),
    ("doesn't match", "certificate_name"),
)
_UNKNOWN_NAME = ("name or service not known", "failed to resolve", "nodename nor servname", "in name resolution")

_Explain: t.TypeAlias = t.Callable[[t.Any, list[BaseException], Target], RemotingFault | None]
_BY_CLASS: t.Mapping[str, _Explain] = {
    "WSManFaultError": _wsman_fault,
    "WinRMError": _client,
    "WinRMTransportError": _transport,
    "AuthenticationError": _authentication,
    "AuthenticationException": _authentication,
    "ParseError": _not_soap,
    "ProxyError": _proxy,
    "SSLError": _tls,
    "ConnectTimeout": _timeout,
    "ReadTimeout": _timeout,
    "ConnectTimeoutError": _timeout,
    "ConnectionError": _connection,
    "SpnegoError": _kerberos,
    "ImportError": _missing_library,
    "AnsibleError": _plugin,
    "TimeoutError": _timeout,
    "KeyError": _unsealed,
    "ValueError": _settings,
    "OSError": _settings,
}


def check_powershell(version_table: t.Mapping[str, t.Any], target: Target | None = None) -> None:
    """Refuse endpoints other than Windows PowerShell 5.1 by the PSVersionTable they announced; raises RemotingFault."""
    target = target or Target("")
    version = str(version_table.get("PSVersion") or "")
    edition = str(version_table.get("PSEdition") or "Desktop")
    if str(version_table.get("Platform") or "").lower() == "unix":
        raise fault("not_windows", target, f"PowerShell {version}")
    if edition.lower() != "desktop" or (version and not version.startswith("5.1")):
        raise fault("wrong_powershell", target, f"PowerShell {version} ({edition} edition)")


def check_bitness(architecture: str | None) -> None:
    """Refuse 32-bit endpoints by their PROCESSOR_ARCHITECTURE (None: unknown); raises RemotingFault."""
    if (architecture or "").lower() == "x86":
        raise fault("wrong_bitness", Target(""))


def restricted(command: str) -> RemotingFault:
    """The endpoint does not even know a basic command."""
    return fault("restricted_endpoint", Target(""), f"'{command}'")


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
