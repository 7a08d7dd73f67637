"""A hundred devices at once, no two alike: each gets its own facts, and none pays for the others."""

from __future__ import annotations

import collections
import json
import pathlib
import time
import typing as t

import pytest

from tests.device_document import problems
from tests.gates import places

from . import lab as laboratory
from .lab import Lab, Run
from .test_audit import LIMITS, MOST_BYTES, PACKAGES

DEVICES = 100
FORKS = 10
WAYS = ("ntlm", "https", "basic")
LANGUAGES = ("en", "de", "fr", "ja", "zh", "nl", "es")
BUILDS = ((22631, "23H2"), (26100, "24H2"), (19045, "22H2"))
JOINS = ("entra", "hybrid", "domain", "workgroup")
WINRE = ("enabled", "disabled", "inconsistent")
TENANT = "00000000-0000-4000-8000-{:012d}"


def described(number: int) -> dict[str, t.Any]:
    """A device that has something of its own in most parts of the document."""
    build, version = BUILDS[number % len(BUILDS)]
    return {
        "computer_name": f"PC-{number:03}",
        "language": LANGUAGES[number % len(LANGUAGES)],
        "os": {"build": build, "version": version, "revision": 1000 + number},
        "firmware": {"serial_number": f"SN{number * 7919:07}", "model": f"Model {number % 9}"},
        "join": {"type": JOINS[number % len(JOINS)], "tenant_id": TENANT.format(number)},
        "winre": {"state": WINRE[number % len(WINRE)]},
        "power": {"charge_percent": number},
        "wifi": [{"name": f"School {number}", "key": f"secret of {number}"}],
    }


def told(document: dict[str, t.Any]) -> dict[str, t.Any]:
    """The same things, as a device document has them."""
    return {
        "computer_name": document["os"]["computer_name"],
        "os": {key: document["os"][key] for key in ("build", "version", "revision")},
        "firmware": {key: document["firmware"][key] for key in ("serial_number", "model")},
        "join": {key: document["join"][key] for key in ("type", "tenant_id")},
        "winre": {"state": document["winre"]["state"]},
        "power": {"charge_percent": document["power"]["charge_percent"]},
        "wifi": document["wifi"]["profiles"],
    }


def expected(number: int) -> dict[str, t.Any]:
    device = described(number)
    in_entra = device["join"]["type"] in ("entra", "hybrid")
    return {
        **{key: device[key] for key in ("computer_name", "os", "firmware", "winre", "power")},
        "join": {"type": device["join"]["type"], "tenant_id": TENANT.format(number) if in_entra else None},
        "wifi": [f"School {number}"],
    }


FLEET = {f"pc-{number:03}": number for number in range(1, DEVICES + 1)}
WAY = {name: WAYS[number % len(WAYS)] for name, number in FLEET.items()}


class Audited(t.NamedTuple):
    lab: Lab
    run: Run
    documents: dict[str, dict[str, t.Any]]


@pytest.fixture(scope="module")
def audited(tmp_path_factory: pytest.TempPathFactory) -> t.Iterator[Audited]:
    path = tmp_path_factory.mktemp("hundred")
    memory, callbacks = path / "memory", laboratory.ROOT / "tests" / "integration" / "callback"
    env = {"ANSIBLE_CALLBACKS_ENABLED": "record,memory", "ANSIBLE_CALLBACK_PLUGINS": str(callbacks), "RECORD_MEMORY": str(memory)}
    with laboratory.lab(path, {name: described(number) for name, number in FLEET.items()}, WAY) as one:
        started = time.monotonic()
        run = one.playbook("autopilot.reset.audit", "--forks", str(FORKS), "-e", f"fleet_dest={path / 'fleet.json'}", env=env)
        record(seconds=time.monotonic() - started, peak_kib=int(memory.read_text()), one=one)
        yield Audited(one, run, json.loads((path / "fleet.json").read_text())["devices"])


def record(seconds: float, peak_kib: int, one: Lab) -> None:
    """Keep the figures for people; how long something takes on a busy machine fails no test."""
    core = pathlib.Path(laboratory.ansible_playbook()).parents[1].name
    figures = {
        "devices": DEVICES,
        "forks": FORKS,
        "seconds": round(seconds, 1),
        "peak_memory_mib": round(peak_kib / 1024, 1),
        "requests": len(one.recorder.requests),
        "bytes_to_devices": sum(seen.received for seen in one.recorder.requests),
    }
    places.LOGS.mkdir(parents=True, exist_ok=True)
    (places.LOGS / f"scale-{core}.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def test_every_device_gets_exactly_its_own_facts(audited: Audited) -> None:
    assert audited.run.code == 0, audited.run.output[-4000:]
    assert {name: told(document) for name, document in audited.documents.items()} == {
        name: expected(number) for name, number in FLEET.items()
    }
    assert {name: (document["unreadable"], problems(document)) for name, document in audited.documents.items()} == {
        name: ({}, []) for name in FLEET
    }


def test_identities_are_all_different(audited: Audited) -> None:
    identities = {(document["os"]["machine_guid"], document["firmware"]["uuid"]) for document in audited.documents.values()}
    assert len(identities) == DEVICES


def test_no_shell_is_left_and_every_pipeline_came_to_its_end(audited: Audited) -> None:
    recorder = audited.lab.recorder
    assert {name: count for name, count in recorder.open_shells.items() if count} == {}
    assert set(recorder.open_shells) == set(FLEET)
    assert collections.Counter(seen.state for seen in recorder.pipelines) == {"completed": 2 * DEVICES}


def test_a_device_costs_what_it_costs_alone(audited: Audited) -> None:
    requests, received = collections.Counter[str](), collections.Counter[str]()
    for seen in audited.lab.recorder.requests:
        requests[seen.device] += seen.action != "Receive"
        received[seen.device] += seen.received
    assert set(requests) == set(FLEET)
    assert {name: count for name, count in requests.items() if count > LIMITS[WAY[name]] + PACKAGES} == {}
    assert {name: count for name, count in received.items() if count > MOST_BYTES} == {}


def test_a_device_takes_at_most_two_tasks(audited: Audited) -> None:
    tasks = collections.Counter(event.host for event in audited.run.events if event.host != "localhost")
    assert {name: count for name, count in tasks.items() if count > 2} == {}


def test_nothing_is_sent_that_the_contract_does_not_hold(audited: Audited) -> None:
    assert audited.lab.violations == []


def test_no_key_of_a_wifi_profile_is_told(audited: Audited) -> None:
    assert "secret of" not in audited.run.output
    assert "secret of" not in json.dumps(audited.documents)
