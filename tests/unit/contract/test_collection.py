"""The collection against the contract: what it sends, and the names it looks for in what comes back."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._device import document, packages, winre
from ansible_collections.autopilot.reset.plugins.plugin_utils._device.facts import Part
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import (
    CimInstances,
    Native,
    Pipe,
    Read,
    Reading,
    RegistryKey,
    RegistryKeys,
    native_statements,
    plan,
)
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.values import RemoteObject

from tests.contract import tables

CONTRACT = tables.load()
PROVIDER_NAMES = {"PSPath", "PSParentPath", "PSChildName", "PSDrive", "PSProvider"}


def reads(system_root: str = "C:\\Windows") -> dict[str, Read]:
    return {f"{name}.{key}": read for name, part in document.PARTS.items() for key, read in part.reads(system_root).items()}


def commands() -> t.Iterator[tuple[Command, bool]]:
    """Each command, and whether objects come to it through the pipeline."""
    statements = [statement for precise in (False, True) for statement in plan(reads(), "token", precise=precise).statements]
    for verb in ("enabled", "disabled"):
        statements += native_statements(Native(winre.REAGENTC, (winre.switch_arguments(verb),)))
    for statement in statements:
        yield from ((command, place > 0) for place, command in enumerate(statement))


@pytest.mark.parametrize(("command", "piped"), list(commands()), ids=lambda value: getattr(value, "name", ""))
def test_everything_that_is_sent_stands_in_the_contract(command: Command, piped: bool) -> None:
    arguments: dict[str | None, t.Any] = {None: command.arguments}
    arguments.update(command.parameters.items())
    assert CONTRACT.check_command(command.name, arguments, piped=piped) == []


PIPES = {
    ("bitlocker", "protectors"): CONTRACT.properties("Microsoft.Management.Infrastructure.CimMethodResult"),
    ("administrators", "members"): CONTRACT.cim_class("root/cimv2", "Win32_UserAccount"),
    ("packages", "installed"): CONTRACT.properties(packages.TYPE),
}


@pytest.mark.parametrize(("place", "known"), PIPES.items(), ids=lambda value: str(value)[:40])
def test_every_name_that_is_looked_up_in_what_a_pipe_gives_stands_in_the_contract(place: tuple[str, str], known: t.Any) -> None:
    name, key = place
    part = document.PARTS[name]
    asked = names_asked(part, key, part.reads("C:\\Windows")[key])
    assert asked
    assert asked <= set(getattr(known, "properties", known))


def test_every_pipe_that_gives_objects_is_held_against_the_contract() -> None:
    pipes = {
        (name, key) for name, part in document.PARTS.items() for key, read in part.reads("C:\\Windows").items() if isinstance(read, Pipe)
    }
    text_only, repeated = {("wifi", "names")}, {("remoting", "packages")}
    assert pipes - text_only - repeated == set(PIPES)


class Spy(RemoteObject):
    """An object that answers nothing and remembers what it was asked for."""

    asked: t.ClassVar[set[str]] = set()

    def get(self, name: str, default: t.Any = None) -> t.Any:
        type(self).asked.add(name)
        return default


def names_asked(part: Part, key: str, read: Read) -> set[str]:
    """The property names that a part looks up in what one read gives."""
    Spy.asked = set()
    readings = dict.fromkeys(part.reads("C:\\Windows"), Reading())
    part.parse({**readings, key: Reading(outputs=(Spy(("x",), {}),))})
    return Spy.asked - PROVIDER_NAMES


CASES = [
    (name, key, read)
    for name, part in document.PARTS.items()
    for key, read in part.reads("C:\\Windows").items()
    if isinstance(read, (CimInstances, RegistryKey, RegistryKeys))
]


@pytest.mark.parametrize(("name", "key", "read"), CASES, ids=[f"{name}.{key}" for name, key, _read in CASES])
def test_every_name_that_is_looked_up_stands_in_the_contract(name: str, key: str, read: Read) -> None:
    asked = names_asked(document.PARTS[name], key, read)
    known: set[str]
    if isinstance(read, CimInstances):
        found = CONTRACT.cim_class(read.namespace, read.class_name)
        assert found is not None
        known = set(found.properties)
    else:
        entry = CONTRACT.registry_key(read.path if isinstance(read, RegistryKey) else t.cast("RegistryKeys", read).pattern)
        assert entry is not None
        known = set(entry.values)
    assert asked <= known


def test_the_spy_sees_what_a_part_looks_up() -> None:
    assert "SerialNumber" in names_asked(document.PARTS["firmware"], "bios", CimInstances("Win32_BIOS"))
    assert "InstallDate" in names_asked(document.PARTS["os"], "version", RegistryKey("x"))
