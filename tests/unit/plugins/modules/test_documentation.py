"""Each module's documentation, fragments included, says what its action accepts, and each has the other."""

from __future__ import annotations

import ast
import importlib
import pathlib
import typing as t

import pytest
import yaml

PLUGINS = pathlib.Path(__file__).parents[4] / "plugins"
PACKAGE = "ansible_collections.autopilot.reset.plugins"
# What the specification of an argument and the documentation of an option both say.
COMPARED = ("type", "default", "choices", "elements", "required", "aliases")


def _names(folder: str) -> set[str]:
    return {path.stem for path in (PLUGINS / folder).glob("*.py") if path.stem != "__init__"}


def _constant(path: pathlib.Path, name: str) -> t.Any:
    """The YAML in a module-level or class-level string."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Assign) and any(isinstance(target, ast.Name) and target.id == name for target in node.targets):
            return yaml.safe_load(ast.literal_eval(node.value))
    return None


def _documentation(module: str) -> dict[str, t.Any]:
    found: dict[str, t.Any] = _constant(PLUGINS / "modules" / f"{module}.py", "DOCUMENTATION")
    options = dict(found.get("options") or {})
    fragments = found.get("extends_documentation_fragment") or []
    for fragment in [fragments] if isinstance(fragments, str) else fragments:
        if fragment.startswith("autopilot.reset."):
            name, _unused, part = fragment.removeprefix("autopilot.reset.").partition(".")
            content = _constant(PLUGINS / "doc_fragments" / f"{name}.py", part.upper() or "DOCUMENTATION")
            assert content is not None, fragment
            options = {**(content.get("options") or {}), **options}
    return {**found, "options": options}


def _arguments(module: str) -> dict[str, t.Any]:
    action = importlib.import_module(f"{PACKAGE}.action.{module}").ActionModule
    return t.cast("dict[str, t.Any]", action.ARGUMENTS)


def _has_code(module: str) -> bool:
    """Ordinary modules define `main` and check their own arguments."""
    tree = ast.parse((PLUGINS / "modules" / f"{module}.py").read_text(encoding="utf-8"))
    return any(isinstance(node, ast.FunctionDef) and node.name == "main" for node in tree.body)


def _accepts(option: t.Mapping[str, t.Any], nested: str) -> dict[str, t.Any]:
    """An option in one normal form, from either side."""
    found = {key: option.get(key) for key in COMPARED}
    found["type"] = found["type"] or "str"
    found["required"] = bool(found["required"])
    found["aliases"] = sorted(found["aliases"] or [])
    found["choices"] = list(found["choices"]) if found["choices"] else None
    inner = option.get(nested) or {}
    found["within"] = {name: _accepts(entry, nested) for name, entry in inner.items()}
    return found


def _differences(documented: t.Mapping[str, t.Any], accepted: t.Mapping[str, t.Any]) -> list[str]:
    left = {name: _accepts(option, "suboptions") for name, option in documented.items()}
    right = {name: _accepts(option, "options") for name, option in accepted.items()}
    return [
        f"{name}: documented {left.get(name)}, accepted {right.get(name)}"
        for name in sorted(left.keys() | right.keys())
        if left.get(name) != right.get(name)
    ]


ACTIONS = sorted(module for module in _names("modules") if not _has_code(module))


def test_modules_are_found() -> None:
    assert {"device_info", "winre"} <= set(ACTIONS)


def test_every_documented_module_has_an_action_and_the_reverse() -> None:
    assert set(ACTIONS) == _names("action")


@pytest.mark.parametrize("module", ACTIONS)
def test_the_documentation_says_what_the_action_accepts(module: str) -> None:
    assert _differences(_documentation(module)["options"], _arguments(module)) == []


@pytest.mark.parametrize("module", sorted(_names("modules")))
def test_each_module_is_documented_under_its_name_with_examples_and_results(module: str) -> None:
    path = PLUGINS / "modules" / f"{module}.py"

    assert _documentation(module)["module"] == module
    assert f"autopilot.reset.{module}" in yaml.safe_dump(_constant(path, "EXAMPLES"))
    assert _constant(path, "RETURN")


@pytest.mark.parametrize(
    ("documented", "accepted"),
    [
        ({"a": {"type": "int"}}, {"a": {}}),
        ({"a": {"default": 1, "type": "int"}}, {"a": {"type": "int"}}),
        ({"a": {"choices": ["x", "y"]}}, {"a": {"choices": ["x"]}}),
        ({"a": {"choices": ["x", "y"]}}, {"a": {"choices": ["y", "x"]}}),
        ({"a": {"type": "list"}}, {"a": {"type": "list", "elements": "str"}}),
        ({"a": {"required": True}}, {"a": {}}),
        ({"a": {"aliases": ["b"]}}, {"a": {}}),
        ({"a": {"suboptions": {"b": {"type": "int"}}}}, {"a": {"options": {"b": {"type": "str"}}}}),
        ({"a": {}}, {}),
        ({}, {"a": {}}),
    ],
)
def test_any_difference_is_seen(documented: dict[str, t.Any], accepted: dict[str, t.Any]) -> None:
    assert _differences(documented, accepted)
    assert not _differences(documented, {name: {**option, "options": option.get("suboptions")} for name, option in documented.items()})
