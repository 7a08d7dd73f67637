"""What goes wrong between the controller and a device, as messages a person can act on. Pure: exceptions in, faults out."""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True, slots=True)
class Target:
    """Where a session goes, for messages: no secret in it."""

    host: str
    address: str = ""
    port: int | None = None
    protocol: str = ""
    user: str = ""
    authentication: str = ""

    def __str__(self) -> str:
        return f"{self.protocol or 'psrp'}://{self.address or self.host}:{self.port or '?'}"


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


@dataclasses.dataclass(frozen=True, slots=True)
class FaultText:
    code: str
    seen: str
    next_step: str


# WS-Management fault codes and Win32 codes a WinRM service answers with. Sources stand in the contract tables.
WSMAN_FAULTS: t.Mapping[int, FaultText] = {
    5: FaultText(
        "access_denied",
        "{target} let {user} sign in but refused a PowerShell session: access denied (ERROR_ACCESS_DENIED, 5).",
        "The account has to be an administrator of the device. A local administrator other than the built-in one gets a filtered "
        "token over the network unless the device sets LocalAccountTokenFilterPolicy to 1: use a domain or Entra administrator, "
        "or have that policy set on purpose.",
    ),
    2150858843: FaultText(
        "session_lost",
        "{target} no longer knows this session (ERROR_WSMAN_INVALID_SELECTORS, 2150858843): it restarted, or its WinRM service did.",
        "Wait until the device is up and run the task again.",
    ),
    2150858793: FaultText(
        "timed_out",
        "{target} did not finish in the time allowed (ERROR_WSMAN_OPERATION_TIMEDOUT, 2150858793).",
        "See whether the device is busy; raise ansible_psrp_operation_timeout if it is only slow.",
    ),
    2150859173: FaultText(
        "shell_quota",
        "{target} refuses another session for {user}: the number of shells per user is used up (ERROR_WSMAN_QUOTA_MAX_SHELLS, 2150859173).",
        "Close other sessions of this account, wait for idle ones to end, or raise MaxShellsPerUser on the device.",
    ),
    2150859174: FaultText(
        "operation_quota",
        "{target} refuses another operation for {user}: the number of operations per user is used up "
        "(ERROR_WSMAN_QUOTA_MAX_OPERATIONS, 2150859174).",
        "Close other sessions of this account, or raise MaxConcurrentOperationsPerUser on the device.",
    ),
    2150858790: FaultText(
        "message_too_large",
        "{target} refuses the message as too large for its MaxEnvelopeSizekb.",
        "Set ansible_psrp_max_envelope_size to what the device allows, other than 153600 (that value makes the client raise it).",
    ),
}

_RESTRICTED = (
    "The session offers almost no commands: it is a restricted endpoint (JEA, or a session configuration in NoLanguage mode). "
    "'{command}' is not available there."
)
_USE_DEFAULT = "Connect to the default endpoint: remove ansible_psrp_configuration_name, or set it to Microsoft.PowerShell."


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
    return _unknown(error, target)


def _unknown(error: BaseException, target: Target) -> RemotingFault:
    seen = f"The connection to {target} failed: {_short(error)}."
    return RemotingFault("connection_failed", seen, "Run the task with -vvvvv to see what was sent and answered.")


def _wsman_fault(error: t.Any, causes: list[BaseException], target: Target) -> RemotingFault:
    number = error.code if isinstance(error.code, int) else None
    text = WSMAN_FAULTS.get(number) if number is not None else None
    if number is None and not error.reason and not error.provider_fault:
        # The client reads any well-formed page as a fault without content; what HTTP said is behind it.
        behind = next((cause for cause in causes if type(cause).__name__ == "WinRMTransportError"), None)
        return _transport(behind, causes, target) if behind is not None else _not_soap(error, causes, target)
    if text is None:
        reason = " ".join(str(error.provider_fault or error.reason or "").split())
        if "resource uri" in reason.lower() or "configuration" in reason.lower():
            return RemotingFault("no_such_configuration", f"{target} has no such session configuration: {reason}", _USE_DEFAULT)
        seen = f"{target} answered with WS-Management fault {error.code}: {reason}"
        return RemotingFault("wsman_fault", seen, "Look the code up with 'winrm helpmsg'.")
    words = {"target": str(target), "user": target.user or "the account"}
    return RemotingFault(text.code, text.seen.format(**words), text.next_step)


def _transport(error: t.Any, _causes: list[BaseException], target: Target) -> RemotingFault:
    status = error.code if isinstance(getattr(error, "code", None), int) else 0
    if status == 404:
        seen = f"{target} answers, but not as WinRM: HTTP 404 for the WS-Management path."
        return RemotingFault("not_winrm", seen, "Check ansible_port and ansible_psrp_path: another web service listens there.")
    if status == 503:
        seen = f"{target} answers HTTP 503: the WinRM service is starting, stopping or overloaded."
        return RemotingFault("unavailable", seen, "Try again.")
    seen = f"{target} answered HTTP {status} instead of WS-Management."
    return RemotingFault("not_winrm", seen, "Check ansible_port and ansible_psrp_protocol, and whether a proxy stands in between.")


def _authentication(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    seen = f"{target} refused the credentials of {target.user or 'the account'} ({target.authentication or 'negotiate'} authentication)."
    return RemotingFault(
        "authentication_failed",
        seen,
        "Check user name, password and ansible_psrp_auth, and that the device offers that authentication. "
        "Repeated attempts can lock the account.",
    )


def _not_soap(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    seen = f"{target} answered with something that is not SOAP (an HTML page, for instance)."
    step = "Another service listens there, or a proxy answers: check address, ansible_port and proxy settings."
    return RemotingFault("not_winrm", seen, step)


def _client(error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault | None:
    """The client's own errors; None for those that say less than what is behind them."""
    return _not_soap(error, causes, target) if "related id" in str(error) else None


def _tls(_error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault:
    detail = next((str(cause) for cause in causes if "CERTIFICATE_VERIFY_FAILED" in str(cause).upper()), "")
    lowered = detail.lower()
    if "expired" in lowered:
        seen = f"The TLS certificate of {target} has expired."
        return RemotingFault("certificate_expired", seen, "Renew it on the device; check the controller's clock too.")
    if "hostname" in lowered or "ip address mismatch" in lowered or "doesn't match" in lowered:
        seen = f"The TLS certificate of {target} was issued for another name."
        return RemotingFault("certificate_name", seen, "Connect by the name in the certificate, or issue one for this address.")
    if detail:
        seen = f"The TLS certificate of {target} is not trusted by this controller."
        step = "Point ansible_psrp_ca_cert to the CA that issued it. Turning verification off lets anyone answer for the device."
        return RemotingFault("certificate_untrusted", seen, step)
    seen = f"TLS with {target} failed: {_short(causes[0])}."
    return RemotingFault("tls_failed", seen, "Check that this port speaks HTTPS (5986) and which TLS versions the device allows.")


def _connection(_error: BaseException, causes: list[BaseException], target: Target) -> RemotingFault:
    text = " ".join(str(cause) for cause in causes).lower()
    if "connection refused" in text:
        seen = f"Nothing listens at {target} (connection refused)."
        return RemotingFault("refused", seen, "The device is off or asleep, WinRM is not enabled, or the port is wrong.")
    if "name or service not known" in text or "failed to resolve" in text or "nodename nor servname" in text:
        return RemotingFault("name_unknown", f"The name of {target} does not resolve.", "Check ansible_host and DNS.")
    if "no route to host" in text or "network is unreachable" in text:
        return RemotingFault("no_route", f"There is no route to {target}.", "Check the network between controller and device.")
    step = "The device may have gone to sleep, restarted or left the network: see whether it is up."
    return RemotingFault("connection_lost", f"The connection to {target} broke.", step)


def _timeout(_error: BaseException, _causes: list[BaseException], target: Target) -> RemotingFault:
    seen = f"{target} did not answer in time."
    step = "The device is off, asleep or behind a firewall; ansible_psrp_connection_timeout sets how long to wait."
    return RemotingFault("no_answer", seen, step)


def _missing_library(error: BaseException, _causes: list[BaseException], _target: Target) -> RemotingFault:
    seen = f"A Python library is missing on the controller: {error}."
    return RemotingFault("library_missing", seen, "Install pypsrp in the Python that runs Ansible.", lost=False)


_Explain: t.TypeAlias = t.Callable[[t.Any, list[BaseException], Target], RemotingFault | None]
_BY_CLASS: t.Mapping[str, _Explain] = {
    "WSManFaultError": _wsman_fault,
    "WinRMError": _client,
    "WinRMTransportError": _transport,
    "AuthenticationError": _authentication,
    "ParseError": _not_soap,
    "SSLError": _tls,
    "ConnectTimeout": _timeout,
    "ReadTimeout": _timeout,
    "ConnectTimeoutError": _timeout,
    "ConnectionError": _connection,
    "ModuleNotFoundError": _missing_library,
}


def check_powershell(version_table: t.Mapping[str, t.Any]) -> None:
    """Refuse endpoints other than Windows PowerShell 5.1 by the PSVersionTable they announced; raises RemotingFault."""
    version = str(version_table.get("PSVersion") or "")
    edition = str(version_table.get("PSEdition") or "Desktop")
    if str(version_table.get("Platform") or "").lower() == "unix":
        seen = f"The device runs PowerShell {version} on Linux or macOS."
        raise RemotingFault("not_windows", seen, "This collection manages Windows devices.", lost=False)
    if edition.lower() != "desktop" or (version and not version.startswith("5.1")):
        seen = f"The session runs PowerShell {version} ({edition} edition); 64-bit Windows PowerShell 5.1 is needed."
        raise RemotingFault("wrong_powershell", seen, _USE_DEFAULT, lost=False)


def check_bitness(architecture: str | None) -> None:
    """Refuse 32-bit endpoints by their PROCESSOR_ARCHITECTURE (None: unknown); raises RemotingFault."""
    if (architecture or "").lower() == "x86":
        seen = "The session is 32-bit: registry and system folder are redirected, so what it reads is not what Windows uses."
        raise RemotingFault("wrong_bitness", seen, _USE_DEFAULT, lost=False)


def restricted(command: str) -> RemotingFault:
    """The endpoint does not even know a basic command."""
    return RemotingFault("restricted_endpoint", _RESTRICTED.format(command=command), _USE_DEFAULT, lost=False)


def _short(error: BaseException) -> str:
    return " ".join(str(error).split())[:300] or type(error).__name__
