"""Every failure of the way to a device, on simulated devices: the same words from remoting_info and from device_info."""

from __future__ import annotations

import dataclasses
import importlib.util
import pathlib
import re
import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.catalog import CATALOG

from . import lab as laboratory
from .lab import HTTPS, Lab, Run

STANDARD = {"Administrator": {"password": "Autopilot-1!", "kind": "standard"}}
CLIENT = {"ansible_psrp_certificate_pem": "TLS/client.pem", "ansible_psrp_certificate_key_pem": "TLS/client.key"}
KERBEROS = "kerberos_failed" if importlib.util.find_spec("gssapi") and importlib.util.find_spec("krb5") else "library_missing"


@dataclasses.dataclass(frozen=True)
class Failure:
    """One broken way. `variables` go into the inventory (None: taken out; TLS: the folder of the fleet's certificates)."""

    name: str
    code: str
    way: str = "ntlm"
    variables: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)
    device: t.Mapping[str, t.Any] = dataclasses.field(default_factory=dict)


def endpoint(**keys: t.Any) -> dict[str, t.Any]:
    return {"endpoint": keys}


def refusing(code: int) -> dict[str, t.Any]:
    return {"faults": {"refuse_shell_with": code}}


FAILURES = (
    Failure("name", "name_unknown", variables={"ansible_host": "no-such-device.invalid"}),
    Failure("unroutable", "no_route", variables={"ansible_host": "255.255.255.255"}),
    Failure("off", "refused", device={"powered_on": False}),
    Failure(
        "silence",
        "no_answer",
        variables={"ansible_psrp_read_timeout": 2, "ansible_psrp_operation_timeout": 1},
        device=endpoint(answers="silence"),
    ),
    Failure("proxy", "proxy_failed", variables={"ansible_psrp_proxy": "http://127.0.0.1:9"}),
    Failure("cut", "connection_lost", device={"faults": {"cut_at_request": 7}}),
    Failure("restarted", "session_lost", device={"faults": {"reboot_after_request": 6}}),
    Failure("https-to-http", "https_to_http_port", variables={"ansible_psrp_protocol": "https"}),
    Failure("http-to-https", "http_to_https_port", "https", {"ansible_psrp_protocol": "http", "ansible_port": HTTPS}),
    Failure("self-signed", "certificate_untrusted", "https", device=endpoint(certificate="self_signed")),
    Failure("expired", "certificate_expired", "https", device=endpoint(certificate="expired")),
    Failure("too-early", "certificate_not_yet_valid", "https", device=endpoint(certificate="not_yet_valid")),
    Failure("other-name", "certificate_name", "https", device=endpoint(certificate="other_name")),
    Failure(
        "other-key",
        "tls_failed",
        "https",
        {**CLIENT, "ansible_psrp_auth": "certificate", "ansible_psrp_certificate_key_pem": "TLS/OTHER"},
        endpoint(authentication=["certificate"]),
    ),
    Failure("password", "authentication_failed", variables={"ansible_password": "not-the-password"}),
    Failure("password-basic", "authentication_failed", "basic", {"ansible_password": "not-the-password"}),
    Failure("no-basic", "authentication_not_offered", "basic", device=endpoint(authentication=["negotiate"])),
    Failure("basic-only", "authentication_not_offered", "https", device=endpoint(authentication=["basic"])),
    Failure("kerberos-only", "authentication_not_offered", device=endpoint(authentication=["kerberos"])),
    Failure(
        "basic-http",
        "basic_needs_encryption",
        variables={"ansible_psrp_auth": "basic", "ansible_psrp_message_encryption": "never"},
        device=endpoint(authentication=["basic", "negotiate"]),
    ),
    Failure("basic-sealed", "encryption_impossible", variables={"ansible_psrp_auth": "basic"}),
    Failure(
        "no-binding",
        "channel_binding_missing",
        "https",
        {"ansible_psrp_negotiate_send_cbt": False},
        endpoint(channel_binding="required"),
    ),
    Failure(
        "certificate-http",
        "certificate_needs_https",
        variables={**CLIENT, "ansible_psrp_auth": "certificate", "ansible_psrp_message_encryption": "never"},
    ),
    Failure("certificate-http-auto", "certificate_needs_https", variables={**CLIENT, "ansible_psrp_auth": "certificate"}),
    Failure("certificate-nowhere", "certificate_missing", "https", {"ansible_psrp_auth": "certificate"}),
    Failure(
        "certificate-lost",
        "certificate_missing",
        "https",
        {**CLIENT, "ansible_psrp_auth": "certificate", "ansible_psrp_certificate_pem": "TLS/none.pem"},
    ),
    Failure(
        "not-mapped",
        "certificate_not_mapped",
        "https",
        {**CLIENT, "ansible_psrp_auth": "certificate"},
        endpoint(authentication=["certificate"]),
    ),
    Failure("no-password", "no_credentials", "basic", {"ansible_password": None}),
    Failure("kerberos", KERBEROS, variables={"ansible_psrp_auth": "kerberos"}),
    Failure("standard", "access_denied", device={"accounts": STANDARD}),
    Failure("page", "not_winrm", "https", device=endpoint(answers="html")),
    Failure("not-found", "not_winrm", device=endpoint(answers="not_found")),
    Failure("starting", "unavailable", device=endpoint(answers="unavailable")),
    Failure("shells", "shell_quota", device=endpoint(max_shells_per_user=0)),
    Failure("shells-plugin", "shell_quota", device=refusing(2150859236)),
    Failure("operations", "operation_quota", device=refusing(2150859174)),
    Failure("load", "load_quota", device=refusing(2150859175)),
    Failure("memory", "memory_quota", device=refusing(2147942414)),
    Failure("no-shells", "shells_not_allowed", device=refusing(2150859180)),
    Failure("time", "timed_out", device=refusing(2150858793)),
    Failure("unheard-of", "wsman_fault", device=refusing(2150859001)),
    Failure("envelope", "message_too_large", "https", device=endpoint(max_envelope_kib=2)),
    Failure("configuration", "no_such_configuration", variables={"ansible_psrp_configuration_name": "Helpdesk"}),
    Failure("jea", "restricted_endpoint", device=endpoint(language_mode="no_language")),
    Failure("seven", "wrong_powershell", device=endpoint(powershell="7")),
    Failure("narrow", "wrong_bitness", device=endpoint(bitness=32)),
    Failure("penguin", "not_windows", device=endpoint(platform="linux")),
)
# These need what no test machine has (a Kerberos realm, ten minutes of patience); the unit tests have them.
NOT_SIMULATED = {"clock_skew", "kerberos_failed", "library_missing", "nothing_runs", "too_slow", "connection_failed"}


def task(module: str, hosts: t.Iterable[str], **options: t.Any) -> dict[str, t.Any]:
    body = {"name": module, f"autopilot.reset.{module}": options}
    return {"name": module, "hosts": ",".join(hosts), "gather_facts": False, "tasks": [body]}


def prepare(one: Lab, host: str, variables: t.Mapping[str, t.Any]) -> None:
    address = one.hosts[host]["ansible_host"]
    for name, value in variables.items():
        if value is None:
            del one.hosts[host][name]
            continue
        is_path = isinstance(value, str) and value.startswith("TLS/")
        one.hosts[host][name] = str(one.path / "tls" / value[4:].replace("OTHER", f"{address}.pem")) if is_path else value


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Run]:
    """All failures in one fleet: a device each for the two modules, since some break at the n-th request that a device sees."""
    devices = {f"{failure.name}-{way}": failure.device for failure in FAILURES for way in ("look", "read")}
    ways = {f"{failure.name}-{way}": failure.way for failure in FAILURES for way in ("look", "read")}
    with laboratory.lab(tmp_path_factory.mktemp("faults"), devices, ways) as one:
        for failure in FAILURES:
            for way in ("look", "read"):
                prepare(one, f"{failure.name}-{way}", failure.variables)
        looks = task("remoting_info", [f"{failure.name}-look" for failure in FAILURES])
        reads = task("device_info", [f"{failure.name}-read" for failure in FAILURES])
        yield one.playbook([looks, reads], "--forks", "8", "-vvv")
        assert one.violations == []
        assert {host: count for host, count in one.recorder.open_shells.items() if count and "cut" not in host} == {}


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: failure.name)
def test_each_failure_is_named_by_both_modules_in_the_same_words(runs: Run, failure: Failure) -> None:
    looked = runs.event(f"{failure.name}-look", "remoting_info")
    assert looked.outcome == "ok", runs.output
    remoting = looked.result["remoting"]
    assert (remoting["works"], looked.result["changed"]) == (False, False)
    problem = remoting["problem"]
    assert problem["code"] == failure.code, problem
    read = runs.event(f"{failure.name}-read", "device_info")
    assert read.outcome == ("unreachable" if CATALOG[failure.code].lost else "failed")
    said = _without_addresses(str(read.result["msg"]))
    assert _without_addresses(problem["seen"]) in said
    assert problem["next_step"] in said


def _without_addresses(text: str) -> str:
    """The two devices of a failure differ in the last number of their address."""
    return re.sub(r"127(\.\d+){3}", "127.x", text)


def test_nothing_ends_in_a_traceback_or_shows_a_password(runs: Run) -> None:
    for words in ("Traceback (most recent call last)", "Unexpected failure", "not-the-password", "Autopilot-1!"):
        assert words not in runs.output


def test_the_certificate_is_shown_although_it_is_refused(runs: Run) -> None:
    seen = {name: runs.result(f"{name}-look", "remoting_info")["remoting"]["tls"] for name in ("expired", "self-signed", "other-name")}
    assert {name: (tls["trusted"], tls["problem"]) for name, tls in seen.items()} == {
        "expired": (False, "certificate_expired"),
        "self-signed": (False, "certificate_untrusted"),
        "other-name": (False, "certificate_name"),
    }
    assert seen["other-name"]["names"] == ["other.invalid"]
    assert seen["self-signed"]["subject"] == seen["self-signed"]["issuer"]


def test_every_failure_of_the_catalog_is_reproduced() -> None:
    assert set(CATALOG) - {failure.code for failure in FAILURES} - NOT_SIMULATED == set()


CUTS = range(1, 14)
OPENING = (5, 6)  # Receive and Receive, after three requests for NTLM and Create
NEEDED = range(1, 9)  # up to Command and the first Receive; how many Receives follow depends on timing


def test_remoting_info_survives_a_cut_at_any_request(tmp_path: pathlib.Path) -> None:
    devices = {f"cut-{number}": {"faults": {"cut_at_request": number}} for number in CUTS}
    with laboratory.lab(tmp_path, devices) as one:
        run = one.playbook([task("remoting_info", devices)], "--forks", "6", "-vvv")
        assert "Traceback (most recent call last)" not in run.output
        for number in CUTS:
            event = run.event(f"cut-{number}", "remoting_info")
            assert event.outcome == "ok", number
            problem = event.result["remoting"]["problem"]
            if number in NEEDED:
                assert problem["code"] == "connection_lost", number
            assert (problem is None) is event.result["remoting"]["works"]


def test_a_device_that_is_cut_at_any_request_says_so(tmp_path: pathlib.Path) -> None:
    devices = {f"cut-{number}": {"faults": {"cut_at_request": number}} for number in CUTS}
    with laboratory.lab(tmp_path, devices) as one:
        run = one.playbook([task("device_info", devices, gather=["join"])], "--forks", "6", "-vvv")
        assert "Traceback (most recent call last)" not in run.output
        assert "Unexpected failure" not in run.output
        for number in CUTS:
            event = run.event(f"cut-{number}", "device_info")
            left = one.recorder.open_shells[f"cut-{number}"]
            if number in NEEDED:
                assert event.outcome == "unreachable", number
            if event.outcome == "unreachable":
                assert CATALOG["connection_lost"].next_step in event.result["msg"], number
                # Ansible does not close a session that it never got. A real host ends such a shell after IdleTimeout (2 hours).
                assert left == (1 if number in OPENING else 0), number
            else:
                assert event.result["device"]["unreadable"] == {}, number
        assert {one.recorder.open_shells[f"cut-{number}"] for number in CUTS} == {0, 1}
