"""Finds the Pythons of this machine by version: on PATH, under pyenv, and beside the one that runs this."""

from __future__ import annotations

import functools
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

# Only a Python that can make environments counts: Debian's lacks ensurepip until a package is installed.
QUESTION = "import sys, venv, ensurepip; print('%d.%d' % sys.version_info[:2], sys.executable)"
RUNNING = f"{sys.version_info.major}.{sys.version_info.minor}"


def first(versions: Iterable[str]) -> Path | None:
    """The first of some versions ("3.12") that this machine has."""
    return next((found for version in versions if (found := find(version))), None)


@functools.cache
def find(version: str) -> Path | None:
    """The Python of a version, or None. What stands on PATH may be a shim that runs another one or none, so each is asked."""
    return next((python for candidate in candidates(version) if (python := ask(candidate, version))), None)


def candidates(version: str) -> Iterator[str]:
    if version == RUNNING:
        yield os.environ.get("PYTHON", sys.executable)
    if on_path := shutil.which(f"python{version}"):
        yield on_path
    # HOME may be a scratch one, so the folder of the running Python counts too: pyenv keeps its versions side by side.
    pyenv = Path(os.environ.get("PYENV_ROOT", Path.home() / ".pyenv")) / "versions"
    for folder in dict.fromkeys((pyenv, Path(sys.base_prefix).resolve().parent)):
        yield from sorted((str(python) for python in folder.glob(f"{version}.*/bin/python")), reverse=True)


def ask(candidate: str, version: str) -> Path | None:
    try:
        answer = subprocess.run([candidate, "-c", QUESTION], check=False, capture_output=True, text=True, timeout=60).stdout.split()
    except (OSError, subprocess.TimeoutExpired):
        return None
    return Path(answer[1]) if len(answer) == 2 and answer[0] == version else None
