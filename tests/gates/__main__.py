"""Runs the quality gates, all of them whatever each finds, and says the outcome in one line each.

Usage: python -m tests.gates [--quick] [GATE...]. What a gate printed is in build/logs/GATE.log.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from . import interpreters, places
from .catalog import GATES, PYTHONS, Gate
from .summary import pytest_summary, skipped_sanity_tests

AT_ONCE = 2
TAIL = 60  # lines of a failed gate's log that are shown where nobody can open it


@dataclass(frozen=True)
class Outcome:
    gate: Gate
    passed: bool
    log: Path


def make_environment(name: str) -> bool:
    """Make a virtual environment unless it is there; what goes wrong is printed."""
    python = interpreters.first(PYTHONS[name]) if name in PYTHONS else None
    variables = {**os.environ, **({"PYTHON": str(python)} if python else {})}
    return subprocess.run(["sh", str(places.ROOT / "tests/gates/environment.sh"), name], env=variables, check=False).returncode == 0


def run(gate: Gate, made: dict[str, bool]) -> Outcome:
    """Run one gate."""
    started = time.monotonic()
    log = places.LOGS / f"{gate.name}.log"
    with log.open("w", encoding="utf-8") as output:
        if missing := [name for name in gate.environments if not made[name]]:
            output.write(f"The environment {missing[0]} could not be made: build/logs/environment-{missing[0]}.log\n")
        passed = not missing and tool(gate.command, variables(gate), output)
    took = time.monotonic() - started
    verdict = "ok" if passed else "FAILED"
    line = f"{gate.name:<16} {verdict:<6} {took:4.0f} s  {log.relative_to(places.ROOT)}"
    versions = places.versions(gate.core or gate.environment) if gate.environment != "check" else ""
    print(f"{line:<60} {versions}".rstrip(), flush=True)
    return Outcome(gate, passed, log)


def variables(gate: Gate) -> dict[str, str]:
    core = {"ANSIBLE_UNDER_TEST": str(places.environment(gate.core).parent)} if gate.core else {}
    return {**places.variables(places.environment(gate.environment), places.HOME), **core}


def tool(command: Sequence[str], variables: dict[str, str], output: IO[str]) -> bool:
    finished = subprocess.run(
        command, cwd=places.ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
    )
    return finished.returncode == 0


def run_all(gates: list[Gate]) -> list[Outcome]:
    """First every environment, then the gates that want the machine for themselves, then the others."""
    names = dict.fromkeys(name for gate in gates for name in gate.environments)
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        made = dict(zip(names, workers.map(make_environment, names), strict=True))
    outcomes = [run(gate, made) for gate in gates if gate.alone]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        return outcomes + list(workers.map(run, (gate for gate in gates if not gate.alone), [made] * len(gates)))


def show_ends(failed: list[Outcome]) -> None:
    for outcome in failed:
        print(f"--- the end of {outcome.log.name}", *read(outcome.log).splitlines()[-TAIL:], sep="\n")


def missing_pythons(gate: Gate) -> list[str]:
    """The Pythons of which a gate needs one, when this machine has none of them."""
    needed = (PYTHONS[name] for name in gate.environments if name in PYTHONS)
    return next((list(versions) for versions in needed if interpreters.first(versions) is None), [])


def not_run(outcomes: Iterable[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield from (f"{outcome.gate.name}, not run: {test}" for test in skipped_sanity_tests(read(outcome.log)))


def pytest_said(outcomes: Iterable[Outcome]) -> list[str]:
    """What was skipped, once although every core skips it, and how each pytest closed."""
    said = {outcome.gate.name: pytest_summary(read(outcome.log)) for outcome in outcomes if outcome.gate.runs_pytest}
    skipped = dict.fromkeys(line for lines in said.values() for line in lines[:-1])
    return [*skipped, *(f"{name}: {lines[-1]}" for name, lines in said.items() if lines)]


def read(log: Path) -> str:
    return log.read_text(encoding="utf-8", errors="replace")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gates", description="Run the quality gates.")
    parser.add_argument("gates", metavar="GATE", nargs="*", help="gates to run: " + ", ".join(gate.name for gate in GATES))
    parser.add_argument("--quick", action="store_true", help="only those that take seconds")
    arguments = parser.parse_args()
    if unknown := set(arguments.gates) - {gate.name for gate in GATES}:
        parser.error(f"no such gate: {', '.join(sorted(unknown))}")
    chosen = [g for g in GATES if (g.quick or not arguments.quick) and (not arguments.gates or g.name in arguments.gates)]
    left_out = {gate.name: versions for gate in chosen if (versions := missing_pythons(gate))}

    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.make_home(places.HOME)
    places.link_collection()
    started = time.monotonic()
    outcomes = run_all([gate for gate in chosen if gate.name not in left_out])
    failed = [outcome for outcome in outcomes if not outcome.passed]

    if "CI" in os.environ:  # nobody can open the logs there
        show_ends(failed)
    names = ", ".join(outcome.gate.name for outcome in failed)
    took = f"{(time.monotonic() - started) / 60:.0f} min"
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} gates passed ({took})." + (f" Failed: {names}." if failed else ""))
    for name, versions in left_out.items():
        print(f"{name}, not run: no Python {' or '.join(versions)} was found on PATH or under pyenv")
    for line in not_run(outcomes):
        print(line)
    print(*pytest_said(outcomes), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
