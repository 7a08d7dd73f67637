#!/usr/bin/python

# Copyright: the autopilot.reset contributors
# GNU General Public License v3.0-or-later (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

# Documentation only: the code is in plugins/action/device_info.py.

DOCUMENTATION = r"""
---
module: device_info
short_description: Read what matters to an Autopilot Reset from a Windows device
version_added: 0.1.0
description:
  - Returns the device document, one versioned structure in which the whole collection speaks.
  - Everything is read in one pipeline over one session, installed provisioning packages in a second one.
  - A value that could not be read is V(null), and its path stands in RV(device.unreadable) with the reason. It is never guessed.
extends_documentation_fragment:
  - autopilot.reset.device
attributes:
  diff_mode:
    support: none
    description: Changes nothing, so there is no diff.
options:
  gather:
    description:
      - Which parts of the document to read.
    type: list
    elements: str
    choices:
      - os
      - firmware
      - winre
      - join
      - reset_policy
      - management
      - autopilot
      - power
      - pending_reboot
      - updates
      - language
      - users
      - bitlocker
      - wifi
      - administrators
      - recovery_customizations
      - packages
      - remoting
    default:
      - os
      - firmware
      - winre
      - join
      - reset_policy
      - management
      - autopilot
      - power
      - pending_reboot
      - updates
      - language
      - users
      - bitlocker
      - wifi
      - administrators
      - recovery_customizations
      - packages
      - remoting
seealso:
  - module: autopilot.reset.winre
author:
  - The autopilot.reset founders (@autopilot-reset)
"""

EXAMPLES = r"""
- name: Read the whole document
  autopilot.reset.device_info:
  register: audit

- name: Say how each device is joined
  ansible.builtin.debug:
    msg: "{{ audit.device.firmware.serial_number }} is {{ audit.device.join.type }} joined"

- name: Read the recovery environment only
  autopilot.reset.device_info:
    gather: [winre]
"""

RETURN = r"""
device:
  description: The device document.
  returned: success
  type: dict
  contains:
    schema_version:
      description: Version of the structure. It grows when a field changes its meaning or goes away, not when one is added.
      type: int
      sample: 1
    gathered:
      description: The parts that were read.
      type: list
      elements: str
      sample:
        - os
        - firmware
        - winre
        - join
        - reset_policy
        - management
        - autopilot
        - power
        - pending_reboot
        - updates
        - language
        - users
        - bitlocker
        - wifi
        - administrators
        - recovery_customizations
        - packages
        - remoting
    unreadable:
      description: Paths of values that could not be read, with the reason. Each of these values is V(null).
      type: dict
      sample:
        winre.recovery_partitions: >-
          MSFT_Partition: access denied; the account is no administrator of the device, or has a filtered token.
    os:
      description: Windows, its edition, build and installation.
      type: dict
      contains:
        computer_name: {description: Name of the computer., type: str, sample: LAPTOP-0417}
        windows: {description: V(10) or V(11) by the build (from 22000 on it is 11)., type: str, sample: "11"}
        product_name:
          description: Name as the registry has it. It says Windows 10 on Windows 11 too.
          type: str
          sample: Windows 10 Enterprise
        edition: {description: EditionID., type: str, sample: Enterprise}
        version: {description: Feature version., type: str, sample: 23H2}
        build: {description: Build number., type: int, sample: 22631}
        revision: {description: Update build revision., type: int, sample: 4317}
        installation_type: {description: V(Client) on Windows 10 and 11., type: str, sample: Client}
        installed: {description: When this installation was made (UTC)., type: str, sample: "2025-03-02T09:14:11Z"}
        started: {description: When Windows started (UTC)., type: str, sample: "2025-06-02T06:55:00Z"}
        machine_guid: {description: Machine GUID of this installation., type: str, sample: 0b3c3f5e-8f1b-4c5e-9d7a-3f2f6f0f8a11}
        system_root: {description: Windows folder., type: str, sample: 'C:\Windows'}
        architecture: {description: Architecture of the session., type: str, sample: AMD64}
    firmware:
      description: What the device is.
      type: dict
      contains:
        serial_number: {description: BIOS serial number., type: str, sample: PF3K0417}
        uuid: {description: SMBIOS UUID in upper case., type: str, sample: 4C4C4544-0042-3510-8052-B4C04F4D3132}
        manufacturer: {description: Manufacturer., type: str, sample: LENOVO}
        model: {description: Model., type: str, sample: 21CBS0DU00}
        bios_version: {description: BIOS version., type: str, sample: N3AET74W}
    winre:
      description: The Windows Recovery Environment.
      type: dict
      contains:
        state:
          description: >-
            V(enabled) or V(disabled) when C(ReAgent.xml) and C(reagentc) agree, V(inconsistent) when they do not,
            V(null) when one of them could not be read.
          type: str
          sample: enabled
        location:
          description: Where the image is, as C(reagentc) says. V(null) when it names no place.
          type: dict
          contains:
            disk: {description: Disk number., type: int, sample: 0}
            partition: {description: Partition number., type: int, sample: 4}
            volume: {description: Volume GUID where the place is named by volume., type: str}
            folder: {description: Folder on the partition., type: str, sample: '\Recovery\WindowsRE'}
            text:
              description: The place as printed.
              type: str
              sample: '\\?\GLOBALROOT\device\harddisk0\partition4\Recovery\WindowsRE'
        partition:
          description: The partition of RV(device.winre.location).
          type: dict
          contains:
            disk: {description: Disk number., type: int, sample: 0}
            partition: {description: Partition number., type: int, sample: 4}
            size: {description: Size in bytes., type: int, sample: 943718400}
            free: {description: Free space in bytes., type: int, sample: 322961408}
            type: {description: GPT type., type: str, sample: '{de94bba4-06d1-4d40-a16a-bfd50179d6ac}'}
        recovery_partitions:
          description: All partitions of the recovery type, in the form of RV(device.winre.partition). The type alone does not prove WinRE.
          type: list
          elements: dict
          contains:
            disk: {description: Disk number., type: int, sample: 0}
            partition: {description: Partition number., type: int, sample: 4}
            size: {description: Size in bytes., type: int, sample: 943718400}
            free: {description: Free space in bytes., type: int, sample: 322961408}
            type: {description: GPT type., type: str, sample: '{de94bba4-06d1-4d40-a16a-bfd50179d6ac}'}
        version: {description: Version of the image where Windows tells it., type: str, sample: 10.0.22621.4034}
        evidence:
          description: What the verdict rests on.
          type: dict
          contains:
            reagent_xml:
              description: What C(ReAgent.xml) says. V(null) when there is no such file.
              type: dict
              contains:
                install_state: {description: 1 is installed., type: int, sample: 1}
                path: {description: Folder of the image., type: str, sample: '\Recovery\WindowsRE'}
                offset: {description: Start of the partition in bytes., type: int, sample: 510746689536}
                disk_guid: {description: Disk., type: str, sample: '{0f2f4a0e-8d5e-4a0e-8d5e-2a2f0c9b7e11}'}
                staged: {description: Whether an image is staged., type: bool, sample: false}
                bcd_id: {description: Boot entry., type: str, sample: '{3c1f8a5c-0f2f-11ee-8d5e-2a2f0c9b7e11}'}
            reagentc:
              description: What C(reagentc /info) said.
              type: dict
              contains:
                exit_code: {description: Exit code., type: int, sample: 0}
                status: {description: V(Enabled) or V(Disabled). This word is not translated., type: str, sample: Enabled}
                bcd_id: {description: Boot entry., type: str, sample: 3c1f8a5c-0f2f-11ee-8d5e-2a2f0c9b7e11}
                error:
                  description: The error number in its text, explained.
                  type: dict
                  contains:
                    number: {description: 'The number, unsigned.', type: int, sample: 2}
                    name: {description: Windows' name of it., type: str, sample: ERROR_FILE_NOT_FOUND}
                    meaning: {description: What it means for WinRE., type: str, sample: the WinRE image was not found.}
                    next_step: {description: What to do., type: str, sample: Put a winre.wim that matches into System32.}
                text: {description: Its whole text., type: str}
            staged_image_bytes: {description: Size of a C(Winre.wim) that waits in System32., type: int}
    join:
      description: How the device is joined.
      type: dict
      contains:
        type: {description: 'V(entra), V(hybrid), V(domain) or V(workgroup).', type: str, sample: entra}
        entra_joined: {description: Whether the device is joined to Microsoft Entra., type: bool, sample: true}
        domain_joined: {description: Whether the device is joined to an Active Directory domain., type: bool, sample: false}
        domain: {description: The domain., type: str, sample: corp.example.com}
        tenant_id: {description: Entra tenant., type: str, sample: 6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10}
    reset_policy:
      description: Whether the lock screen offers Autopilot Reset (C(DisableAutomaticReDeploymentCredentials)).
      type: dict
      contains:
        state: {description: 'V(allowed), V(blocked) or V(not_configured).', type: str, sample: allowed}
        effective: {description: V(allowed) or V(blocked). Windows blocks when nothing is configured., type: str, sample: allowed}
        value: {description: The value itself., type: int, sample: 0}
        winning_provider:
          description: Enrollment id and name of the provider whose value won.
          type: dict
          contains:
            id: {description: Enrollment id., type: str, sample: B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E}
            name: {description: ProviderID of that enrollment., type: str, sample: MS DM Server}
        providers:
          description: Every provider that sets the policy.
          type: list
          elements: dict
          contains:
            id: {description: Enrollment id., type: str, sample: B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E}
            name: {description: ProviderID of that enrollment., type: str, sample: MS DM Server}
            value: {description: Its value., type: int, sample: 0}
    management:
      description: Mobile device management, without the pseudo-providers that every Windows carries.
      type: dict
      contains:
        enrolled: {description: Whether an MDM manages the device. App management alone does not count., type: bool, sample: true}
        intune: {description: Whether Microsoft Intune is among them., type: bool, sample: true}
        enrollments:
          description: Each enrollment.
          type: list
          elements: dict
          contains:
            id: {description: Enrollment id., type: str, sample: B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E}
            provider: {description: ProviderID. V(MS DM Server) is Microsoft Intune., type: str, sample: MS DM Server}
            type: {description: EnrollmentType. V(6) is the whole device with Entra., type: int, sample: 6}
            tenant_id: {description: Entra tenant., type: str, sample: 6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10}
            server: {description: Host of the enrollment service., type: str, sample: enrollment.manage.microsoft.com}
    autopilot:
      description: What the device knows of its Autopilot profile. Absence proves nothing, and a reset needs no profile.
      type: dict
      contains:
        profile_available: {description: What the service answered last. V(null) when nothing is known., type: bool, sample: true}
        profile_name: {description: Name of the deployment profile., type: str, sample: School laptops}
        hybrid_join_profile: {description: Whether the profile joins devices to a domain as well., type: bool, sample: false}
        tenant_domain: {description: Domain of the tenant., type: str, sample: contoso.example}
        tenant_id: {description: The tenant., type: str, sample: 6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10}
    power:
      description: Where the power comes from.
      type: dict
      contains:
        battery: {description: Whether there is a battery., type: bool, sample: true}
        on_mains: {description: Whether the device is on mains power., type: bool, sample: true}
        charge_percent: {description: Charge of the emptiest battery. V(null) without a battery., type: int, sample: 96}
    pending_reboot:
      description: Whether Windows waits for a restart.
      type: dict
      contains:
        pending: {description: Whether servicing or Windows Update waits., type: bool, sample: false}
        servicing: {description: Whether servicing (C(Component Based Servicing)) waits., type: bool, sample: false}
        windows_update: {description: Whether Windows Update waits., type: bool, sample: false}
        file_renames: {description: Whether files are renamed at the next start. Common and harmless., type: bool, sample: false}
    updates:
      description: Updates that matter to a reset.
      type: dict
      contains:
        installed: {description: The updates that Windows lists., type: list, elements: str, sample: [KB5058405]}
        breaking_reset:
          description: The update that makes resets of this build revision roll back. V(null) when none is known.
          type: dict
          contains:
            kb: {description: The update., type: str, sample: KB5063875}
            repaired_by: {description: The first update that repairs it. Later cumulative updates do too., type: str, sample: KB5066189}
    language:
      description: Language, region and keyboard, which a reset sets back to their original values.
      type: dict
      contains:
        display_languages: {description: Display languages., type: list, elements: str, sample: [de-DE]}
        locale: {description: Language id in hexadecimal., type: str, sample: "0407"}
        country_code: {description: Country code as used in phone numbers., type: str, sample: "49"}
        keyboards: {description: Keyboard layouts of the sign-in screen in order., type: list, elements: str, sample: ["00000407"]}
    users:
      description: Who is signed in, and who has a profile.
      type: dict
      contains:
        console_user: {description: Who is signed in at the device. V(null) when nobody is., type: str, sample: 'AzureAD\staff'}
        profiles:
          description: The profiles of people.
          type: list
          elements: dict
          contains:
            sid: {description: Security identifier., type: str, sample: S-1-12-1-1943430372-1249052806-2496021943-3034400218}
            path: {description: Folder of the profile., type: str, sample: 'C:\Users\staff'}
            in_use: {description: Whether the profile is loaded., type: bool, sample: false}
    bitlocker:
      description: BitLocker. Ids of keys only, never a key or a recovery password.
      type: dict
      contains:
        volumes:
          description: The volumes that BitLocker can encrypt.
          type: list
          elements: dict
          contains:
            drive: {description: Drive letter. V(null) for a volume without one., type: str, sample: 'C:'}
            protection:
              description: V(on), V(off) (also while suspended) or V(unknown) (the volume is locked).
              type: str
              sample: "on"
            id: {description: The volume., type: str, sample: '\\?\Volume{6a1d8a5c-0f2f-4a0e-8d5e-2a2f0c9b7e11}\'}
        recovery_key_ids:
          description: Ids of the recovery passwords of the system drive, under which the directory keeps them.
          type: list
          elements: str
          sample: [5B0C4C39-0F3C-4F8B-9C0E-0A1B2C3D4E5F]
    wifi:
      description: Wi-Fi profiles for all users, which a reset keeps. Keys stay on the device.
      type: dict
      contains:
        profiles: {description: Names of the profiles., type: list, elements: str, sample: [School]}
    administrators:
      description: Who is an administrator of the device, and what that is worth over the network. Entra accounts and groups do not show.
      type: dict
      contains:
        token_filtering:
          description: Whether local administrators get a filtered token over the network (C(LocalAccountTokenFilterPolicy) is not 1).
          type: bool
          sample: true
        accounts:
          description: Accounts in the administrators' group.
          type: list
          elements: dict
          contains:
            name: {description: Name of the account., type: str, sample: Administrator}
            domain: {description: Its computer or domain., type: str, sample: LAPTOP-0417}
            sid: {description: Security identifier., type: str, sample: S-1-5-21-1943430372-1249052806-2496021943-500}
            local: {description: Whether it is an account of this device., type: bool, sample: true}
            built_in: {description: Whether it is the built-in Administrator., type: bool, sample: true}
            disabled: {description: Whether it is disabled., type: bool, sample: false}
            remote_rights: {description: V(full) or V(filtered)., type: str, sample: full}
    recovery_customizations:
      description: Files in the C(Recovery) folder that push-button reset restores.
      type: dict
      contains:
        packages: {description: Names in C(Recovery\Customizations)., type: list, elements: str, sample: [school.ppkg]}
        auto_apply: {description: Names in C(Recovery\AutoApply)., type: list, elements: str, sample: [unattend.xml]}
    packages:
      description: Provisioning packages. A reset applies those that are installed again.
      type: dict
      contains:
        installed:
          description: The packages that Windows holds as installed.
          type: list
          elements: dict
          contains:
            id: {description: Package id in upper case., type: str, sample: C9E2A1B0-5D4F-4E3A-8B7C-6D5E4F3A2B1C}
            name: {description: Name of the package., type: str, sample: School}
            version: {description: Its version., type: str, sample: "1.2"}
            owner: {description: Its owner where Windows tells it., type: str, sample: ITAdmin}
            rank: {description: Its rank where Windows tells it., type: int, sample: 0}
    remoting:
      description: What of the way we came in would not survive a reset.
      type: dict
      contains:
        account:
          description: The account of the session.
          type: dict
          contains:
            name: {description: Name of the account., type: str, sample: Administrator}
            domain: {description: Its computer or domain., type: str, sample: LAPTOP-0417}
            local: {description: Whether it is an account of this device., type: bool, sample: true}
        listeners:
          description: WinRM's listeners. A policy may make others.
          type: list
          elements: dict
          contains:
            transport: {description: V(HTTP) or V(HTTPS)., type: str, sample: HTTPS}
            address: {description: Where it listens. V(*) is everywhere., type: str, sample: "*"}
            port: {description: TCP port., type: int, sample: 5986}
        survives_reset:
          description: >-
            V(no) when nothing on the device could set remoting up again (the MDM still may), V(unknown) when a provisioning package
            could. It is never promised.
          type: str
          sample: "no"
        reasons:
          description: Why, in words.
          type: list
          elements: str
          sample: [No provisioning package is there that could set up remoting again.]
"""
