"""Gate: `ansible-test sanity` with the ansible-core beside the Python that runs this. Usage: python -m tests.gates.sanity

ansible-test wants to run inside ansible_collections/NAMESPACE/NAME and dislikes links to directories, so it gets a copy.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path

from . import places

PIP_VERSION = re.compile(r"\bpip='([0-9.]+)'")


def copy_repository(target: Path) -> None:
    shutil.rmtree(target, ignore_errors=True)
    for file in places.repository_files():
        (target / file).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(places.ROOT / file, target / file)
    # ansible-test asks git what belongs to the collection; without a repository of its own it would find ours around it.
    subprocess.run(["git", "init", "--quiet", str(target)], check=True)


def prepare_pip(executables: Path, home: Path) -> None:
    """Put our get-pip where ansible-test looks before it downloads its own (that download needs a host which many networks block)."""
    cache = home / ".ansible" / "test" / "cache"
    cache.mkdir(parents=True, exist_ok=True)
    (source,) = executables.parent.glob("lib/python*/site-packages/ansible_test/_internal/python_requirements.py")
    for version in set(PIP_VERSION.findall(source.read_text(encoding="utf-8"))):
        shutil.copy(places.ROOT / "tests/gates/get_pip.py", cache / f"get_pip_{version.replace('.', '_')}.py")


def main() -> int:
    executables = Path(sys.executable).parent
    scratch = places.BUILD / "sanity" / executables.parent.name
    collection = scratch / places.NAMESPACE
    home = places.make_home(scratch / "home")
    copy_repository(collection)
    prepare_pip(executables, home)
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    return subprocess.run(
        [executables / "ansible-test", "sanity", "--python", version, "--requirements", "--color", "no"],
        cwd=collection,
        env=places.variables(executables, home),
        stdin=subprocess.DEVNULL,
        check=False,
    ).returncode


if __name__ == "__main__":
    sys.exit(main())
