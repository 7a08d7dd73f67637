"""The device_info action: one pipeline, the parts that were asked for, nothing changed."""

from __future__ import annotations

import json

import pytest
from ansible.errors import AnsibleError
from ansible_collections.autopilot.reset.plugins.action.device_info import ActionModule
from ansible_collections.autopilot.reset.tests.unit.actions import Connection, run
from ansible_collections.autopilot.reset.tests.unit.windows import windows


def test_it_returns_the_document_and_changes_nothing() -> None:
    connection = Connection(windows())
    found = run(ActionModule, connection, check_mode=True)

    assert (found["changed"], found["failed"]) == (False, False)
    assert found["device"]["schema_version"] == 1
    assert set(found["device"]["gathered"]) == set(ActionModule.ARGUMENTS["gather"]["default"])
    assert json.loads(json.dumps(found)) == found
    assert len(connection.runspace.calls) == 2


def test_parts_can_be_chosen() -> None:
    assert run(ActionModule, Connection(windows()), {"gather": ["join"]})["device"]["gathered"] == ["join"]


def test_an_unknown_part_is_refused_before_the_connection_opens() -> None:
    connection = Connection(windows())

    with pytest.raises(AnsibleError, match="tpm"):
        run(ActionModule, connection, {"gather": ["tpm"]})
    assert connection.opened == 0
