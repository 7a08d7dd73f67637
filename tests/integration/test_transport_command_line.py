"""`python -m tests.simulator`, as a person runs it."""

from __future__ import annotations

import contextlib
import pathlib
import signal
import socket
import subprocess
import sys
import typing as t

import pytest
import requests
import yaml

from tests.integration.transport_fleet import free_port

ROOT = pathlib.Path(__file__).parents[2]
ADDRESS, SECURE = "127.86.3.1", "127.86.3.2"


@contextlib.contextmanager
def simulator(*arguments: str) -> t.Iterator[subprocess.Popen[str]]:
    command = [sys.executable, "-m", "tests.simulator", *arguments]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        try:
            yield process
        finally:
            process.kill()


def fleet(directory: pathlib.Path, http: int, https: int) -> str:
    path = directory / "fleet.yml"
    secure = {"http_port": None, "https_port": https, "authentication": ["basic"]}
    devices = {"pc-one": {"address": ADDRESS, "endpoint": {"http_port": http}}, "pc-two": {"address": SECURE, "endpoint": secure}}
    path.write_text(yaml.safe_dump({"devices": devices}), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_says_what_it_serves_and_stops_when_asked(tmp_path: pathlib.Path, number: signal.Signals) -> None:
    http, https = free_port(ADDRESS), free_port(SECURE)
    files = {name: tmp_path / name for name in ("certificates", "ready", "inventory", "record")}
    options = [word for name, path in files.items() for word in (f"--{name}", str(path))]
    with simulator("--fleet", fleet(tmp_path, http, https), *options) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline().split() for _unused in range(3)]
        assert [line[:2] for line in lines] == [
            ["pc-one", f"http://{ADDRESS}:{http}/wsman"],
            ["pc-two", f"https://{SECURE}:{https}/wsman"],
            ["ready"],
        ]
        assert files["ready"].exists()
        assert requests.post(f"http://{ADDRESS}:{http}/wsman", timeout=10).headers["WWW-Authenticate"].startswith("Negotiate")
        assert requests.post(f"https://{SECURE}:{https}/wsman", timeout=10, verify=str(files["certificates"] / "ca.pem")).status_code == 401
        process.send_signal(number)
        assert process.wait(10) == 0
    hosts = yaml.safe_load(files["inventory"].read_text(encoding="utf-8"))["all"]["hosts"]
    assert [(host["ansible_port"], host["ansible_psrp_protocol"], host["ansible_psrp_auth"]) for host in hosts.values()] == [
        (http, "http", "negotiate"),
        (https, "https", "basic"),
    ]
    assert files["record"].read_text(encoding="utf-8").count('"event": "request"') == 2


def refused(*arguments: str) -> str:
    """What it says on stderr when it does not start: one line, and exit code 2."""
    with simulator(*arguments) as process:
        _unused, complaint = process.communicate(timeout=20)
    assert process.returncode == 2
    assert complaint.count("\n") == 1
    return complaint


def test_a_missing_fleet_is_a_plain_message(tmp_path: pathlib.Path) -> None:
    assert refused("--fleet", str(tmp_path / "none.yml")).startswith(f"{tmp_path}/none.yml: ")


def test_a_bad_fleet_is_a_plain_message(tmp_path: pathlib.Path) -> None:
    path = tmp_path / "fleet.yml"
    path.write_text("devices: {pc: {adress: 127.0.0.1}}", encoding="utf-8")
    assert "adress" in refused("--fleet", str(path))


def test_a_busy_port_is_a_plain_message(tmp_path: pathlib.Path) -> None:
    http = free_port(ADDRESS)
    with socket.socket() as taken:
        taken.bind((ADDRESS, http))
        taken.listen()
        assert f"{ADDRESS} port {http} is in use" in refused("--fleet", fleet(tmp_path, http, free_port(SECURE)))
