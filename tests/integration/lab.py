"""A laboratory for integration tests: a simulated fleet, and the real ansible-playbook against it."""

from __future__ import annotations

import contextlib
import dataclasses
import itertools
import json
import os
import pathlib
import subprocess
import sys
import typing as t

import yaml

from tests.simulator.device.fleet import load
from tests.simulator.transport.recorder import Recorder
from tests.simulator.transport.server import Running, running

ROOT = pathlib.Path(__file__).parent.parent.parent
HTTP, HTTPS = 25985, 25986
USER, PASSWORD = "Administrator", "Autopilot-1!"

_networks = itertools.count(1)


@dataclasses.dataclass(frozen=True, slots=True)
class Event:
    """One task on one host, as a callback saw it."""

    host: str
    task: str
    action: str
    outcome: str
    result: dict[str, t.Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Run:
    """One ansible-playbook run."""

    code: int
    output: str
    events: tuple[Event, ...]

    def result(self, host: str, action: str) -> dict[str, t.Any]:
        """The last result of a module on a host."""
        return self.event(host, action).result

    def event(self, host: str, action: str) -> Event:
        found = [event for event in self.events if event.host == host and event.action.endswith(action)]
        if not found:
            raise LookupError(f"{action} never ran on {host}; the run said:\n{self.output}")
        return found[-1]


class Lab:
    """Runs playbooks against a fleet.

    Args:
        path: a folder of the test's own.
        fleet: the devices as loaded.
        server: the running simulator.
        hosts: inventory variables by device.
    """

    def __init__(self, path: pathlib.Path, fleet: t.Any, server: Running, hosts: dict[str, dict[str, t.Any]]) -> None:
        self.path = path
        self.fleet = fleet
        self.server = server
        self.hosts = hosts
        self._runs = itertools.count(1)

    @property
    def recorder(self) -> Recorder:
        return self.server.recorder

    @property
    def violations(self) -> list[t.Any]:
        """What the collection sent and the contract tables do not hold."""
        return [violation for device in self.fleet.devices.values() for violation in device.violations]

    def task(self, host: str, module: str, *arguments: str, check: bool = False, **options: t.Any) -> Run:
        """One module on one host, through a playbook."""
        body: dict[str, t.Any] = {"name": "The task", f"autopilot.reset.{module}": options}
        play = [{"name": "The play", "hosts": host, "gather_facts": False, "tasks": [body]}]
        return self.playbook(play, *arguments, *(["--check", "--diff"] if check else []))

    def playbook(self, play: str | list[dict[str, t.Any]], *arguments: str, env: t.Mapping[str, str] | None = None) -> Run:
        """A playbook of the collection by name, or plays as data."""
        number = next(self._runs)
        inventory = self.path / "inventory.yml"
        inventory.write_text(yaml.safe_dump({"all": {"hosts": self.hosts}}, sort_keys=False))
        if isinstance(play, str):
            name = play
        else:
            name = str(self.path / f"play-{number}.yml")
            pathlib.Path(name).write_text(yaml.safe_dump(play, sort_keys=False))
        events = self.path / f"events-{number}.jsonl"
        events.touch()
        command = [ansible_playbook(), name, "-i", str(inventory), *arguments]
        ended = subprocess.run(
            command,
            check=False,
            cwd=self.path,
            env={**environment(self.path, events), **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=300,
        )
        lines = events.read_text().splitlines()
        return Run(ended.returncode, ended.stdout, tuple(Event(**json.loads(line)) for line in lines))


def ansible_playbook() -> str:
    """Of the environment that ANSIBLE_UNDER_TEST names, or of the one that runs the tests."""
    folder = os.environ.get("ANSIBLE_UNDER_TEST")
    return str((pathlib.Path(folder) / "bin" if folder else pathlib.Path(sys.executable).parent) / "ansible-playbook")


def environment(path: pathlib.Path, events: pathlib.Path) -> dict[str, str]:
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_") and not key.lower().endswith("_proxy")}
    return {
        **clean,
        "ANSIBLE_COLLECTIONS_PATH": str(ROOT / "build" / "collections"),
        "ANSIBLE_HOME": str(path / "ansible"),
        "ANSIBLE_CONFIG": str(ROOT / "tests" / "demo" / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "ANSIBLE_CALLBACK_PLUGINS": str(ROOT / "tests" / "integration" / "callback"),
        "ANSIBLE_CALLBACKS_ENABLED": "record",
        "RECORD_RESULTS": str(events),
    }


@contextlib.contextmanager
def lab(
    path: pathlib.Path, devices: t.Mapping[str, t.Mapping[str, t.Any]], authentication: t.Mapping[str, str] | None = None
) -> t.Iterator[Lab]:
    """Start a fleet.

    Args:
        path: a folder of the test's own.
        devices: the fleet file's `devices`, without addresses: each gets one that no other test uses.
        authentication: per device how Ansible signs in: `ntlm` (HTTP, sealed; the default), `https` (NTLM) or `basic` (HTTPS).
    """
    network = next(_networks)
    described, hosts = {}, {}
    for number, (name, device) in enumerate(devices.items(), 1):
        address = f"127.{100 + os.getpid() % 100}.{network}.{number}"
        way = (authentication or {}).get(name, "ntlm")
        described[name] = {"address": address, **device, "endpoint": {**_endpoint(way), **device.get("endpoint", {})}}
        hosts[name] = {**_variables(way, path), "ansible_host": address}
    file = path / "fleet.yml"
    file.write_text(yaml.safe_dump({"devices": described}, sort_keys=False))
    fleet = load(file)
    with running(t.cast("t.Any", fleet), certificates=path / "tls", recorder=Recorder(values=True)) as server:
        yield Lab(path, fleet, server, hosts)


def _endpoint(way: str) -> dict[str, t.Any]:
    if way == "ntlm":
        return {"http_port": HTTP, "https_port": None}
    offered = ["basic", "negotiate"] if way == "basic" else ["negotiate"]
    return {"http_port": None, "https_port": HTTPS, "authentication": offered}


def _variables(way: str, path: pathlib.Path) -> dict[str, t.Any]:
    return {
        "ansible_connection": "psrp",
        "ansible_user": USER,
        "ansible_password": PASSWORD,
        "ansible_port": HTTP if way == "ntlm" else HTTPS,
        "ansible_psrp_protocol": "http" if way == "ntlm" else "https",
        "ansible_psrp_auth": "basic" if way == "basic" else "ntlm",
        "ansible_psrp_ca_cert": str(path / "tls" / "ca.pem"),
    }
