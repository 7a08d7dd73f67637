"""Put the results of many devices together. Documentation: plugins/modules/fleet_report.py."""

from __future__ import annotations

import json
import pathlib
import typing as t

from ..plugin_utils._report import fleet
from ..plugin_utils._task import Task, TaskError, native


class ActionModule(Task):
    ARGUMENTS: t.ClassVar = {
        "hosts": {"type": "list", "elements": "str", "required": True},
        "dest": {"type": "path"},
        "report_dest": {"type": "path"},
    }

    def operate(self, arguments: dict[str, t.Any], task_vars: dict[str, t.Any]) -> dict[str, t.Any]:
        hostvars = task_vars["hostvars"]
        rows = [
            fleet.row(host, _variable(hostvars, host, "audit_result"), _variable(hostvars, host, "prepare_result"))
            for host in arguments["hosts"]
        ]
        shown = {row.host: row.as_dict() for row in rows}
        written = [
            self._write(arguments[option], content)
            for option, content in (("dest", {row.host: row.document for row in rows}), ("report_dest", shown))
            if arguments[option] is not None
        ]
        for line in fleet.table(rows).splitlines():
            self.say(line)
        return {"changed": any(written), "msg": fleet.summary(rows), "by_state": fleet.by_state(rows), "devices": shown}

    def _write(self, dest: str, devices: dict[str, t.Any]) -> bool:
        text = json.dumps({"devices": devices}, indent=2, sort_keys=True) + "\n"
        path = pathlib.Path(dest).expanduser()
        try:
            if path.is_file() and path.read_text(encoding="utf-8") == text:
                return False
            if not self.check_mode:
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise TaskError(f"The report could not be written to {path}: {error.strerror or error}. Choose another dest.") from error
        return True


def _variable(hostvars: t.Any, host: str, name: str) -> dict[str, t.Any] | None:
    if host not in hostvars:
        raise TaskError(f"'{host}' is no host of this inventory.")
    value = native(hostvars[host].get(name))
    return value if isinstance(value, dict) and not value.get("skipped") else None
