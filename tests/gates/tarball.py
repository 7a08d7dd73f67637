"""Gates on what is published. Usage: python -m tests.gates.tarball install | import.

`install` builds the collection, looks at what is in the tarball, installs it elsewhere and asks ansible-doc for every module.
`import` gives it to galaxy-importer, which is what Galaxy and Automation Hub do with an upload.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from . import places

MADE_BY_BUILD = {Path("MANIFEST.json"), Path("FILES.json")}
NEEDED = {"meta", "plugins", "roles", "playbooks"}  # directories that a user of the collection needs whole
NEEDED_FILES = {Path("README.md"), Path("LICENSE")}


def build(target: Path) -> Path:
    """Build the collection into an emptied directory and return the tarball."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    subprocess.run(["ansible-galaxy", "collection", "build", "--output-path", str(target), str(places.ROOT)], check=True)
    (tarball,) = target.glob("*.tar.gz")
    return tarball


def faults(packed: set[Path], held: set[Path]) -> list[str]:
    """What is wrong with the files of a tarball, given those that git holds."""
    needed = {file for file in held if file.parts[0] in NEEDED} | NEEDED_FILES
    return [
        *(f"in the tarball, but not part of the repository: {file}" for file in sorted(packed - held - MADE_BY_BUILD)),
        *(f"not in the tarball: {file}" for file in sorted(needed - packed)),
    ]


def install(tarball: Path, target: Path) -> None:
    """Install the tarball and let ansible-doc find every module in it, and nothing else."""
    subprocess.run(["ansible-galaxy", "collection", "install", "--offline", "-p", str(target), str(tarball)], check=True)
    modules = sorted(file.stem for file in (places.ROOT / "plugins" / "modules").glob("*.py"))
    environment = {**places.variables(places.environment("check"), places.HOME), "ANSIBLE_COLLECTIONS_PATH": str(target)}
    names = [f"autopilot.reset.{module}" for module in modules]
    subprocess.run(["ansible-doc", "--json", *names], env=environment, check=True, cwd=target)


def main(task: str) -> int:
    scratch = places.BUILD / "tarball" / task
    tarball = build(scratch)
    if task == "import":
        return subprocess.run([sys.executable, "-m", "galaxy_importer.main", str(tarball)], cwd=scratch, check=False).returncode
    with tarfile.open(tarball) as archive:
        packed = {Path(member.name) for member in archive if not member.isdir()}
    found = faults(packed, set(places.repository_files()))
    print(*found, sep="\n")
    install(tarball, scratch / "collections")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
