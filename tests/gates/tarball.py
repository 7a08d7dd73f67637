"""Gates on what is published. Usage: python -m tests.gates.tarball install | import.

`install` builds the collection, looks at what is in the tarball, installs it elsewhere and asks ansible-doc for every module.
`import` gives it to galaxy-importer, which is what Galaxy and Automation Hub do with an upload.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

from . import places

MADE_BY_BUILD = {Path("MANIFEST.json"), Path("FILES.json")}
NEEDED = {"meta", "plugins", "roles", "playbooks"}  # directories that a user of the collection needs whole
NEEDED_FILES = {Path("README.md"), Path("LICENSE")}


def run(command: list[str], collections: Path) -> str:
    """Run a tool that sees the collections below one directory and no others; return its standard output."""
    variables = {**os.environ, "ANSIBLE_COLLECTIONS_PATH": str(collections)}
    finished = subprocess.run(command, env=variables, cwd=collections, check=False, stdout=subprocess.PIPE, text=True)
    if finished.returncode:
        sys.exit(f"{finished.stdout}{command[0]} ended with exit code {finished.returncode}.")
    return finished.stdout


def build(target: Path) -> Path:
    """Build the collection into an emptied directory and return the tarball."""
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    run(["ansible-galaxy", "collection", "build", "--output-path", str(target), str(places.ROOT)], target)
    (tarball,) = target.glob("*.tar.gz")
    return tarball


def faults(packed: set[Path], held: set[Path]) -> list[str]:
    """What is wrong with the files of a tarball, given those that git holds."""
    needed = {file for file in held if file.parts[0] in NEEDED} | NEEDED_FILES
    return [
        *(f"in the tarball, but not part of the repository: {file}" for file in sorted(packed - held - MADE_BY_BUILD)),
        *(f"not in the tarball: {file}" for file in sorted(needed - packed)),
    ]


def undocumented(tarball: Path, collections: Path) -> list[str]:
    """Install the tarball and return the modules that ansible-doc does not find in it."""
    collections.mkdir()
    run(["ansible-galaxy", "collection", "install", "--offline", "-p", str(collections), str(tarball)], collections)
    modules = [f"autopilot.reset.{file.stem}" for file in sorted((places.ROOT / "plugins" / "modules").glob("*.py"))]
    documented = json.loads(run(["ansible-doc", "--json", *modules], collections))
    return [f"ansible-doc does not find {module}" for module in modules if "doc" not in documented.get(module, {})]


def galaxy_import(tarball: Path) -> int:
    """Run galaxy-importer; what it warns of (ansible-lint's findings among it) counts as a failure."""
    os.environ["GALAXY_IMPORTER_CHECK_REQUIRED_TAGS"] = "true"
    output = run([sys.executable, "-m", "galaxy_importer.main", str(tarball)], tarball.parent)
    print(output)
    return 1 if any(line.startswith(("WARNING:", "ERROR:")) for line in output.splitlines()) else 0


def main(task: str) -> int:
    scratch = places.BUILD / "tarball" / task
    tarball = build(scratch)
    if task == "import":
        return galaxy_import(tarball)
    with tarfile.open(tarball) as archive:
        packed = {Path(member.name) for member in archive if not member.isdir()}
    found = [*faults(packed, set(places.repository_files())), *undocumented(tarball, scratch / "collections")]
    print(*found, sep="\n")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
