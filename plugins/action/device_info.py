"""Read the device document. Documentation: plugins/modules/device_info.py."""

from __future__ import annotations

import typing as t

from ..plugin_utils._device import document
from ..plugin_utils._remoting.session import Session
from ..plugin_utils._task import DeviceTask

PARTS = list(document.PARTS)


class ActionModule(DeviceTask):
    ARGUMENTS: t.ClassVar = {
        "gather": {"type": "list", "elements": "str", "choices": PARTS, "default": PARTS},
    }

    def on_device(self, session: Session, arguments: dict[str, t.Any]) -> dict[str, t.Any]:
        return {"device": document.gather(session, arguments["gather"])}
