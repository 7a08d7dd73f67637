"""The audit over real PSRP: counts, values, and that one device never hides another."""

from __future__ import annotations

import json
import pathlib

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import MARKER

from tests.device_document import problems
from tests.simulator.transport.recorder import CommandSeen

from .conftest import Start
from .lab import USER

LIMITS = {"basic": 3, "https": 6, "ntlm": 6}  # requests other than Receive
PACKAGES = 2  # the second pipeline, for packages: the first one is closed, and a command
MOST_BYTES = 80 * 1024


@pytest.mark.parametrize("way", ["ntlm", "https", "basic"])
def test_a_full_audit_is_one_pipeline_with_few_requests_and_a_second_for_packages(lab: Start, way: str) -> None:
    one = lab({"pc": {}}, {"pc": way})
    run = one.task("pc", "device_info")
    assert run.code == 0, run.output
    assert len(one.recorder.pipelines) == 2
    assert [command.name for command in one.recorder.pipelines[1].statements[-1]] == ["Get-ProvisioningPackage"]
    other = [seen for seen in one.recorder.requests if seen.action != "Receive"]
    assert len(other) <= LIMITS[way] + PACKAGES, [seen.action for seen in other]
    assert sum(seen.received for seen in one.recorder.requests) <= MOST_BYTES


def test_the_document_of_a_healthy_device(lab: Start) -> None:
    one = lab({"pc": {"firmware": {"serial_number": "PF3K0417", "manufacturer": "LENOVO", "model": "21CBS0DU00"}}})
    device = one.task("pc", "device_info").result("pc", "device_info")["device"]
    assert device["unreadable"] == {}
    assert (device["schema_version"], device["os"]["build"], device["os"]["windows"], device["os"]["version"]) == (1, 22631, "11", "23H2")
    assert (device["os"]["edition"], device["os"]["installation_type"], device["os"]["computer_name"]) == ("Enterprise", "Client", "PC")
    assert device["os"]["installed"] == "2025-03-14T08:20:00Z"
    assert (device["firmware"]["serial_number"], device["firmware"]["model"]) == ("PF3K0417", "21CBS0DU00")
    assert device["winre"]["state"] == "enabled"
    assert device["winre"]["location"]["folder"] == "\\Recovery\\WindowsRE"
    assert device["winre"]["partition"]["size"] == 990 * 1024 * 1024
    assert device["winre"]["partition"]["free"] == (990 - 20 - 520) * 1024 * 1024
    assert (device["join"]["type"], device["join"]["tenant_id"]) == ("entra", "9a3f7f0e-6a52-4c7e-8a44-1f0d6a0d8f11")
    assert device["reset_policy"]["state"] == device["reset_policy"]["effective"] == "allowed"
    assert device["reset_policy"]["winning_provider"]["name"] == "MS DM Server"


def test_gather_reads_only_what_was_asked_for(lab: Start) -> None:
    one = lab({"pc": {}})
    device = one.task("pc", "device_info", gather=["join"]).result("pc", "device_info")["device"]
    assert device["gathered"] == ["join"]
    assert "winre" not in device
    sent = {command.name for pipeline in one.recorder.pipelines for statement in pipeline.statements for command in statement}
    assert "reagentc.exe" not in sent


def test_windows_outside_drive_c_is_read_where_it_is(lab: Start) -> None:
    one = lab({"pc": {"os": {"system_root": "D:\\Windows"}}})
    device = one.task("pc", "device_info").result("pc", "device_info")["device"]
    assert device["os"]["system_root"] == "D:\\Windows"
    assert device["winre"]["state"] == "enabled"


@pytest.mark.parametrize("join", ["entra", "hybrid", "domain", "workgroup"])
def test_join_types(lab: Start, join: str) -> None:
    one = lab({"pc": {"join": {"type": join}}})
    device = one.task("pc", "device_info", gather=["join"]).result("pc", "device_info")["device"]
    assert device["join"]["type"] == join


@pytest.mark.parametrize("language", ["en", "zh", "de", "fr", "ja", "es", "nl"])
def test_winre_in_other_languages(lab: Start, language: str) -> None:
    one = lab({"on": {"language": language}, "off": {"language": language, "winre": {"state": "disabled"}}})
    play = [{"name": "Read", "hosts": "all", "gather_facts": False, "tasks": [{"name": "Read", "autopilot.reset.device_info": {}}]}]
    run = one.playbook(play)
    states = {host: run.result(host, "device_info")["device"]["winre"]["state"] for host in ("on", "off")}
    assert states == {"on": "enabled", "off": "disabled"}


def texts(command: CommandSeen) -> list[str]:
    """A command with each of the texts it was sent with, as a fleet file names the statement that is to die; markers are none."""
    values = [item for value in command.values or () for item in (value if isinstance(value, list) else [value])]
    return [f"{command.name} {value}" for value in values if isinstance(value, str) and not value.startswith(MARKER)]


def test_a_batch_that_dies_at_any_statement_still_gives_every_other_part(lab: Start) -> None:
    whole = lab({"pc": {}})
    expected = whole.task("pc", "device_info").result("pc", "device_info")["device"]
    words = {text for seen in whole.recorder.pipelines for statement in seen.statements for text in texts(statement[0])}
    hosts = {f"dies-{number}": {"faults": {"statement_fails": [text]}} for number, text in enumerate(sorted(words), 1)}
    assert len(hosts) > 12
    one = lab(hosts)
    play = [{"name": "Read", "hosts": "all", "gather_facts": False, "tasks": [{"name": "Read", "autopilot.reset.device_info": {}}]}]
    run = one.playbook(play, "--forks", "4")
    for host in hosts:
        device = run.result(host, "device_info").get("device")
        assert device is not None, f"{host}: {run.result(host, 'device_info')}"
        assert device["gathered"] == expected["gathered"], host
        assert device["unreadable"], f"{host}: {hosts[host]} died and nothing was marked"
        assert problems(device) == [], host
        assert device["winre"]["state"] in (None, "enabled"), host
        assert device["join"]["type"] in (None, "entra"), host


def test_playbook_audit_reports_every_device_and_sets_the_exit_code(lab: Start, tmp_path: pathlib.Path) -> None:
    one = lab({"good": {}, "bad": {"winre": {"state": "disabled"}}, "away": {"powered_on": False}})
    fleet = tmp_path / "fleet.json"
    run = one.playbook("autopilot.reset.audit", "-e", f"fleet_dest={fleet}")
    assert run.code == 2
    devices = json.loads(fleet.read_text())
    assert list(devices) == ["devices"]
    assert set(devices["devices"]) == {"good", "bad", "away"}
    assert devices["devices"]["away"]["failure"]["kind"] == "unreachable"
    assert "connection refused" in devices["devices"]["away"]["failure"]["message"]
    lines = [line for line in run.output.splitlines() if line.startswith(("good ", "bad ", "away "))]
    assert [line.split()[1] for line in lines[:3]] == ["ready", "not", "unreachable"]


@pytest.mark.parametrize("arguments", [["--limit", "good"], ["--limit", "good,bad"], ["--limit", "away"]])
def test_the_report_survives_a_limit(lab: Start, arguments: list[str]) -> None:
    one = lab({"good": {}, "bad": {"winre": {"state": "disabled"}}, "away": {"powered_on": False}})
    run = one.playbook("autopilot.reset.audit", *arguments)
    report = next(event.result for event in run.events if event.action.endswith("fleet_report"))
    assert set(report["devices"]) == set(arguments[1].split(","))
    assert run.code == (2 if "away" in arguments[1] else 0), run.output


def test_a_fleet_that_is_all_ready_exits_with_0(lab: Start) -> None:
    run = lab({"one": {}, "two": {}}).playbook("autopilot.reset.audit", "-e", '{"report_fail_on": ["failed", "unreachable", "not_ready"]}')
    assert run.code == 0, run.output


def test_no_secret_in_the_output_at_any_verbosity(lab: Start) -> None:
    one = lab({"pc": {}, "away": {"powered_on": False}}, {"pc": "basic"})
    run = one.playbook("autopilot.reset.audit", "-vvvvv")
    assert one.hosts["pc"]["ansible_user"] == USER
    password = one.hosts["pc"]["ansible_password"]
    assert password not in run.output
    # What a callback is given is what job events hold; the recorder kept every argument's value here.
    assert run.events
    assert password not in repr(run.events)
    assert one.recorder.pipelines
    assert password not in repr(one.recorder.pipelines)
