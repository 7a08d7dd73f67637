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
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

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
    started = time.monotonic()
    log = places.LOGS / f"{gate.name}.log"
    with log.open("w", encoding="utf-8") as output:
        finished = subprocess.run(
            gate.command,
            cwd=places.ROOT,
            env=places.variables(places.environment(gate.environment), places.HOME),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            check=False,
        )
    passed = finished.returncode == 0
    took = time.monotonic() - started
    print(f"{gate.name:<16} {'ok' if passed else 'FAILED':<6} {took:4.0f} s  {log.relative_to(places.ROOT)}", flush=True)
    return Outcome(gate, passed, log)


def run_all(gates: list[Gate]) -> list[Outcome]:
    outcomes = [run(gate) for gate in gates if gate.alone]
    with concurrent.futures.ThreadPoolExecutor(AT_ONCE) as workers:
        return outcomes + list(workers.map(run, (gate for gate in gates if not gate.alone)))


def closing_words(outcomes: list[Outcome]) -> Iterator[str]:
    """What is to be read last: failures where logs cannot be opened, sanity tests that did not run, and pytest's own summary."""
    logs = {outcome: outcome.log.read_text(encoding="utf-8", errors="replace") for outcome in outcomes}
    for outcome, log in logs.items():
        if not outcome.passed and "CI" in os.environ:
            yield f"--- the end of {outcome.log.name}"
            yield from log.splitlines()[-TAIL:]
    for outcome, log in logs.items():
        if outcome.gate.name.startswith("sanity"):
            yield from (f"{outcome.gate.name}, not run: {skipped}" for skipped in skipped_sanity_tests(log))
    for outcome, log in logs.items():
        if outcome.gate.name == "tests":
            yield from pytest_summary(log)


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.gates", description="Run the quality gates.")
    parser.add_argument("gates", metavar="GATE", nargs="*", help="gates to run: " + ", ".join(gate.name for gate in GATES))
    parser.add_argument("--quick", action="store_true", help="only those that take seconds")
    chosen = parser.parse_args()
    if unknown := set(chosen.gates) - {gate.name for gate in GATES}:
        parser.error(f"no such gate: {', '.join(sorted(unknown))}")
    places.LOGS.mkdir(parents=True, exist_ok=True)
    places.make_home(places.HOME)
    places.link_collection()
    outcomes = run_all([g for g in GATES if (g.quick or not chosen.quick) and (not chosen.gates or g.name in chosen.gates)])
    print(*closing_words(outcomes), sep="\n")
    failed = [outcome.gate.name for outcome in outcomes if not outcome.passed]
    print(f"{len(outcomes) - len(failed)} of {len(outcomes)} gates passed." + (f" Failed: {', '.join(failed)}." if failed else ""))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
