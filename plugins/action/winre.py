"""Switch the Windows Recovery Environment on or off. Documentation: plugins/modules/winre.py."""

from __future__ import annotations

import typing as t

from ..plugin_utils._changes import ChangeSet
from ..plugin_utils._device import document, winre
from ..plugin_utils._remoting.session import Session
from ..plugin_utils._task import DeviceTask, TaskError


class ActionModule(DeviceTask):
    ARGUMENTS: t.ClassVar = {
        "state": {"type": "str", "choices": ["enabled", "disabled"], "default": "enabled"},
    }

    def on_device(self, session: Session, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        wanted = arguments["state"]
        before, unreadable = _read(session)
        if before["state"] is None:
            raise TaskError(
                f"The state of WinRE could not be read, so nothing was changed. {unreadable.get('winre.state', '')}".strip(),
                before=before,
                unreadable=unreadable,
            )
        changes = ChangeSet.between({"winre.state": before["state"]}, {"winre.state": wanted})
        result = {**self.changes(changes, "winre"), "before": before, "winre": before, "unreadable": unreadable}
        if not changes or self.check_mode:
            return result

        verb = winre.switch_arguments(wanted)
        self.progress(f"reagentc {verb}")
        switched = winre.read_switch(verb, session.run_native(winre.REAGENTC, verb))
        after, unreadable = _read(session)
        result.update(winre=after, unreadable=unreadable, changed=after["state"] != before["state"])
        if after["state"] == wanted:
            return {**result, "msg": switched.message}
        told = switched.message if not switched.ok else f"reagentc {verb} reported success."
        raise TaskError(
            f"{told} WinRE is {after['state'] or 'in a state that could not be read'}, not {wanted}.",
            **{**result, "reagentc": {"exit_code": switched.exit_code, "text": switched.text}},
        )


def _read(session: Session) -> tuple[dict[str, t.Any], dict[str, str]]:
    found = document.gather(session, (winre.NAME,))
    return found[winre.NAME], found["unreadable"]
