"""Every failure between controller and device that has a name: what was seen, and what to do. Data only.

`docs/troubleshooting.md` shows this table. Sources and grades of the codes stand in the contract tables.
"""

from __future__ import annotations

import dataclasses
import typing as t


@dataclasses.dataclass(frozen=True, slots=True)
class FaultText:
    """`seen` and `next_step` may name {target}, {user}, {authentication} and {detail} (what exactly was said).

    `lost`: the device counts as unreachable, since nothing can be said about the device itself.
    """

    seen: str
    next_step: str
    lost: bool = True


_USE_DEFAULT = "Connect to the default endpoint: remove ansible_psrp_configuration_name, or set it to Microsoft.PowerShell."
_USE_HTTPS = "Use HTTPS (ansible_psrp_protocol: https, port 5986), or ansible_psrp_auth: negotiate, which encrypts messages itself."

CATALOG: t.Mapping[str, FaultText] = {
    # The way to the device
    "name_unknown": FaultText(
        "The name of {target} does not resolve.",
        "Check ansible_host, the controller's DNS servers, and whether the device has registered its name.",
    ),
    "no_route": FaultText("There is no route to {target}.", "Check the network between controller and device."),
    "no_answer": FaultText(
        "{target} did not answer in time.",
        "The device is off, asleep or behind a firewall; ansible_psrp_connection_timeout and ansible_psrp_read_timeout say how long "
        "to wait.",
    ),
    "refused": FaultText(
        "Nothing listens at {target} (connection refused).", "The device is off or asleep, WinRM is not enabled, or the port is wrong."
    ),
    "proxy_failed": FaultText(
        "The proxy on the way to {target} could not be used.",
        "Set ansible_psrp_ignore_proxy: true if devices are reached directly, or correct ansible_psrp_proxy and the *_PROXY variables.",
    ),
    "connection_lost": FaultText(
        "The connection to {target} broke.",
        "The device may have gone to sleep, restarted or left the network: see whether it is up, and run the task again.",
    ),
    "session_lost": FaultText(
        "{target} no longer knows this session (ERROR_WSMAN_UNEXPECTED_SELECTORS, 2150858843): it restarted, or its WinRM service did.",
        "Wait until the device is up and run the task again.",
    ),
    # TLS
    "https_to_http_port": FaultText(
        "{target} does not speak TLS: this is an HTTP port.",
        "Set ansible_psrp_protocol: http (port 5985), or give the device's HTTPS port (5986).",
    ),
    "http_to_https_port": FaultText(
        "{target} speaks TLS and hung up on plain HTTP: this is an HTTPS port.",
        "Set ansible_psrp_protocol: https, or give the device's HTTP port (5985).",
    ),
    "certificate_untrusted": FaultText(
        "The TLS certificate of {target} is not trusted by this controller.",
        "Point ansible_psrp_ca_cert to the CA that issued it. Turning verification off lets anyone answer for the device.",
    ),
    "certificate_expired": FaultText(
        "The TLS certificate of {target} has expired.", "Renew it on the device; check the controller's clock too."
    ),
    "certificate_not_yet_valid": FaultText(
        "The TLS certificate of {target} is not valid yet.", "Check the clocks of the controller and of whoever issued the certificate."
    ),
    "certificate_name": FaultText(
        "The TLS certificate of {target} was issued for another name.",
        "Connect by the name in the certificate, or issue one for this address.",
    ),
    "tls_failed": FaultText(
        "TLS with {target} failed: {detail}.",
        "Check which TLS versions the device allows, and the files of ansible_psrp_certificate_pem and ansible_psrp_certificate_key_pem.",
    ),
    # Signing in
    "authentication_failed": FaultText(
        "{target} refused the credentials of {user} ({authentication} authentication).",
        "Check user name, password and domain. A locked or disabled account is answered in the same way, and repeated attempts lock it: "
        "look at the account on the device or in the directory before trying again.",
    ),
    "authentication_not_offered": FaultText(
        "{target} does not offer {authentication} authentication, only {detail}.",
        "Set ansible_psrp_auth to one that is offered, or enable it on the device (WSMan:\\localhost\\Service\\Auth).",
    ),
    "basic_needs_encryption": FaultText(
        "{target} takes no Basic authentication over plain HTTP: it is disabled, or AllowUnencrypted is false, as it should be.", _USE_HTTPS
    ),
    "encryption_impossible": FaultText(
        "{authentication} authentication cannot encrypt messages over plain HTTP, so nothing was sent to {target}.", _USE_HTTPS
    ),
    "channel_binding_missing": FaultText(
        "{target} refused the sign-in of {user}, which carried no channel binding token (ansible_psrp_negotiate_send_cbt is false).",
        "Set ansible_psrp_negotiate_send_cbt: true: the device may require the token (CbtHardeningLevel Strict). If it is refused still, "
        "check user name and password.",
    ),
    "certificate_needs_https": FaultText(
        "Certificate authentication needs HTTPS, and {target} is plain HTTP, so nothing was sent.",
        "Set ansible_psrp_protocol: https and the device's HTTPS port (5986).",
    ),
    "certificate_missing": FaultText(
        "Certificate authentication to {target} lacks its files: {detail}.",
        "Set ansible_psrp_certificate_pem and ansible_psrp_certificate_key_pem to files that this controller can read.",
    ),
    "certificate_not_mapped": FaultText(
        "{target} took the client certificate for no account, or does not offer certificate authentication.",
        "Enable Certificate under WSMan:\\localhost\\Service\\Auth, import the CA of the client certificate on the device, and map the "
        "certificate to a local account (WSMan:\\localhost\\ClientCertificate) whose password has not changed since.",
    ),
    "no_credentials": FaultText(
        "{authentication} authentication to {target} lacks a user name or a password.", "Set ansible_user and ansible_password."
    ),
    "clock_skew": FaultText(
        "Kerberos refused to sign in at {target}: the clocks of controller, device and domain controller are too far apart.",
        "Synchronize the controller's clock with the domain (Kerberos allows 5 minutes).",
    ),
    "kerberos_failed": FaultText(
        "Kerberos could not sign in at {target}: {detail}.",
        "Check the realm in /etc/krb5.conf, the ticket (klist), and that ansible_host is the device's full name and not an address.",
    ),
    "library_missing": FaultText(
        "A Python library is missing on the controller: {detail}.",
        "Install it in the Python that runs Ansible: pypsrp, pypsrp[kerberos] or pypsrp[credssp].",
        lost=False,
    ),
    "access_denied": FaultText(
        "{target} let {user} sign in but refused a PowerShell session: access denied (ERROR_ACCESS_DENIED, 5).",
        "The account has to be an administrator of the device. A local administrator other than the built-in one gets a filtered "
        "token over the network unless the device sets LocalAccountTokenFilterPolicy to 1: use a domain or Entra administrator, "
        "or have that policy set on purpose.",
    ),
    # WinRM and its limits
    "not_winrm": FaultText(
        "{target} answers, but not as WinRM: {detail}.",
        "Another service listens there, or a proxy answers: check address, ansible_port, ansible_psrp_path and proxy settings.",
    ),
    "unavailable": FaultText("{target} answers HTTP 503: the WinRM service is starting, stopping or overloaded.", "Try again in a minute."),
    "shell_quota": FaultText(
        "{target} refuses another session for {user}: the number of shells or of their users is used up ({detail}).",
        "Close other sessions of this account, wait for idle ones to end (IdleTimeout), or raise MaxShellsPerUser on the device.",
    ),
    "operation_quota": FaultText(
        "{target} refuses another operation for {user}: the number of operations is used up ({detail}).",
        "Close other sessions of this account, or raise MaxConcurrentOperationsPerUser on the device.",
    ),
    "load_quota": FaultText(
        "{target} was asked too much in too short a time ({detail}).", "Run fewer tasks at once against this device, then try again."
    ),
    "memory_quota": FaultText(
        "The session at {target} ran out of memory ({detail}).", "Raise MaxMemoryPerShellMB on the device, then restart its WinRM service."
    ),
    "shells_not_allowed": FaultText(
        "{target} allows no remote shells (ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED, 2150859180).",
        "Set the policy 'Allow Remote Shell Access' (AllowRemoteShellAccess) back on the device.",
    ),
    "message_too_large": FaultText(
        "{target} refuses the message as too large for its MaxEnvelopeSizekb ({detail}).",
        "Set ansible_psrp_max_envelope_size to what the device allows in bytes, other than 153600 (that value makes the client raise it), "
        "or raise MaxEnvelopeSizekb on the device.",
    ),
    "timed_out": FaultText(
        "{target} did not finish in the time allowed (ERROR_WSMAN_OPERATION_TIMEDOUT, 2150858793).",
        "See whether the device is busy; raise ansible_psrp_operation_timeout if it is only slow.",
    ),
    "too_slow": FaultText(
        "{target} did not finish what it was asked within {detail}; it was told to stop.",
        "See what keeps the device busy and run the task again.",
    ),
    # The session configuration
    "no_such_configuration": FaultText("{target} has no such session configuration ({detail}).", _USE_DEFAULT),
    "restricted_endpoint": FaultText(
        "The session offers almost no commands: it is a restricted endpoint (JEA, or a session configuration in NoLanguage mode). "
        "{detail} is not available there.",
        _USE_DEFAULT,
        lost=False,
    ),
    "nothing_runs": FaultText("The session runs no command at all: {detail}.", "Try the device's default PowerShell endpoint.", lost=False),
    "wrong_powershell": FaultText("The session runs {detail}; 64-bit Windows PowerShell 5.1 is needed.", _USE_DEFAULT, lost=False),
    "wrong_bitness": FaultText(
        "The session is 32-bit: registry and system folder are redirected, so what it reads is not what Windows uses.",
        _USE_DEFAULT,
        lost=False,
    ),
    "not_windows": FaultText("The device runs {detail} on Linux or macOS.", "This collection manages Windows devices.", lost=False),
    # What has no name here
    "wsman_fault": FaultText("{target} answered with WS-Management fault {detail}", "Look the code up with 'winrm helpmsg'."),
    "connection_failed": FaultText(
        "The connection to {target} failed: {detail}.", "Run the task with -vvvvv to see what was sent and answered."
    ),
}

# What works and should be known all the same.
WARNINGS: t.Mapping[str, FaultText] = {
    "password_in_the_clear": FaultText("Basic over plain HTTP: user name and password travel to {target} unencrypted.", _USE_HTTPS),
    "messages_in_the_clear": FaultText(
        "Messages to {target} travel unencrypted (ansible_psrp_message_encryption: never over HTTP).",
        "Remove ansible_psrp_message_encryption, or use HTTPS.",
    ),
    "verification_off": FaultText(
        "The TLS certificate of {target} is not verified (ansible_psrp_cert_validation: ignore){detail}.",
        "Point ansible_psrp_ca_cert to the CA that issued it, and remove ansible_psrp_cert_validation.",
    ),
    "certificate_expiring": FaultText("The TLS certificate of {target} expires in {detail} days.", "Renew it on the device in time."),
    "channel_binding_off": FaultText(
        "No channel binding token is sent to {target} (ansible_psrp_negotiate_send_cbt is false), which lets sign-ins be relayed.",
        "Remove ansible_psrp_negotiate_send_cbt unless a TLS proxy stands in between.",
    ),
    "clock_differs": FaultText(
        "The clock of the device differs from the controller's by {detail} seconds.",
        "Synchronize both: certificates are judged by the clock, and Kerberos fails from 5 minutes on.",
    ),
    "token_filter_policy": FaultText(
        "{user} is a local administrator with full rights only because the device sets LocalAccountTokenFilterPolicy to 1.",
        "After a reset that setting may be gone, and with it this access: plan for the built-in, a domain or an Entra administrator.",
    ),
    "filtered_administrator": FaultText(
        "{user} is an administrator whose token is filtered over the network: most facts cannot be read and nothing can be changed.",
        CATALOG["access_denied"].next_step,
    ),
    "not_administrator": FaultText(
        "{user} is no administrator of the device: most facts cannot be read and nothing can be changed.",
        "Connect with an administrator of the device.",
    ),
    "constrained_language": FaultText(
        "The session's language mode is {detail}. This collection sends no script, so it works all the same; other modules may not.",
        "Nothing to do here.",
    ),
}

# WS-Management and Win32 codes that a WinRM service answers with: the kind of failure, and Windows' name of the code.
WSMAN_CODES: t.Mapping[int, tuple[str, str]] = {
    5: ("access_denied", "ERROR_ACCESS_DENIED"),
    1816: ("memory_quota", "ERROR_NOT_ENOUGH_QUOTA"),
    2147942414: ("memory_quota", "E_OUTOFMEMORY"),
    2150858752: ("no_such_configuration", "ERROR_WSMAN_RESOURCE_NOT_FOUND"),
    2150858793: ("timed_out", "ERROR_WSMAN_OPERATION_TIMEDOUT"),
    2150858811: ("no_such_configuration", "ERROR_WSMAN_INVALID_RESOURCE_URI"),
    2150858823: ("message_too_large", "ERROR_WSMAN_MAX_ENVELOPE_SIZE"),
    2150858824: ("message_too_large", "ERROR_WSMAN_MAX_ENVELOPE_SIZE_EXCEEDED"),
    2150858825: ("message_too_large", "ERROR_WSMAN_SERVER_ENVELOPE_LIMIT"),
    2150858843: ("session_lost", "ERROR_WSMAN_UNEXPECTED_SELECTORS"),
    2150859173: ("shell_quota", "ERROR_WSMAN_QUOTA_MAX_SHELLS"),
    2150859174: ("operation_quota", "ERROR_WSMAN_QUOTA_MAX_OPERATIONS"),
    2150859175: ("load_quota", "ERROR_WSMAN_QUOTA_USER"),
    2150859176: ("load_quota", "ERROR_WSMAN_QUOTA_SYSTEM"),
    2150859179: ("shell_quota", "ERROR_WSMAN_QUOTA_MAX_SHELLUSERS"),
    2150859180: ("shells_not_allowed", "ERROR_WSMAN_REMOTESHELLS_NOT_ALLOWED"),
    2150859236: ("shell_quota", "ERROR_WSMAN_QUOTA_MAX_SHELLS_PPQ"),
    2150859237: ("shell_quota", "ERROR_WSMAN_QUOTA_MAX_USERS_PPQ"),
    2150859238: ("shell_quota", "ERROR_WSMAN_QUOTA_MAX_PLUGINSHELLS_PPQ"),
    2150859239: ("operation_quota", "ERROR_WSMAN_QUOTA_MAX_PLUGINOPERATIONS_PPQ"),
    2150859240: ("operation_quota", "ERROR_WSMAN_QUOTA_MAX_OPERATIONS_USER_PPQ"),
    2150859241: ("operation_quota", "ERROR_WSMAN_QUOTA_MAX_COMMANDS_PER_SHELL_PPQ"),
}
