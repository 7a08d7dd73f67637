"""What every module that talks to a device over psrp has in common."""

from __future__ import annotations


class ModuleDocFragment:
    DOCUMENTATION = r"""
requirements:
  - pypsrp >= 0.9.0 (on the controller, in the Python that runs Ansible)
notes:
  - Needs C(ansible_connection=psrp) and uses every option that the inventory sets for it; there is no second set of credentials.
  - The device's endpoint has to be 64-bit Windows PowerShell 5.1, which is the default endpoint of every Windows 10 and 11.
  - The user has to be an administrator of the device. A local administrator other than the built-in one gets a filtered token over the
    network unless the device sets C(LocalAccountTokenFilterPolicy).
  - The module itself runs on the controller. Nothing is copied to the device and no script text is sent.
attributes:
  action:
    support: full
    description: Runs on the controller and talks to the device through the connection.
  async:
    support: none
    description: Can be used with C(async).
  become:
    support: none
    description: C(become) is refused, since commands run in the session of the connection's own user.
  bypass_host_loop:
    support: none
    description: Runs for each host of the play.
  check_mode:
    support: full
    description: Can run in check mode and says what it would change.
  connection:
    support: full
    description: Uses the psrp connection of the host.
  delegation:
    support: full
    description: Can be used with C(delegate_to); the delegate is then the device that is meant.
  diff_mode:
    support: full
    description: Returns what changed, or would change, as a diff.
  platform:
    platforms: windows
    support: full
    description: The operating systems of the devices.
"""
