#!/usr/bin/python

# Copyright: the autopilot.reset contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is in plugins/action/fleet_report.py.

DOCUMENTATION = r"""
---
module: fleet_report
short_description: Show what many devices need, host first
version_added: 0.1.0
description:
  - Puts together what the roles C(audit) and C(prepare) left behind for each host, prints a table with the host first, and can write all
    device documents to one JSON file on the controller.
  - Reads the variables C(audit_result) and C(prepare_result) of each host. A host without a result is reported as failed, never left out.
  - Needs no device and opens no connection.
options:
  hosts:
    description: Inventory names of the devices to report on.
    type: list
    elements: str
    required: true
  dest:
    description:
      - File on the controller for the device documents, in JSON, with one key C(devices) that holds each document under its host's name.
      - A device that could not be audited has a document with C(failure) in it.
      - When omitted, no file is written.
    type: path
  report_dest:
    description:
      - File on the controller for what the table shows, in JSON, the same as RV(devices).
      - When omitted, no file is written.
    type: path
attributes:
  action:
    support: full
    description: Runs on the controller only.
  async:
    support: none
    description: Can be used with C(async).
  check_mode:
    support: full
    description: Writes no file and says whether it would.
  diff_mode:
    support: none
    description: Shows no diff.
  platform:
    platforms: windows
    support: full
    description: The operating systems of the devices.
seealso:
  - module: autopilot.reset.device_info
author:
  - The autopilot.reset founders (@autopilot-reset)
"""

EXAMPLES = r"""
- name: Audit the devices
  hosts: devices
  gather_facts: false
  roles:
    - role: autopilot.reset.audit

- name: Report
  hosts: devices:localhost
  gather_facts: false
  tasks:
    - name: Show what the devices need
      autopilot.reset.fleet_report:
        hosts: "{{ ansible_play_hosts_all | reject('equalto', 'localhost') | list }}"
        dest: fleet.json
      run_once: true
"""

RETURN = r"""
by_state:
  description: The hosts in each state. The states of devices never make this task fail, so that what it found is not lost.
  returned: always
  type: dict
  sample: {"ready": [lab-01, lab-02], "not_ready": [], "unknown": [], "failed": [], "unreachable": [lab-06]}
devices:
  description: State, findings, changes and error per device.
  returned: always
  type: dict
msg:
  description: One sentence.
  returned: always
  type: str
  sample: "44 devices: 41 ready, 2 not ready, 1 unreachable."
"""
