"""What a command says of itself on the wire: what PowerShell has to know, and nothing for which its absence says the same."""

from __future__ import annotations

from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.session import Pipeline, _add
from ansible_collections.autopilot.reset.tests.unit.device import Device, Pool
from pypsrp.complex_objects import Command as WireCommand
from pypsrp.serializer import Serializer

NEEDED = {"Cmd", "IsScript", "UseLocalScope", "MergeMyResult", "MergeToResult", "MergePreviousResults", "Args"}
SPARED = {"MergeError", "MergeWarning", "MergeVerbose", "MergeDebug", "MergeInformation"}


def names_on_the_wire(command: WireCommand) -> set[str | None]:
    made = Serializer().serialize(command)
    return set() if made is None else {element.get("N") for element in made.iter()}


def test_streams_that_are_not_redirected_are_not_mentioned() -> None:
    pipeline = Pipeline(Pool(Device()))
    _add(pipeline, Command("Get-Item", {"Force": True}))
    names = names_on_the_wire(pipeline.commands[-1])

    assert names >= NEEDED
    assert names.isdisjoint(SPARED)


def test_the_client_mentions_them_when_nobody_spares_them() -> None:
    pipeline = Pipeline(Pool(Device()))
    pipeline.add_cmdlet("Get-Item")

    assert names_on_the_wire(pipeline.commands[-1]) >= NEEDED | SPARED
