"""The look at what is in the tarball."""

from __future__ import annotations

from pathlib import Path

from tests.gates.tarball import faults

HELD = {Path("README.md"), Path("LICENSE"), Path("plugins/action/winre.py"), Path("meta/runtime.yml"), Path("Makefile")}
MADE = {Path("MANIFEST.json"), Path("FILES.json")}


def test_a_tarball_of_what_git_holds_is_fine() -> None:
    assert faults(HELD | MADE, HELD) == []


def test_development_files_may_stay_out() -> None:
    assert faults(HELD | MADE - {Path("Makefile")}, HELD) == []


def test_what_git_does_not_hold_is_named() -> None:
    assert faults(HELD | MADE | {Path(".venv/bin/python")}, HELD) == ["in the tarball, but not part of the repository: .venv/bin/python"]


def test_what_a_user_needs_must_be_in() -> None:
    missing = {Path("plugins/action/winre.py"), Path("README.md")}
    assert faults(HELD - missing, HELD) == ["not in the tarball: README.md", "not in the tarball: plugins/action/winre.py"]
