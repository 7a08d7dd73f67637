"""`make demo`: a simulated fleet, the real ansible-playbook, and a table of what happened.

Audit, prepare and audit again run through the unchanged psrp connection plugin. The outcome is compared with `expected.yml`: a device
that is meant to fail is no failed demo.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import textwrap
import time
import typing as t

import yaml

from tests.gates import places

HERE = pathlib.Path(__file__).parent
ROOT = HERE.parent.parent
OUT = ROOT / "build" / "demo"
START_TIMEOUT = 60.0  # seconds
WIDTH = 118


class DemoError(Exception):
    """The demo cannot go on; the message is for a newcomer."""


@dataclasses.dataclass(frozen=True, slots=True)
class Step:
    """One playbook run: its rows as `fleet_report` wrote them."""

    name: str
    seconds: float
    rows: dict[str, dict[str, t.Any]]


def main() -> int:
    try:
        steps = run()
    except DemoError as error:
        print(f"The demo stopped: {error}", file=sys.stderr)
        return 1
    print()
    print(table(*steps))
    wrong = differences(*steps)
    print()
    if wrong:
        print("The demo ran, but not as expected:")
        print("\n".join(f"  {line}" for line in wrong))
        return 1
    print(sentence(*steps))
    return 0


def run() -> tuple[Step, Step, Step]:
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir(parents=True)
    places.link_collection()
    with simulator():
        return playbook("audit", "1 of 3"), playbook("prepare", "2 of 3"), playbook("audit", "3 of 3", fleet=OUT / "fleet.json")


@contextlib.contextmanager
def simulator() -> t.Iterator[None]:
    """The simulated fleet, in a process of its own that ends with this block whatever happens."""
    ready = OUT / "ready"
    command = [sys.executable, "-m", "tests.simulator", "--fleet", str(HERE / "fleet.yml"), "--certificates", str(OUT / "tls")]
    command += ["--inventory", str(OUT / "inventory.yml"), "--record", str(OUT / "requests.jsonl"), "--ready", str(ready)]
    log = OUT / "simulator.log"
    with log.open("w") as stream:
        process = subprocess.Popen(command, cwd=ROOT, stdout=stream, stderr=subprocess.STDOUT, stdin=subprocess.DEVNULL)
        try:
            deadline = time.monotonic() + START_TIMEOUT
            while not ready.exists():
                if process.poll() is not None:
                    raise DemoError(f"the simulated fleet did not start: {_last_line(log)}")
                if time.monotonic() > deadline:
                    raise DemoError(f"the simulated fleet did not come up within {START_TIMEOUT:.0f} seconds; see {_relative(log)}")
                time.sleep(0.05)
            yield
        finally:
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()


def playbook(name: str, place: str, fleet: pathlib.Path | None = None) -> Step:
    """Run one of the collection's playbooks; 0 and 2 (some devices failed) are both answers."""
    number = place.split()[0]
    report, log = OUT / f"{number}-{name}.json", OUT / f"{number}-{name}.log"
    command = [str(pathlib.Path(sys.executable).with_name("ansible-playbook")), f"autopilot.reset.{name}", "-i", str(OUT / "inventory.yml")]
    command += ["-i", str(HERE / "overrides.yml")]
    command += ["-e", f"report_dest={report}", *(["-e", f"fleet_dest={fleet}"] if fleet else [])]
    print(f"{place}: ansible-playbook autopilot.reset.{name}", end=" ", flush=True)
    started = time.monotonic()
    with log.open("w") as stream:
        ended = subprocess.run(
            command, check=False, cwd=OUT, env=environment(), stdin=subprocess.DEVNULL, stdout=stream, stderr=subprocess.STDOUT
        )
    seconds = time.monotonic() - started
    print(f"({seconds:.0f} s, log: {_relative(log)})", flush=True)
    if ended.returncode not in (0, 2) or not report.exists():
        raise DemoError(f"ansible-playbook ended with {ended.returncode}; see {_relative(log)}")
    return Step(name, seconds, json.loads(report.read_text())["devices"])


def environment() -> dict[str, str]:
    """The caller's environment without its Ansible settings: the demo is the same for everybody."""
    clean = {key: value for key, value in os.environ.items() if not key.startswith("ANSIBLE_") and key.lower() not in _PROXIES}
    return {
        **clean,
        "ANSIBLE_COLLECTIONS_PATH": str(places.COLLECTIONS),
        "ANSIBLE_HOME": str(OUT / "ansible"),
        "ANSIBLE_CONFIG": str(HERE / "ansible.cfg"),
        "ANSIBLE_NOCOLOR": "1",
        "ANSIBLE_LOCALHOST_WARNING": "0",
        "PYTHONUNBUFFERED": "1",
    }


_PROXIES = ("http_proxy", "https_proxy", "all_proxy")


def table(before: Step, prepare: Step, after: Step) -> str:
    """Host first: what was wrong, what was changed, what remains and why."""
    width = max(len(host) for host in after.rows)
    lines = ["DEVICE"]
    for host, row in after.rows.items():
        entries = [
            ("was wrong", _findings(before.rows[host])),
            ("changed", [f"{change['setting']}: {change['before']} -> {change['after']}" for change in prepare.rows[host]["changes"]]),
            ("remains", _remaining(prepare.rows[host], row)),
        ]
        texts = [(label, text) for label, said in entries for text in said] or [("", "ready, and it was")]
        if not entries[2][1] and entries[0][1]:
            texts.append(("remains", "nothing: ready"))
        lines += _folded(host, width, texts)
    return "\n".join(lines)


def _folded(host: str, width: int, texts: list[tuple[str, str]]) -> t.Iterator[str]:
    shown = ""
    for label, text in texts:
        for index, line in enumerate(textwrap.wrap(text, WIDTH - width - 13)):
            said = "" if index or label == shown else label
            yield f"{host:<{width}}  {said:<10} {line}"
            host = ""
        shown = label


def _remaining(prepare: dict[str, t.Any], after: dict[str, t.Any]) -> list[str]:
    if not prepare["error"]:
        return _findings(after)
    return [*(finding["message"] for finding in after["findings"]), prepare["error"]]


def _findings(row: dict[str, t.Any]) -> list[str]:
    return [f"{finding['message']} {finding['remedy']}".strip() for finding in row["findings"]]


def differences(before: Step, prepare: Step, after: Step) -> list[str]:
    """Where the outcome is not the expected one."""
    expected: dict[str, dict[str, t.Any]] = yaml.safe_load((HERE / "expected.yml").read_text())
    wrong = [f"{host} is not expected" for host in after.rows if host not in expected]
    for host, wanted in expected.items():
        if host not in after.rows:
            wrong.append(f"{host} is missing")
            continue
        seen = {
            "before": before.rows[host]["state"],
            "changed": [change["setting"] for change in prepare.rows[host]["changes"]],
            "after": after.rows[host]["state"],
        }
        wrong += [f"{host}: {key} is {seen[key]!r}, not {wanted[key]!r}" for key in seen if seen[key] != wanted[key]]
        told = " ".join(_remaining(prepare.rows[host], after.rows[host]))
        if wanted.get("because", "") not in told:
            wrong.append(f"{host}: nothing says {wanted['because']!r}; it says {told!r}")
    return wrong


def sentence(before: Step, prepare: Step, after: Step) -> str:
    ready = [sum(row["state"] == "ready" for row in step.rows.values()) for step in (before, after)]
    changed = sum(bool(row["changes"]) for row in prepare.rows.values())
    total = sum(step.seconds for step in (before, prepare, after))
    return (
        f"As expected: of {len(after.rows)} simulated devices {ready[0]} were ready for an Autopilot Reset, {changed} changed and "
        f"{ready[1]} are ready now; the others say why not ({total:.0f} s). Documents: {_relative(OUT / 'fleet.json')}"
    )


def _relative(path: pathlib.Path) -> str:
    return str(path.relative_to(ROOT))


def _last_line(path: pathlib.Path) -> str:
    lines = path.read_text(errors="replace").strip().splitlines()
    return lines[-1] if lines else f"it said nothing; see {_relative(path)}"


if __name__ == "__main__":
    sys.exit(main())
