"""What has to hold on every ansible-core: the whole way once, where versions differ (loading, arguments, results, messages, callbacks).

`make check` runs this file on each version, through ANSIBLE_UNDER_TEST; `make test` on the one that it has.
"""

from __future__ import annotations

import json
import pathlib
import subprocess
import typing as t

import pytest

from tests.device_document import problems

from . import lab as laboratory
from .conftest import Start
from .lab import Lab, Run

MODULES = sorted(file.stem for file in (laboratory.ROOT / "plugins" / "modules").glob("*.py"))
ROLES = sorted(folder.name for folder in (laboratory.ROOT / "roles").iterdir())
PLAYBOOKS = sorted(file.stem for file in (laboratory.ROOT / "playbooks").glob("*.yml"))

FLEET: dict[str, dict[str, t.Any]] = {
    "good": {},
    "fixable": {"winre": {"state": "disabled"}, "language": "de"},
    "broken": {"winre": {"state": "disabled", "image": "missing"}},
    "hybrid": {"join": {"type": "hybrid"}},
    "away": {"powered_on": False},
}
WAYS = {"fixable": "https", "broken": "basic", "hybrid": "basic"}


def command(lab: Lab, program: str, *arguments: str) -> str:
    """The output of another program of the ansible-core under test."""
    executable = pathlib.Path(laboratory.ansible_playbook()).with_name(program)
    variables = laboratory.environment(lab.path, lab.path / "none")
    ended = subprocess.run([executable, *arguments], check=False, env=variables, capture_output=True, text=True, timeout=120)
    assert ended.returncode == 0, ended.stderr
    return ended.stdout


def play(*tasks: dict[str, t.Any], hosts: str = "all", **options: t.Any) -> list[dict[str, t.Any]]:
    named = [{"name": f"Task {number}", **task} for number, task in enumerate(tasks, 1)]
    return [{"name": "The play", "hosts": hosts, "gather_facts": False, **options, "tasks": named}]


def states(run: Run) -> dict[str, list[str]]:
    found: dict[str, list[str]] = run.result("localhost", "fleet_report")["by_state"]
    return {state: hosts for state, hosts in found.items() if hosts}


def test_documentation_is_found(lab: Start) -> None:
    one = lab({"pc": {}})
    modules = json.loads(command(one, "ansible-doc", "--json", *(f"autopilot.reset.{name}" for name in MODULES)))
    assert {name for name, entry in modules.items() if entry["doc"]["description"]} == {f"autopilot.reset.{name}" for name in MODULES}
    roles = json.loads(command(one, "ansible-doc", "--json", "--type", "role", *(f"autopilot.reset.{name}" for name in ROLES)))
    assert {name for name, entry in roles.items() if "main" in entry["entry_points"]} == {f"autopilot.reset.{name}" for name in ROLES}


@pytest.mark.parametrize("name", PLAYBOOKS)
def test_playbooks_are_accepted(lab: Start, name: str) -> None:
    run = lab({"pc": {}}).playbook(f"autopilot.reset.{name}", "--syntax-check")
    assert run.code == 0, run.output
    assert f"/playbooks/{name}.yml" in run.output


def test_audit_prepare_audit(lab: Start, tmp_path: pathlib.Path) -> None:
    one = lab(FLEET, WAYS)
    file = tmp_path / "fleet.json"

    before = one.playbook("autopilot.reset.audit", "-e", f"fleet_dest={file}")
    assert before.code == 2, before.output
    assert states(before) == {"ready": ["good"], "not_ready": ["fixable", "broken", "hybrid"], "unreachable": ["away"]}
    documents = json.loads(file.read_text())["devices"]
    assert {host: problems(document) for host, document in documents.items()} == {host: [] for host in FLEET}
    assert {host: document["unreadable"] for host, document in documents.items() if host != "away"} == {
        host: {} for host in FLEET if host != "away"
    }

    dry = one.playbook("autopilot.reset.prepare", "--check", "--diff")
    planned = dry.result("fixable", "winre")
    assert (planned["changed"], planned["diff"]["after"]) == (True, {"winre.state": "enabled"}), dry.output
    assert one.fleet.devices["fixable"].state.winre.state == "disabled"

    prepared = one.playbook("autopilot.reset.prepare")
    assert prepared.code == 2
    assert {host: prepared.result(host, "winre")["changed"] for host in ("good", "fixable", "broken", "hybrid")} == {
        "good": False,
        "fixable": True,
        "broken": False,
        "hybrid": False,
    }
    assert "ERROR_FILE_NOT_FOUND" in prepared.result("broken", "winre")["msg"]
    assert states(prepared) == {"ready": ["good", "fixable"], "not_ready": ["broken", "hybrid"], "unreachable": ["away"]}

    again = one.playbook("autopilot.reset.prepare", "--limit", "good,fixable")
    assert again.code == 0, again.output
    assert [again.result(host, "winre")["changed"] for host in ("good", "fixable")] == [False, False]

    # A version may deprecate what the collection relies on, or warn of what it returns.
    for run in (before, dry, prepared, again):
        assert "[DEPRECATION WARNING]" not in run.output
        assert "[WARNING]" not in run.output
        assert "Traceback (most recent call last)" not in run.output


@pytest.mark.parametrize(("limit", "code"), [("good", 0), ("away", 2), ("good,away", 2)])
def test_the_report_survives_a_limit(lab: Start, limit: str, code: int) -> None:
    run = lab({"good": {}, "away": {"powered_on": False}, "other": {}}).playbook("autopilot.reset.audit", "--limit", limit)
    report = next(event.result for event in run.events if event.action.endswith("fleet_report"))
    assert (set(report["devices"]), run.code) == (set(limit.split(",")), code), run.output


def test_arguments_may_come_from_anywhere(lab: Start) -> None:
    """From templates, loops, extra variables and defaults: newer versions tag such values, and the client cannot send tagged ones."""
    one = lab({"pc": {"winre": {"state": "disabled"}}})
    templated = play(
        {"autopilot.reset.device_info": {"gather": "{{ parts }}"}, "register": "read"},
        {"autopilot.reset.device_info": {"gather": ["{{ item }}"]}, "loop": ["os", "join"]},
        {"autopilot.reset.winre": {"state": "{{ 'enabled' if read.device.winre.state == 'disabled' else 'disabled' }}"}},
    )
    defaulted = play({"autopilot.reset.device_info": {}}, module_defaults={"group/autopilot.reset.device": {"gather": ["firmware"]}})
    run = one.playbook(templated + defaulted, "-e", json.dumps({"parts": ["winre", "os"]}))
    assert run.code == 0, run.output
    read = [event.result for event in run.events if event.action.endswith("device_info")]
    assert set(read[0]["device"]["gathered"]) == {"winre", "os"}
    assert [item["device"]["gathered"] for item in read[1]["results"]] == [["os"], ["join"]]
    assert run.result("pc", "winre")["changed"] is True
    assert read[2]["device"]["gathered"] == ["firmware"]


REFUSALS: dict[str, tuple[dict[str, t.Any], dict[str, t.Any], str, str]] = {
    # host: its device, its variables, how the task ends, and words of the message
    "become": (
        {},
        {"ansible_become": True, "ansible_become_method": "runas", "ansible_become_user": "SYSTEM"},
        "failed",
        "become does not work here",
    ),
    "local": ({}, {"ansible_connection": "local"}, "failed", "this collection needs 'psrp'"),
    "winrm": ({}, {"ansible_connection": "winrm"}, "failed", "this collection needs 'psrp'"),
    "seven": ({"endpoint": {"powershell": "7"}}, {}, "failed", "64-bit Windows PowerShell 5.1 is needed"),
    "jea": ({"endpoint": {"language_mode": "no_language"}}, {}, "failed", "restricted endpoint"),
    "password": ({}, {"ansible_password": "not-the-password"}, "unreachable", "refused the credentials of Administrator"),
    "off": ({"powered_on": False}, {}, "unreachable", "connection refused"),
    "shells": ({"endpoint": {"max_shells_per_user": 0}}, {}, "unreachable", "MaxShellsPerUser"),
    "page": ({"endpoint": {"answers": "html"}}, {}, "unreachable", "not SOAP"),
    "cut": ({"faults": {"cut_at_request": 7}}, {}, "unreachable", "broke. The device may have"),
}


def test_refusals_say_why(lab: Start) -> None:
    one = lab({host: device for host, (device, _variables, _outcome, _words) in REFUSALS.items()}, {"page": "https"})
    for host, (_device, variables, _outcome, _words) in REFUSALS.items():
        one.hosts[host].update(variables)
    run = one.playbook(play({"autopilot.reset.device_info": {"gather": ["join"]}}), "--forks", "5", "-vvv")
    seen = {host: run.event(host, "device_info") for host in REFUSALS}
    assert {host: event.outcome for host, event in seen.items()} == {host: outcome for host, (_d, _v, outcome, _w) in REFUSALS.items()}
    assert {host: event.result["msg"] for host, event in seen.items() if REFUSALS[host][3] not in event.result["msg"]} == {}
    assert "Traceback (most recent call last)" not in run.output
    assert "Unexpected failure" not in run.output


@pytest.mark.parametrize(
    ("task", "words"),
    [
        ({"autopilot.reset.device_info": {"gather": ["bios"]}}, "value of gather must be one or more of"),
        ({"autopilot.reset.device_info": {"parts": ["winre"]}}, "Unsupported parameters"),
        ({"autopilot.reset.winre": {"state": "on"}}, "value of state must be one of"),
        ({"autopilot.reset.device_info": {}, "async": 60, "poll": 1}, "async"),
    ],
)
def test_wrong_tasks_touch_nothing(lab: Start, task: dict[str, t.Any], words: str) -> None:
    one = lab({"pc": {}})
    run = one.playbook(play(task))
    assert run.code != 0
    assert words in run.events[-1].result["msg"]
    assert one.recorder.requests == []


def test_remoting_info_names_what_works_and_what_does_not(lab: Start) -> None:
    run = lab({"good": {}, "off": {"powered_on": False}}).playbook(play({"autopilot.reset.remoting_info": {}}))
    assert run.code == 0, run.output
    assert {host: run.result(host, "remoting_info")["remoting"]["works"] for host in ("good", "off")} == {"good": True, "off": False}


def test_no_secret_in_the_output_at_any_verbosity(lab: Start) -> None:
    secrets = ("pass-of-school-wifi", "100000-200000-300000-400000-500000-600000-700000-800000")
    device = {"wifi": [{"name": "School", "key": secrets[0]}], "storage": {"recovery_password": secrets[1]}}
    one = lab({"pc": device, "tls": device, "away": {"powered_on": False}, "wrong": {}}, {"tls": "basic"})
    one.hosts["wrong"]["ansible_password"] = "not-the-password"
    run = one.playbook("autopilot.reset.prepare", "-vvvvv")
    assert run.result("tls", "device_info")["device"]["wifi"]["profiles"] == ["School"]
    for secret in (*secrets, "not-the-password", laboratory.PASSWORD):
        assert secret not in run.output
        assert secret not in str(run.events)
