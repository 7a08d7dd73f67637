"""What remoting_info sends, and the codes that the collection explains, against the contract."""

from __future__ import annotations

import typing as t

import pytest
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting import diagnosis
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.catalog import CATALOG, WSMAN_CODES
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.command import Command
from ansible_collections.autopilot.reset.plugins.plugin_utils._remoting.reading import plan

from tests.contract import tables

CONTRACT = tables.load()


def commands() -> t.Iterator[Command]:
    for precise in (False, True):
        for statement in plan({"clock": diagnosis.CLOCK, **diagnosis.reads()}, "token", precise=precise).statements:
            yield from statement


@pytest.mark.parametrize("command", list(commands()), ids=lambda command: command.name)
def test_everything_that_is_sent_stands_in_the_contract(command: Command) -> None:
    arguments: dict[str | None, t.Any] = {None: command.arguments}
    arguments.update(command.parameters)
    assert CONTRACT.check_command(command.name, arguments) == []


@pytest.mark.parametrize("sid", [diagnosis.ADMINISTRATORS, diagnosis.LOCAL_ACCOUNT, f"{diagnosis.INTEGRITY}{diagnosis.HIGH}"])
def test_every_sid_stands_in_the_contract(sid: str) -> None:
    assert sid in CONTRACT.tables["errors"]["sids"]


@pytest.mark.parametrize("number", WSMAN_CODES)
def test_every_code_stands_in_the_contract_under_its_name(number: int) -> None:
    kind, name = WSMAN_CODES[number]
    assert CONTRACT.codes("wsman")[number] == name
    assert kind in CATALOG


def test_an_item_of_the_wsman_drive_that_is_not_known_is_told() -> None:
    (violation,) = CONTRACT.check_command("Get-Item", {"LiteralPath": "WSMan:\\localhost\\Client\\TrustedHosts"})
    assert "unknown item" in violation
