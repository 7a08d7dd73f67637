"""How the Pythons of a machine are found."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.gates import interpreters
from tests.gates.catalog import GATES, PYTHONS


@pytest.fixture(autouse=True)
def bare_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A machine without any Python; the tests put programs into its places."""
    for name in ("PATH", "PYENV_ROOT", "HOME"):
        monkeypatch.setenv(name, str(tmp_path / name))
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(sys, "base_prefix", str(tmp_path / "running" / "3.9.1"))
    interpreters.find.cache_clear()
    return tmp_path


def program(path: Path, answer: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\n{answer}\n", encoding="utf-8")
    path.chmod(0o755)
    return path


@pytest.mark.parametrize("place", ["PATH/python3.77", "PYENV_ROOT/versions/3.77.1/bin/python", "running/3.77.0/bin/python"])
def test_a_python_is_found_and_says_where_it_is(bare_machine: Path, place: str) -> None:
    program(bare_machine / place, "echo 3.77 /real/python")
    assert interpreters.find("3.77") == Path("/real/python")


@pytest.mark.parametrize("answer", ["exit 127", "echo 3.78 /real/python", "echo", "echo No module named ensurepip; exit 1"])
def test_what_is_another_python_or_none_does_not_count(bare_machine: Path, answer: str) -> None:
    program(bare_machine / "PATH/python3.77", answer)
    assert interpreters.find("3.77") is None


def test_a_shim_that_runs_nothing_does_not_hide_the_python_behind_it(bare_machine: Path) -> None:
    program(bare_machine / "PATH/python3.77", "exit 127")
    program(bare_machine / "PYENV_ROOT/versions/3.77.1/bin/python", "echo 3.77 /real/python")
    assert interpreters.find("3.77") == Path("/real/python")


def test_the_first_version_that_is_there_is_taken(bare_machine: Path) -> None:
    program(bare_machine / "PATH/python3.76", "echo 3.76 /real/older")
    assert interpreters.first(("3.77", "3.76")) == Path("/real/older")
    assert interpreters.first(("3.77", "3.75")) is None


def test_every_environment_of_a_version_says_its_pythons() -> None:
    assert {name for gate in GATES for name in gate.environments if name.startswith("core-")} == set(PYTHONS)
