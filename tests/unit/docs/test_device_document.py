"""Schema, page, module documentation and code of the device document say the same."""

from __future__ import annotations

import ast
import copy
import pathlib
import typing as t

import pytest
import yaml
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import document
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import Read, Reading
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteError
from ansible_collections.autopilot.reset.plugins.plugin_utils._report.fleet import document_of
from ansible_collections.autopilot.reset.tests.unit.device import connect
from ansible_collections.autopilot.reset.tests.unit.windows import Recovery, windows
from hypothesis import given
from hypothesis import strategies as st

from tests.device_document import DOCS, problems, schema

ROOT = pathlib.Path(__file__).parents[3]
AROUND = {"schema_version", "gathered", "unreadable", "failure"}
TYPES = {"dict": "object", "list": "array", "str": "string", "int": "integer", "bool": "boolean"}
WAYS = {
    "denied": Reading(errors=(RemoteError("Denied", "X,Y", exception="System.UnauthorizedAccessException"),)),
    "gone": Reading(errors=(RemoteError("Cannot find path", "PathNotFound,X"),)),
    "died": Reading(died=RemoteError("It died.", "Fatal,X")),
    "silent": Reading(),
}


def healthy(parts: t.Collection[str] = tuple(document.PARTS), **options: t.Any) -> dict[str, t.Any]:
    return document.gather(connect(windows(**options))[0], parts)


def failing(ways: t.Callable[[Read], Reading]) -> dict[str, t.Any]:
    """The document of a device on which reads fail, each in its way."""
    parts = {
        name: part.parse({key: ways(read) for key, read in part.reads(document.SYSTEM_ROOT).items()})
        for name, part in document.PARTS.items()
    }
    return document.assemble(parts)


HEALTHY = healthy()
READS = list(dict.fromkeys(read for part in document.PARTS.values() for read in part.reads(document.SYSTEM_ROOT).values()))


# --- documents against the schema


def test_a_healthy_device_fits() -> None:
    assert HEALTHY["unreadable"] == {}
    assert problems(HEALTHY) == []


@pytest.mark.parametrize("options", [{"recovery": Recovery(enabled=False)}, {"recovery": Recovery(enabled=True), "root": "D:\\Win"}])
def test_other_devices_fit(options: dict[str, t.Any]) -> None:
    assert problems(healthy(**options)) == []


@pytest.mark.parametrize("part", document.PARTS)
def test_a_single_part_fits(part: str) -> None:
    assert problems(healthy((part,))) == []


@pytest.mark.parametrize("way", WAYS)
def test_a_device_on_which_every_read_fails_fits(way: str) -> None:
    assert problems(failing(lambda _read: WAYS[way])) == []


@given(st.dictionaries(st.sampled_from(READS), st.sampled_from(sorted(WAYS))))
def test_whatever_fails_fits(ways: dict[Read, str]) -> None:
    assert problems(failing(lambda read: WAYS[ways.get(read, "silent")])) == []


@pytest.mark.parametrize("result", [None, {"unreachable": True, "msg": "gone"}, {"failed": True}])
def test_a_device_that_was_not_audited_fits(result: dict[str, t.Any] | None) -> None:
    assert problems(document_of(result)) == []


# --- the schema is strict


def objects(value: t.Any, path: tuple[t.Any, ...] = ()) -> t.Iterator[tuple[t.Any, ...]]:
    """Paths of all mappings in a value."""
    if isinstance(value, dict):
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in items:
        yield from objects(item, (*path, key))


PLACES = [path for path in objects(HEALTHY) if path != ("unreadable",)]


def at(value: t.Any, path: tuple[t.Any, ...]) -> t.Any:
    for key in path:
        value = value[key]
    return value


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_field_too_many_is_a_problem(path: tuple[t.Any, ...]) -> None:
    changed = copy.deepcopy(HEALTHY)
    at(changed, path)["surprise"] = None

    assert problems(changed)


@pytest.mark.parametrize("path", [path for path in PLACES if path], ids=str)
def test_a_field_too_few_is_a_problem(path: tuple[t.Any, ...]) -> None:
    for key in at(HEALTHY, path):
        changed = copy.deepcopy(HEALTHY)
        del at(changed, path)[key]
        assert problems(changed), key


@pytest.mark.parametrize("path", PLACES, ids=str)
def test_a_value_of_another_kind_is_a_problem(path: tuple[t.Any, ...]) -> None:
    for key, value in at(HEALTHY, path).items():
        changed = copy.deepcopy(HEALTHY)
        at(changed, path)[key] = 1.5 if not isinstance(value, (dict, list)) else "text"
        assert problems(changed), key


# --- schema, code, module documentation and page


def returned() -> dict[str, t.Any]:
    tree = ast.parse((ROOT / "plugins" / "modules" / "device_info.py").read_text(encoding="utf-8"))
    for node in tree.body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name) and node.targets[0].id == "RETURN":
            found: dict[str, t.Any] = yaml.safe_load(ast.literal_eval(node.value))["device"]["contains"]
            return found
    raise LookupError("device_info has no RETURN")


def fields(node: t.Mapping[str, t.Any]) -> dict[str, t.Any]:
    """What a mapping, or each mapping of a list, holds."""
    return t.cast("dict[str, t.Any]", node.get("properties") or (node.get("items") or {}).get("properties") or {})


def kinds(node: t.Mapping[str, t.Any]) -> set[str]:
    given = node.get("type")
    if given is None:
        values = node["enum"] if "enum" in node else [node["const"]]
        return {"string" if isinstance(value, str) else "integer" for value in values if value is not None}
    return {given} - {"null"} if isinstance(given, str) else set(given) - {"null"}


def differences(documented: t.Mapping[str, t.Any], described: t.Mapping[str, t.Any], path: str = "") -> list[str]:
    """Where RETURN and schema differ in names or types."""
    found = [f"{path}{name} is in one of them only" for name in documented.keys() ^ described.keys()]
    for name in sorted(documented.keys() & described.keys()):
        here, there = documented[name], described[name]
        if kinds(there) != {TYPES[here["type"]]}:
            found.append(f"{path}{name} is {here['type']} and {kinds(there)}")
        found += differences(here.get("contains") or {}, fields(there), f"{path}{name}.")
    return found


def test_the_module_documents_exactly_the_fields_of_the_schema() -> None:
    described = {name: node for name, node in schema()["properties"].items() if name != "failure"}
    assert differences(returned(), described) == []


def test_a_difference_is_seen() -> None:
    described = {"a": {"type": ["array", "null"], "items": {"type": "object", "properties": {"b": {"enum": ["x", None]}}}}}
    documented = {"a": {"type": "list", "contains": {"b": {"type": "str"}}}}
    assert differences(documented, described) == []
    assert differences({"a": {"type": "dict", "contains": documented["a"]["contains"]}}, described)
    assert differences({"a": {"type": "list", "contains": {"b": {"type": "int"}}}}, described)
    assert differences({"a": {"type": "list"}}, described)
    assert differences({}, described)


def test_the_schema_knows_exactly_the_parts_of_the_code() -> None:
    assert set(schema()["properties"]) == {*document.PARTS, *AROUND}
    assert set(schema()["properties"]["gathered"]["items"]["enum"]) == set(document.PARTS)
    assert schema()["properties"]["schema_version"]["const"] == document.SCHEMA_VERSION


def paths(node: t.Mapping[str, t.Any], prefix: str = "") -> t.Iterator[str]:
    for name, inner in fields(node).items():
        yield f"{prefix}{name}"
        yield from paths(inner, f"{prefix}{name}{'[]' if 'items' in inner else ''}.")


@pytest.mark.parametrize("part", document.PARTS)
def test_the_page_has_every_field_of_a_part_and_no_other(part: str) -> None:
    _unused, _unused, section = (DOCS / "device-document.md").read_text(encoding="utf-8").partition(f"\n## {part}\n")
    rows = [line.split("`")[1] for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    assert rows == list(paths(schema()["properties"][part]))


def nodes(node: t.Mapping[str, t.Any]) -> t.Iterator[t.Mapping[str, t.Any]]:
    yield node
    for inner in fields(node).values():
        yield from nodes(inner)


def test_every_field_is_described_and_every_mapping_is_closed() -> None:
    for node in nodes({"properties": {part: schema()["properties"][part] for part in document.PARTS}, "description": "."}):
        assert node["description"].endswith(".")
        for closed in (node, node.get("items") or {}):
            if "object" in (closed.get("type") or ()):
                assert closed["additionalProperties"] is False
                assert closed["required"] == list(closed["properties"])
