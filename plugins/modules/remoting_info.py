#!/usr/bin/python

# Copyright: the autopilot.reset contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is in plugins/action/remoting_info.py.

DOCUMENTATION = r"""
---
module: remoting_info
short_description: Say why the connection to a device works or does not
version_added: 0.1.0
description:
  - Opens the connection that the inventory describes and says what it is like, or why it cannot be opened and what to do about it.
  - A connection that fails is a result and not a failure of the task, and does not make the host unreachable. Look at
    RV(remoting.works) and RV(remoting.problem).
  - The TLS certificate is read over a connection of its own that sends no credentials.
  - All other modules of this collection give the same words for the same failure.
extends_documentation_fragment:
  - autopilot.reset.device
attributes:
  diff_mode:
    support: none
    description: Changes nothing, so there is no diff.
options: {}
seealso:
  - module: autopilot.reset.device_info
author:
  - The autopilot.reset founders (@autopilot-reset)
"""

EXAMPLES = r"""
- name: See how each device is reached
  autopilot.reset.remoting_info:
  register: way

- name: Name the problem and the next step
  ansible.builtin.debug:
    msg: "{{ way.remoting.problem.seen }} {{ way.remoting.problem.next_step }}"
  when: not way.remoting.works
"""

RETURN = r"""
remoting:
  description: The connection.
  returned: success
  type: dict
  contains:
    works: {description: Whether this collection can work over this connection., type: bool, sample: true}
    problem:
      description: Why it does not. V(null) when it does.
      type: dict
      contains:
        code: {description: Short name of the failure., type: str, sample: certificate_expired}
        seen: {description: What was seen., type: str}
        next_step: {description: What to do about it., type: str}
    controller:
      description: Versions on the controller. V(null) for what is not installed.
      type: dict
      sample: {"python": "3.12.3", "ansible_core": "2.19.2", "pypsrp": "0.9.1", "requests_credssp": null}
    target:
      description: How the inventory says the device is reached.
      type: dict
      contains:
        address: {description: Name or address., type: str, sample: lab-01.example.com}
        port: {description: TCP port., type: int, sample: 5986}
        protocol: {description: V(http) or V(https)., type: str, sample: https}
        path: {description: Path of the service., type: str, sample: wsman}
        user: {description: User name., type: str, sample: 'EXAMPLE\desktop-admin'}
        authentication: {description: Value of C(ansible_psrp_auth)., type: str, sample: negotiate}
        certificate_verification: {description: Whether the certificate is verified. V(null) over HTTP., type: bool, sample: true}
        ca_cert: {description: File or folder of the CAs that are trusted., type: str}
        message_encryption: {description: 'V(tls), V(sealed) (by the authentication) or V(none).', type: str, sample: tls}
        channel_binding: {description: Whether a channel binding token is sent. V(null) over HTTP., type: bool, sample: true}
        proxy: {description: Whether the inventory or the environment names a proxy for this device., type: bool, sample: false}
        configuration: {description: Session configuration., type: str, sample: Microsoft.PowerShell}
    tls:
      description: The certificate. V(null) over HTTP, and when nothing answered.
      type: dict
      contains:
        version: {description: TLS version that was agreed on., type: str, sample: TLSv1.3}
        subject: {description: Whose it is., type: str, sample: CN=lab-01.example.com}
        issuer: {description: Who issued it., type: str, sample: CN=Devices CA}
        names: {description: Names and addresses it is for., type: list, elements: str, sample: [lab-01.example.com]}
        not_before: {description: First moment of its validity (UTC)., type: str, sample: "2026-01-01T00:00:00Z"}
        not_after: {description: Last moment of its validity (UTC)., type: str, sample: "2027-01-01T00:00:00Z"}
        trusted: {description: Whether this controller trusts it for this address., type: bool, sample: true}
        problem: {description: Code of what is wrong with it., type: str, sample: certificate_name}
    endpoint:
      description: The PowerShell that answers. V(null) when there was no session.
      type: dict
      contains:
        powershell: {description: Version., type: str, sample: 5.1.22621.4249}
        edition: {description: V(Desktop) or V(Core)., type: str, sample: Desktop}
        platform: {description: V(Win32NT) or V(Unix)., type: str, sample: Win32NT}
        build: {description: Version of Windows., type: str, sample: 10.0.22621.4249}
        protocol: {description: Version of the remoting protocol., type: str, sample: "2.3"}
        bitness: {description: V(64) or V(32)., type: int, sample: 64}
        architecture: {description: Architecture of the session., type: str, sample: AMD64}
        language_mode: {description: Language mode of the session., type: str, sample: FullLanguage}
        limits:
          description: >-
            Settings of WinRM on the device: C(max_envelope_kib), C(max_timeout_ms), C(max_shells_per_user), C(max_concurrent_users),
            C(max_processes_per_shell), C(max_memory_per_shell_mib), C(idle_timeout_ms), C(max_operations_per_user),
            C(allow_unencrypted) and C(channel_binding) (V(None), V(Relaxed) or V(Strict)). A session configuration can have narrower
            ones of its own. V(null) for who is no administrator.
          type: dict
          sample: {"max_envelope_kib": 500, "max_shells_per_user": 30, "allow_unencrypted": false}
    account:
      description: Whose session it is, by SIDs. V(null) when there was no session.
      type: dict
      contains:
        sid: {description: SID of the user., type: str, sample: S-1-5-21-1004336348-1177238915-682003330-500}
        rights:
          description: V(administrator), V(filtered_administrator) (an administrator with a filtered token) or V(none).
          type: str
          sample: administrator
        elevated: {description: Whether the token has high integrity., type: bool, sample: true}
        local: {description: Whether it is a local account., type: bool, sample: true}
        built_in: {description: Whether it is a built-in administrator (RID 500)., type: bool, sample: true}
        needs_token_filter_policy:
          description: Whether its rights rest on C(LocalAccountTokenFilterPolicy).
          type: bool
          sample: false
    latency:
      description: Times as the controller saw them.
      type: dict
      contains:
        open_ms: {description: Milliseconds to sign in and open a session., type: int, sample: 640}
        command_ms: {description: Milliseconds of one small pipeline., type: int, sample: 90}
    clock:
      description: The device's clock. V(null) when it could not be read.
      type: dict
      contains:
        device: {description: Time on the device (UTC)., type: str, sample: "2026-03-01T12:00:00Z"}
        ahead_seconds: {description: How far it is ahead of the controller's., type: float, sample: 0.4}
    unreadable:
      description: Paths of values that could not be read, with the reason. Each of these values is V(null).
      type: dict
    warnings:
      description: What works and should be known all the same, in the form of RV(remoting.problem).
      type: list
      elements: dict
      sample: [{"code": "certificate_expiring", "seen": "...", "next_step": "Renew it on the device in time."}]
"""
