"""The quality gates: what each is called, what it runs, and in which environment."""

from __future__ import annotations

from dataclasses import dataclass

# The Pythons that an environment may be made with, the preferred one first; one that is not named takes the Python that runs make.
PYTHONS = {
    "core-2.16": ("3.11", "3.12"),
    "core-2.17": ("3.12", "3.11"),
    "core-2.18": ("3.12", "3.11", "3.13"),
    "core-2.19": ("3.13", "3.11", "3.12"),
    "core-2.20": ("3.13", "3.12"),
    "core-2.21": ("3.12", "3.13"),
    "core-newest": ("3.13", "3.12", "3.11"),
}


@dataclass(frozen=True)
class Gate:
    """One gate: it passes when its command, run from the root of the repository, exits with 0."""

    name: str
    command: tuple[str, ...]
    environment: str = "check"  # the virtual environment whose executables come first
    core: str | None = None  # the virtual environment whose ansible-playbook is tested, where it is another one
    quick: bool = False  # part of `make lint`
    alone: bool = False  # runs while nothing else does

    @property
    def environments(self) -> tuple[str, ...]:
        return (self.environment,) if self.core is None else (self.environment, self.core)

    @property
    def runs_pytest(self) -> bool:
        return self.command[: len(PYTEST)] == PYTEST


TYPED = ("plugins", "tests.simulator", "tests.contract", "tests.demo", "tests.gates")
PACKAGES = tuple(f"ansible_collections.autopilot.reset.{name}" if name == "plugins" else name for name in TYPED)

PYTEST = ("python", "-m", "pytest", "--quiet", "--color=no", "-n", "2")
TESTS = (*PYTEST, "--dist", "loadfile")
VERSIONS = (*PYTEST, "tests/integration/test_versions.py")
SANITY = ("python", "-m", "tests.gates.sanity")

GATES = (
    Gate("tests", TESTS, environment="test", alone=True),
    Gate("tests-2.16", TESTS, environment="core-2.16", alone=True),
    Gate("tests-newest", TESTS, environment="core-newest", alone=True),
    *(Gate(f"core-{version}", VERSIONS, "test", f"core-{version}", alone=True) for version in ("2.17", "2.18", "2.19", "2.20", "2.21")),
    # The slow ones first, so that the quick ones fill the time beside them.
    Gate("sanity-2.16", SANITY, environment="core-2.16"),
    Gate("sanity-newest", SANITY, environment="core-newest"),
    Gate("molecule", ("molecule", "test")),
    Gate("galaxy-importer", ("python", "-m", "tests.gates.tarball", "import")),
    Gate("tarball", ("python", "-m", "tests.gates.tarball", "install")),
    Gate("antsibull-docs", ("antsibull-docs", "lint-collection-docs", "--plugin-docs", ".")),
    Gate("ansible-lint", ("ansible-lint", "--offline", "--profile", "production", "--strict"), quick=True),
    Gate("mypy", ("mypy", *(word for package in PACKAGES for word in ("-p", package))), quick=True),
    Gate("changelog", ("antsibull-changelog", "lint"), quick=True),
    Gate("ruff", ("ruff", "check"), quick=True),
    Gate("format", ("ruff", "format", "--check"), quick=True),
)
