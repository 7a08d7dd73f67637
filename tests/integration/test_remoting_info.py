"""remoting_info over connections that work, and what it says about them; client certificates and channel binding."""

from __future__ import annotations

import pathlib
import typing as t

import pytest

from . import lab as laboratory
from .conftest import Start
from .lab import Lab, Run

LOCAL = {"Administrator": {"password": "Autopilot-1!", "kind": "administrator"}}
REMOTE = {"Administrator": {"password": "Autopilot-1!", "kind": "remote_management"}}
FILTERED = {"Administrator": {"password": "Autopilot-1!", "kind": "administrator", "remote": True}}
DEVICES: dict[str, dict[str, t.Any]] = {
    "plain": {"faults": {"slow_ms": 60}},
    "secure": {},
    "basic": {},
    "basic-http": {"endpoint": {"authentication": ["basic", "negotiate"], "allow_unencrypted": True}},
    "never": {"endpoint": {"allow_unencrypted": True}},
    "ignored": {"endpoint": {"certificate": "self_signed"}},
    "expiring": {"endpoint": {"certificate": "expiring"}},
    "late": {"faults": {"clock_skew_seconds": -600}},
    "early": {"faults": {"clock_skew_seconds": 90}},
    "tolerable": {"faults": {"clock_skew_seconds": 20}},
    "policy": {"accounts": LOCAL, "local_account_token_filter_policy": True},
    "filtered": {"accounts": FILTERED, "language": "de"},
    "helper": {"accounts": REMOTE, "language": "ja"},
    "constrained": {"endpoint": {"language_mode": "constrained"}},
    "strict": {"endpoint": {"channel_binding": "required"}},
    "unbound": {},
    "certificate": {"endpoint": {"authentication": ["certificate"], "certificate_account": "Administrator"}},
}
WAYS = dict.fromkeys(("secure", "ignored", "expiring", "strict", "unbound", "certificate"), "https") | {"basic": "basic"}
UNENCRYPTED = {"ansible_psrp_message_encryption": "never"}
VARIABLES: dict[str, dict[str, t.Any]] = {
    "basic-http": {"ansible_psrp_auth": "basic", **UNENCRYPTED},
    "never": UNENCRYPTED,
    "ignored": {"ansible_psrp_cert_validation": "ignore"},
    "unbound": {"ansible_psrp_negotiate_send_cbt": False},
    "certificate": {
        "ansible_psrp_auth": "certificate",
        "ansible_psrp_certificate_pem": "client.pem",
        "ansible_psrp_certificate_key_pem": "client.key",
    },
}


def prepare(one: Lab) -> None:
    for host, variables in VARIABLES.items():
        for name, value in variables.items():
            one.hosts[host][name] = str(one.path / "tls" / value) if str(value).startswith("client.") else value


def play(*tasks: dict[str, t.Any]) -> list[dict[str, t.Any]]:
    return [{"name": "Look", "hosts": "all", "gather_facts": False, "tasks": list(tasks)}]


LOOK: dict[str, t.Any] = {"name": "Look", "autopilot.reset.remoting_info": {}}
READ: dict[str, t.Any] = {"name": "Read", "autopilot.reset.device_info": {"gather": ["join"]}}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Run]:
    with laboratory.lab(tmp_path_factory.mktemp("ways"), DEVICES, WAYS) as one:
        prepare(one)
        yield one.playbook(play(LOOK, READ), "--forks", "6", "-vvv")
        assert one.violations == []
        assert {host: count for host, count in one.recorder.open_shells.items() if count} == {}


def remoting(run: Run, host: str) -> dict[str, t.Any]:
    event = run.event(host, "remoting_info")
    assert event.outcome == "ok", run.output
    found: dict[str, t.Any] = event.result["remoting"]
    return found


@pytest.mark.parametrize("host", DEVICES)
def test_a_connection_that_works_is_said_to_work_and_does(run: Run, host: str) -> None:
    assert (remoting(run, host)["works"], remoting(run, host)["problem"]) == (True, None)
    assert run.event(host, "device_info").outcome == "ok"
    assert "Autopilot-1!" not in run.output


@pytest.mark.parametrize(
    ("host", "codes"),
    [
        ("plain", []),
        ("secure", []),
        ("basic", []),
        ("basic-http", ["password_in_the_clear"]),
        ("never", ["messages_in_the_clear"]),
        ("ignored", ["verification_off"]),
        ("expiring", ["certificate_expiring"]),
        ("late", ["clock_differs"]),
        ("early", ["clock_differs"]),
        ("tolerable", []),
        ("policy", ["token_filter_policy"]),
        ("filtered", ["filtered_administrator"]),
        ("helper", ["not_administrator"]),
        ("constrained", ["constrained_language"]),
        ("strict", []),
        ("unbound", ["channel_binding_off"]),
        ("certificate", []),
    ],
)
def test_warnings(run: Run, host: str, codes: list[str]) -> None:
    assert [entry["code"] for entry in remoting(run, host)["warnings"]] == codes


def test_the_endpoint_and_its_limits(run: Run) -> None:
    found = remoting(run, "plain")["endpoint"]
    assert (found["powershell"], found["edition"], found["bitness"], found["language_mode"]) == (
        "5.1.22631.5335",
        "Desktop",
        64,
        "FullLanguage",
    )
    assert (found["limits"]["max_envelope_kib"], found["limits"]["max_shells_per_user"]) == (500, 30)
    assert (found["limits"]["allow_unencrypted"], found["limits"]["channel_binding"]) == (False, "Relaxed")
    assert remoting(run, "strict")["endpoint"]["limits"]["channel_binding"] == "Strict"
    assert remoting(run, "constrained")["endpoint"]["language_mode"] == "ConstrainedLanguage"


def test_the_account_is_judged_by_sids(run: Run) -> None:
    rights = {host: remoting(run, host)["account"]["rights"] for host in ("plain", "policy", "filtered", "helper")}
    assert rights == {"plain": "administrator", "policy": "administrator", "filtered": "filtered_administrator", "helper": "none"}
    assert remoting(run, "plain")["account"]["built_in"] is True
    assert remoting(run, "policy")["account"]["needs_token_filter_policy"] is True


def test_limits_that_may_not_be_read_are_said_to_be_unreadable(run: Run) -> None:
    found = remoting(run, "helper")
    assert found["endpoint"]["limits"] is None
    assert "Only administrators" in found["unreadable"]["endpoint.limits"]
    assert found["endpoint"]["language_mode"] == "FullLanguage"


def test_the_certificate(run: Run) -> None:
    found = remoting(run, "secure")["tls"]
    assert (found["subject"], found["issuer"], found["trusted"], found["problem"]) == ("CN=secure", "CN=Simulated fleet CA", True, None)
    assert found["not_before"] < found["not_after"]
    assert remoting(run, "ignored")["tls"]["problem"] == "certificate_untrusted"
    assert remoting(run, "plain")["tls"] is None


def test_latency_clock_and_versions(run: Run) -> None:
    found = remoting(run, "plain")
    assert found["latency"]["command_ms"] >= 60
    assert found["latency"]["open_ms"] > 0
    assert -610 < remoting(run, "late")["clock"]["ahead_seconds"] < -590
    assert found["controller"]["pypsrp"]
    assert found["target"]["message_encryption"] == "sealed"
    assert remoting(run, "secure")["target"]["message_encryption"] == "tls"


def test_looking_at_the_certificate_sends_no_request(tmp_path: pathlib.Path) -> None:
    with laboratory.lab(tmp_path, {"pc": {"endpoint": {"certificate": "expired"}}}, {"pc": "https"}) as one:
        assert one.task("pc", "remoting_info").result("pc", "remoting_info")["remoting"]["tls"]["version"]
        assert one.recorder.requests == []


def test_check_mode_says_the_same(lab: Start) -> None:
    one = lab({"pc": {}})
    results = [one.task("pc", "remoting_info", check=check).result("pc", "remoting_info") for check in (False, True)]
    for result in results:
        for moving in ("latency", "clock"):
            del result["remoting"][moving]
    assert results[0] == results[1]
    assert results[0]["changed"] is False


def test_it_is_no_more_than_two_pipelines(lab: Start) -> None:
    one = lab({"pc": {}})
    one.task("pc", "remoting_info")
    assert len(one.recorder.pipelines) == 2


def test_other_connections_are_refused_before_anything_is_sent(lab: Start) -> None:
    one = lab({"pc": {}})
    one.hosts["pc"]["ansible_connection"] = "local"
    event = one.task("pc", "remoting_info").event("pc", "remoting_info")
    assert event.outcome == "failed"
    assert "needs 'psrp'" in event.result["msg"]
    assert one.recorder.requests == []
