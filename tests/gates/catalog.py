"""The quality gates: what each is called and what it runs."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Gate:
    """One gate: it passes when its command, run from the root of the repository, exits with 0."""

    name: str
    command: tuple[str, ...]
    environment: str = "check"  # the virtual environment whose executables come first
    newest_python: tuple[int, int] = (3, 13)  # left out on a newer one
    quick: bool = False  # part of `make lint`
    alone: bool = False  # runs while nothing else does


TYPED = ("plugins", "tests.simulator", "tests.contract", "tests.demo", "tests.gates")
PACKAGES = tuple(f"ansible_collections.autopilot.reset.{name}" if name == "plugins" else name for name in TYPED)

PYTEST = ("python", "-m", "pytest", "--quiet", "--color=no", "-n", "2", "--dist", "loadfile")
SANITY = ("python", "-m", "tests.gates.sanity")

GATES = (
    Gate("tests", PYTEST, environment="test", alone=True),
    Gate("tests-2.16", PYTEST, environment="core-2.16", newest_python=(3, 12), alone=True),
    # The slow ones first, so that the quick ones fill the time beside them.
    Gate("sanity-2.16", SANITY, environment="core-2.16", newest_python=(3, 12)),
    Gate("sanity-newest", SANITY, environment="core-newest"),
    Gate("galaxy-importer", ("python", "-m", "tests.gates.tarball", "import")),
    Gate("tarball", ("python", "-m", "tests.gates.tarball", "install")),
    Gate("antsibull-docs", ("antsibull-docs", "lint-collection-docs", "--plugin-docs", ".")),
    Gate("ansible-lint", ("ansible-lint", "--offline", "--profile", "production", "--strict"), quick=True),
    Gate("mypy", ("mypy", *(word for package in PACKAGES for word in ("-p", package))), quick=True),
    Gate("changelog", ("antsibull-changelog", "lint"), quick=True),
    Gate("ruff", ("ruff", "check"), quick=True),
    Gate("format", ("ruff", "format", "--check"), quick=True),
)
