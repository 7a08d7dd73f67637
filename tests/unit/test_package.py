"""What holds for the collection as a package: metadata that agrees with itself, and files that stay where they belong."""

from __future__ import annotations

import ast
import re
import typing as t
from pathlib import Path

import pytest
import yaml

ROOT = Path(__file__).resolve().parents[2]
PLUGINS = sorted((ROOT / "plugins").rglob("*.py"))
ERASERS = {"local_reset", "wipe", "intune_reset", "intune_wipe"}  # modules that may cost somebody their data


def load(name: str) -> t.Any:
    return yaml.safe_load((ROOT / name).read_text(encoding="utf-8"))


def requirements(name: str) -> dict[str, str]:
    lines = (ROOT / name).read_text(encoding="utf-8").splitlines()
    found = (re.match(r"([A-Za-z][\w-]*)(.*)", line) for line in lines)
    return {match[1].lower(): match[2] for match in found if match}


def imports(file: Path) -> t.Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield node.module or ""


def names(directory: str) -> set[str]:
    return {file.stem for file in (ROOT / "plugins" / directory).glob("*.py") if file.stem != "__init__"}


@pytest.mark.parametrize("file", PLUGINS, ids=lambda file: str(file.relative_to(ROOT)))
def test_plugins_import_their_own_files_relatively_and_nothing_from_the_tests(file: Path) -> None:
    assert [name for name in imports(file) if name.split(".")[0] in {"ansible_collections", "plugins", "tests"}] == []


def test_every_action_is_documented_as_a_module() -> None:
    assert names("action") - names("modules") == set()


def test_the_action_group_holds_device_modules_and_none_that_erases() -> None:
    group = set(load("meta/runtime.yml")["action_groups"]["device"])
    assert group <= names("modules")
    assert not group & ERASERS


def test_git_and_the_tarball_leave_out_the_same_directories() -> None:
    left_out = set(load("galaxy.yml")["build_ignore"])
    ignored = {line.strip("/") for line in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines() if line.endswith("/")}
    covered = {entry for entry in ignored for pattern in left_out if entry == pattern or entry.startswith(f"{pattern}/")}
    assert ignored - covered == {"__pycache__"}
    assert "*__pycache__" in left_out


def test_requirements_are_floors() -> None:
    bounds = [*requirements("tests/requirements/demo.txt").values(), *requirements("meta/ee-requirements.txt").values()]
    assert [bound for bound in bounds if not re.fullmatch(r">=[\d.]+", bound)] == []


def test_execution_environments_get_the_floor_that_the_tests_get() -> None:
    tested = requirements("tests/requirements/demo.txt")
    assert requirements("meta/ee-requirements.txt").items() <= tested.items()


def test_execution_environment_names_files_that_exist() -> None:
    for name in load("meta/execution-environment.yml")["dependencies"].values():
        assert (ROOT / name).is_file()


def test_the_oldest_tested_core_is_the_one_promised() -> None:
    promised = load("meta/runtime.yml")["requires_ansible"].removeprefix(">=")
    assert requirements("tests/requirements/core-2.16.txt")["ansible-core"] == f"~={promised}"


def test_changelog_fragments_use_the_sections_that_are_configured() -> None:
    config = load("changelogs/config.yaml")
    known = {name for name, _title in config["sections"]} | {config["prelude_section_name"], config["trivial_section_name"]}
    for fragment in (ROOT / "changelogs" / "fragments").glob("*.yml"):
        assert set(yaml.safe_load(fragment.read_text(encoding="utf-8"))) <= known, fragment.name
