"""Where the gates find and leave things, and the environment variables that they run with."""

from __future__ import annotations

import contextlib
import os
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
BUILD = ROOT / "build"
LOGS = BUILD / "logs"
HOME = BUILD / "home"
COLLECTIONS = BUILD / "collections"
NAMESPACE = Path("ansible_collections", "autopilot", "reset")


def environment(name: str) -> Path:
    """The directory of executables of a virtual environment, made by environment.sh."""
    return ROOT / ".venv" / name / "bin"


def versions(name: str) -> str:
    """The ansible-core and the Python of a virtual environment, in words."""
    for core in (ROOT / ".venv" / name / "lib").glob("python*/site-packages/ansible_core-*.dist-info"):
        return f"ansible-core {core.stem.removeprefix('ansible_core-')}, Python {core.parts[-3].removeprefix('python')}"
    return ""


def link_collection() -> None:
    """Make this repository importable as ansible_collections.autopilot.reset, through a link under build/."""
    link = COLLECTIONS / NAMESPACE
    link.parent.mkdir(parents=True, exist_ok=True)
    if not link.is_symlink():
        with contextlib.suppress(FileExistsError):  # another process was faster
            link.symlink_to(os.path.relpath(ROOT, link.parent), target_is_directory=True)


def make_home(home: Path) -> Path:
    """Make a home for tools, so that none writes into the user's; pip's settings come along, as packages are installed there."""
    home.mkdir(parents=True, exist_ok=True)
    settings = Path.home() / ".config" / "pip"
    link = home / ".config" / "pip"
    if settings.is_dir() and not link.is_symlink():
        link.parent.mkdir(exist_ok=True)
        link.symlink_to(settings, target_is_directory=True)
    return home


def variables(executables: Path, home: Path) -> dict[str, str]:
    """The environment variables for a tool: its own executables come first, and what it keeps goes into the home given."""
    return {
        **os.environ,
        "ANSIBLE_COLLECTIONS_PATH": str(COLLECTIONS),
        "ANSIBLE_HOME": str(home / ".ansible"),
        "HOME": str(home),
        "LC_ALL": "C.UTF-8",
        "NO_COLOR": "1",
        "PATH": f"{executables}{os.pathsep}{os.environ.get('PATH', os.defpath)}",
        "PYTHONPATH": "",
    }


def repository_files() -> list[Path]:
    """Every file that git holds or would hold, relative to the root: what a clone consists of, uncommitted work included."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"], cwd=ROOT, check=True, capture_output=True, text=True
    ).stdout
    return sorted({Path(name) for name in listed.split("\0") if name and (ROOT / name).is_file()})
