"""The contract tables: every command, class, property, key, file and code the collection relies on, with source and grade.

One file per kind under `tables/`. The simulator executes nothing that is not in them.
"""

from __future__ import annotations

import dataclasses
import functools
import typing as t
from pathlib import Path

import yaml

from .binding import BindingError, Command, Parameter, bind, drive_path, provider_of

GRADES = frozenset({"documented", "generated", "recorded", "community", "inferred"})
_TABLES = Path(__file__).parent / "tables"
Arguments: t.TypeAlias = t.Mapping[str | None, t.Any]


@dataclasses.dataclass(frozen=True, slots=True)
class Program:
    """A native program. `folder` is where it lies; `wow64`: 32-bit processes find one too."""

    name: str
    folder: str
    wow64: bool
    arguments: tuple[tuple[str, ...], ...]
    exit_codes: t.Mapping[int, str | None]

    def accepts(self, words: t.Sequence[str]) -> bool:
        wanted = tuple(word.lower() for word in words)
        return any(wanted == tuple(word.lower() for word in known) for known in self.arguments)


@dataclasses.dataclass(frozen=True, slots=True)
class CimClass:
    """A CIM class. `ancestors` nearest first; `properties` maps names to CIM types in the order in which instances show them."""

    namespace: str
    name: str
    ancestors: tuple[str, ...]
    properties: t.Mapping[str, str]

    def property_name(self, name: str) -> str | None:
        return next((known for known in self.properties if known.lower() == name.lower()), None)


@dataclasses.dataclass(frozen=True, slots=True)
class CimMethod:
    """A method of a CIM class: what it takes and what it gives besides its return value, with CIM types."""

    name: str
    parameters: t.Mapping[str, str]
    results: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class RegistryKey:
    """A registry key. `path` begins with `HKLM\\` or `HKU\\`; `*` stands for one level. `values` maps names to registry types."""

    path: str
    values: t.Mapping[str, str]


@dataclasses.dataclass(frozen=True, slots=True)
class ErrorKind:
    """An error record: `identifier` is what stands before the comma of FullyQualifiedErrorId."""

    identifier: str
    category: str
    exception: str


class Contract:
    """All tables. Look-ups ignore case, as Windows does, and give None for what the contract does not hold."""

    def __init__(self, tables: t.Mapping[str, t.Any]) -> None:
        self.tables = tables
        common = {name: _parameter(name, entry) for name, entry in tables["commands"]["common"].items()}
        self._commands = {name.lower(): _command(name, entry, common) for name, entry in tables["commands"]["commands"].items()}
        self._programs = {name.lower(): _program(name, entry) for name, entry in tables["programs"]["programs"].items()}
        self._classes = {
            (entry["namespace"].lower(), entry["name"].lower()): CimClass(
                entry["namespace"],
                entry["name"],
                tuple(entry["ancestors"]),
                dict(entry["properties"]),
            )
            for entry in tables["cim"]["classes"]
        }
        self._keys = [RegistryKey(entry["path"], _value_types(entry["values"])) for entry in tables["registry"]["keys"]]
        self._errors = {
            name.lower(): ErrorKind(name, entry["category"], entry["exception"]) for name, entry in tables["errors"]["records"].items()
        }

    def command(self, name: str) -> Command | None:
        return self._commands.get(name.lower())

    def program(self, name: str) -> Program | None:
        return self._programs.get(name.lower())

    def cim_class(self, namespace: str, name: str) -> CimClass | None:
        return self._classes.get((namespace.replace("\\", "/").strip("/").lower(), name.lower()))

    def cim_method(self, class_name: str, name: str) -> CimMethod | None:
        wanted = (class_name.lower(), name.lower())
        found = (entry for entry in self.tables["cim"]["methods"] if (entry["class"].lower(), entry["name"].lower()) == wanted)
        return next((CimMethod(entry["name"], dict(entry["parameters"]), dict(entry["results"])) for entry in found), None)

    def association(self, class_name: str, result: str) -> str | None:
        """The class that associates instances of one class with those of another."""
        wanted = (class_name.lower(), result.lower())
        entries = self.tables["cim"]["associations"]
        return next((entry["name"] for entry in entries if (entry["from"].lower(), entry["to"].lower()) == wanted), None)

    def properties(self, type_name: str) -> t.Collection[str]:
        """Properties of a .NET object; none for a type that the contract does not hold."""
        entry = self.tables["objects"]["objects"].get(type_name)
        return tuple(entry["properties"]) if entry else ()

    def has_namespace(self, namespace: str) -> bool:
        wanted = namespace.replace("\\", "/").strip("/").lower()
        return any(known == wanted for known, _unused in self._classes)

    def registry_key(self, path: str) -> RegistryKey | None:
        """The entry for a key, given as `HKLM:\\...`, `HKLM\\...`, `Registry::...` or with `*`; the most literal entry wins."""
        wanted = drive_path(path).replace(":\\", "\\", 1).strip("\\").lower().split("\\")
        found = [key for key in self._keys if _covers(key.path.lower().split("\\"), wanted)]
        return min(found, key=lambda key: key.path.count("*"), default=None)

    def error(self, identifier: str) -> ErrorKind | None:
        return self._errors.get(identifier.lower())

    def codes(self, where: str) -> t.Mapping[int, str]:
        """Names of the codes that `where` (reagentc, wmi, wsman) gives."""
        return {entry["number"]: entry["name"] for entry in self.tables["errors"]["codes"] if entry["where"] == where}

    def check_command(self, name: str, arguments: Arguments, *, piped: bool = False) -> list[str]:
        """What the contract has against a command.

        `arguments` by parameter name; the key None holds a sequence of positional ones. `piped`: objects come in through the pipeline.
        """
        positional = tuple(arguments.get(None, ()))
        pairs = [*((None, value) for value in positional), *((key, value) for key, value in arguments.items() if key is not None)]
        program = self.program(name)
        if program is not None:
            return self._check_program(program, positional, pairs)
        command = self.command(name)
        if command is None:
            return [f"{name}: the contract knows no such command or program"]
        try:
            bound = bind(command, pairs, piped=piped)
        except BindingError as error:
            return [f"{name}: {error}"]
        return self._check_values(name, bound)

    def _check_program(self, program: Program, positional: tuple[t.Any, ...], pairs: t.Sequence[tuple[str | None, t.Any]]) -> list[str]:
        if len(positional) != len(pairs) or not all(isinstance(word, str) for word in positional):
            return [f"{program.name}: a program takes positional text only"]
        return [] if program.accepts(positional) else [f"{program.name}: unknown arguments {' '.join(positional)}"]

    def _check_values(self, name: str, bound: t.Mapping[str, t.Any]) -> list[str]:
        if name.lower() == "get-ciminstance":
            return self._check_cim(bound)
        if name.lower() == "invoke-cimmethod":
            return self._check_method(bound)
        paths = [*bound.get("Path", []), *bound.get("LiteralPath", [])]
        keys = [path for path in paths if provider_of(path) == "Registry"]
        found = [f"{name}: unknown registry key {path}" for path in keys if self.registry_key(path) is None]
        items = {entry["path"].lower() for entry in self.tables["wsman"]["items"]}
        found += [f"{name}: unknown item {path}" for path in paths if path.lower().startswith("wsman:") and path.lower() not in items]
        variables = [path.partition(":")[2] for path in paths if path.lower().startswith("env:")]
        known = {variable.lower() for variable in self.tables["files"]["environment"]}
        return found + [f"{name}: unknown environment variable {variable}" for variable in variables if variable.lower() not in known]

    def _check_cim(self, bound: t.Mapping[str, t.Any]) -> list[str]:
        namespace, class_name = bound.get("Namespace", "root/cimv2"), bound["ClassName"]
        known = self.cim_class(namespace, class_name)
        if known is None:
            return [f"Get-CimInstance: unknown class {namespace}:{class_name}"]
        wrong = [name for name in bound.get("Property", []) if known.property_name(name) is None]
        return [f"Get-CimInstance: {class_name} has no property {name}" for name in wrong]

    def _check_method(self, bound: t.Mapping[str, t.Any]) -> list[str]:
        known = [set(entry["parameters"]) for entry in self.tables["cim"]["methods"] if entry["name"] == bound["MethodName"]]
        given = set(bound.get("Arguments", {}))
        return [] if any(given <= names for names in known) else [f"Invoke-CimMethod: unknown method or arguments: {bound['MethodName']}"]

    def ungraded(self) -> list[str]:
        """Entries without a grade or a known source."""
        return [place for place, entry in self.entries() if not self._founded(entry)]

    def _founded(self, entry: t.Any) -> bool:
        return isinstance(entry, t.Mapping) and entry.get("grade") in GRADES and entry.get("source") in self.tables["sources"]

    def entries(self) -> t.Iterator[tuple[str, t.Any]]:
        """Every entry with its place in the tables."""
        tables = self.tables
        for place in ("commands.common", "commands.commands", "programs.programs", "errors.records", "errors.sids", "behaviors.behaviors"):
            table, part = place.split(".")
            yield from ((f"{place}.{name}", entry) for name, entry in tables[table][part].items())
        for place in ("files.environment", "files.partition_types"):
            table, part = place.split(".")
            yield from ((f"{place}.{name}", entry) for name, entry in tables[table][part].items())
        for name, program in tables["programs"]["programs"].items():
            yield from ((f"{name} {' '.join(entry['words'])}", entry) for entry in program["arguments"])
            yield from ((f"{name} exit code {code}", entry) for code, entry in program["exit_codes"].items())
        for part in ("classes", "methods", "associations"):
            yield from ((f"cim.{entry['name']}", entry) for entry in tables["cim"][part])
        for name, entry in tables["objects"]["objects"].items():
            yield f"objects.{name}", entry
            yield from ((f"objects.{name}.{key}", value) for key, value in entry["properties"].items())
        for entry in tables["registry"]["keys"]:
            yield f"registry {entry['path']}", entry
            own = ((name, value) for name, value in entry["values"].items() if not isinstance(value, str))
            yield from ((f"registry {entry['path']} {name}", value) for name, value in own)
        yield from ((f"wsman {entry['path']}", entry) for entry in tables["wsman"]["items"])
        yield from ((f"files {entry['path']}", entry) for entry in tables["files"]["files"])
        yield from ((f"code {entry['where']} {entry['number']}", entry) for entry in tables["errors"]["codes"])


@functools.cache
def load() -> Contract:
    """All tables, read once."""
    return Contract({path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in sorted(_TABLES.glob("*.yml"))})


def _value_types(values: t.Mapping[str, t.Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else value["type"] for name, value in values.items()}


def _covers(pattern: list[str], path: list[str]) -> bool:
    return len(pattern) == len(path) and all(known in ("*", level) or level == "*" for known, level in zip(pattern, path, strict=True))


def _parameter(name: str, entry: t.Mapping[str, t.Any]) -> Parameter:
    return Parameter(
        name=name,
        type=entry["type"],
        position=entry.get("position"),
        mandatory=bool(entry.get("mandatory")),
        set=entry.get("set"),
        provider=entry.get("provider"),
        pipeline=bool(entry.get("pipeline")),
    )


def _command(name: str, entry: t.Mapping[str, t.Any], common: t.Mapping[str, Parameter]) -> Command:
    own = {key: _parameter(key, value) for key, value in entry["parameters"].items()}
    return Command(name, entry["module"], entry["class"], {**own, **common})


def _program(name: str, entry: t.Mapping[str, t.Any]) -> Program:
    return Program(
        name,
        entry["folder"],
        bool(entry["wow64"]),
        tuple(tuple(known["words"]) for known in entry["arguments"]),
        {code: known["name"] for code, known in entry["exit_codes"].items()},
    )
