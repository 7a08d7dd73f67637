#!/usr/bin/python

# Copyright: the autopilot.reset contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is in plugins/action/winre.py.

DOCUMENTATION = r"""
---
module: winre
short_description: Enable or disable the Windows Recovery Environment
version_added: 0.1.0
description:
  - An Autopilot Reset needs the Windows Recovery Environment; without it Windows refuses with 0x80070032 before it touches anything.
  - Reads C(ReAgent.xml) and C(reagentc /info), runs C(reagentc) only when the state has to change, and reads back what it did.
  - A failure of C(reagentc) is explained, with its code, what that means for WinRE and what to try next.
extends_documentation_fragment:
  - autopilot.reset.device
options:
  state:
    description:
      - The state that WinRE should be in.
      - A device whose sources disagree (V(inconsistent)) is brought to this state as well, if Windows lets it.
    type: str
    choices: [enabled, disabled]
    default: enabled
seealso:
  - module: autopilot.reset.device_info
author:
  - The autopilot.reset founders (@autopilot-reset)
"""

EXAMPLES = r"""
- name: Make sure that WinRE is enabled
  autopilot.reset.winre:
    state: enabled

- name: See what would change
  autopilot.reset.winre:
    state: enabled
  check_mode: true
  diff: true
"""

RETURN = r"""
before:
  description: WinRE as it was, in the form of the C(winre) part of M(autopilot.reset.device_info), evidence included.
  returned: always, when the device could be read
  type: dict
winre:
  description: WinRE as it is now. In check mode the same as RV(before).
  returned: always, when the device could be read
  type: dict
changes:
  description: What changed, or would change.
  returned: always, when the device could be read
  type: list
  elements: dict
  sample: [{"setting": "winre.state", "before": "disabled", "after": "enabled"}]
unreadable:
  description: Paths of values that could not be read, with the reason.
  returned: always, when the device could be read
  type: dict
  sample: {}
reagentc:
  description: Exit code and text of the C(reagentc) run that did not lead to the wanted state.
  returned: failure
  type: dict
  sample: {"exit_code": 112, "text": "REAGENTC.EXE: Operation failed: 70"}
"""
