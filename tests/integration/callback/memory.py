"""A callback for the tests: the peak memory of the ansible-playbook process, in KiB, into the file named by RECORD_MEMORY."""

from __future__ import annotations

import os
import pathlib

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: memory
type: notification
short_description: Peak memory
description: Writes the peak resident memory of the process that runs the playbook, for the integration tests.
"""


class CallbackModule(CallbackBase):
    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "notification"
    CALLBACK_NAME = "memory"
    CALLBACK_NEEDS_ENABLED = True

    def v2_playbook_on_stats(self, stats):
        # Not getrusage: it counts what the process that started this one had, too.
        status = dict(line.split(":", 1) for line in pathlib.Path("/proc/self/status").read_text(encoding="utf-8").splitlines())
        peak = status["VmHWM"].split()[0]
        pathlib.Path(os.environ["RECORD_MEMORY"]).write_text(f"{peak}\n", encoding="utf-8")
