"""Runs an action as the task executor would, over a connection that stands in for psrp's."""

from __future__ import annotations

import types
import typing as t

from ansible_collections.autopilot.reset.tests.unit.device import Device, Pool

PASSWORD = "correct horse battery"
DESKTOP = {"PSVersion": "5.1.22621.1", "PSEdition": "Desktop"}


class Connection:
    """What an action uses of the psrp connection; `opened` counts."""

    transport = "psrp"

    def __init__(self, device: Device, *, password: str = PASSWORD, version_table: dict[str, t.Any] | None = None) -> None:
        self.runspace = Pool(device, version_table=DESKTOP if version_table is None else version_table)
        self._shell = types.SimpleNamespace(tmpdir="nothing is ever copied")
        self.become: object | None = None
        self.opened = 0
        self.failing: BaseException | None = None
        self.options: dict[str, t.Any] = {
            "remote_addr": "192.0.2.7",
            "port": 5986,
            "protocol": "https",
            "remote_user": "CORP\\admin",
            "remote_password": password,
            "auth": "ntlm",
        }

    def get_option(self, name: str) -> t.Any:
        return self.options[name]

    def _connect(self) -> None:
        self.opened += 1
        if self.failing is not None:
            raise self.failing


def action(
    kind: type[t.Any],
    connection: t.Any,
    arguments: dict[str, t.Any] | None = None,
    *,
    check_mode: bool = False,
    diff: bool = False,
    become: bool = False,
    async_val: int = 0,
) -> t.Any:
    """An action plugin with a task around it."""
    task = types.SimpleNamespace(
        action="autopilot.reset.test",
        args=arguments or {},
        check_mode=check_mode,
        diff=diff,
        become=become,
        async_val=async_val,
        environment=None,
        no_log=False,
    )
    context = types.SimpleNamespace(check_mode=check_mode, diff=diff, become=become)
    plugin = kind(task, connection, context, None, None, None)
    plugin._load_name = task.action
    return plugin


def run(kind: type[t.Any], connection: t.Any, arguments: dict[str, t.Any] | None = None, **options: t.Any) -> dict[str, t.Any]:
    result: dict[str, t.Any] = action(kind, connection, arguments, **options).run(None, {"inventory_hostname": "lab-01"})
    return result
