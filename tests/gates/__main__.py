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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from . import places
from .catalog import GATES, Gate
from .summary import pytest_summary, skipped_sanity_tests

AT_ONCE = 2
TAIL = 60  # lines of a failed gate's log that are shown where nobody can open it


@dataclass(frozen=True)
class Outcome:
    gate: Gate
    passed: bool
    log: Path


def run(gate: Gate) -> Outcome:
    """Run one gate, in its environment, which is made if need be."""
    started = time.monotonic()
    log = places.LOGS / f"{gate.name}.log"
    with log.open("w", encoding="utf-8") as output:
        passed = tool([str(places.ROOT / "tests/gates/environment.sh"), gate.environment], dict(os.environ), output) and tool(
            gate.command, places.variables(places.environment(gate.environment), places.HOME), output
        )
    took = time.monotonic() - started
    print(f"{gate.name:<16} {'ok' if passed else 'FAILED':<6} {took:4.0f} s  {log.relative_to(places.ROOT)}", flush=True)
    return Outcome(gate, passed, log)


def tool(command: Sequence[str], variables: dict[str, str], output: IO[str]) -> bool:
    finished = subprocess.run(
        command, cwd=places.ROOT, env=variables, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT, check=False
    )
    return finished.returncode == 0


def run_all(gates: list[Gate]) -> list[Outcome]:
    outcomes = [run(gate) for gate in gates if gate.alone]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        return outcomes + list(workers.map(run, (gate for gate in gates if not gate.alone)))


def show_ends(failed: list[Outcome]) -> None:
    for outcome in failed:
        print(f"--- the end of {outcome.log.name}", *read(outcome.log).splitlines()[-TAIL:], sep="\n")


def not_run(outcomes: list[Outcome]) -> Iterator[str]:
    for outcome in outcomes:
        yield from (f"{outcome.gate.name}, not run: {test}" for test in skipped_sanity_tests(read(outcome.log)))


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
    left_out = [gate.name for gate in chosen if sys.version_info[:2] > gate.newest_python]

    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.make_home(places.HOME)
    places.link_collection()
    outcomes = run_all([gate for gate in chosen if gate.name not in left_out])
    failed = [outcome for outcome in outcomes if not outcome.passed]

    if "CI" in os.environ:  # nobody can open the logs there
        show_ends(failed)
    names = ", ".join(outcome.gate.name for outcome in failed)
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} gates passed." + (f" Failed: {names}." if failed else ""))
    for name in left_out:
        print(f"{name}, not run: its ansible-core takes no Python as new as {sys.version_info.major}.{sys.version_info.minor}")
    for line in not_run(outcomes):
        print(line)
    for outcome in outcomes:
        if outcome.gate.name == "tests":
            print(*pytest_summary(read(outcome.log)), sep="\n")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
