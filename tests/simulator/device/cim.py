"""CIM instances of a device, derived from its state: plain values by property name. Types come from the contract.

A class is one function here and one entry of the contract's cim.yml.
"""

from __future__ import annotations

import typing as t

from . import identity
from .accounts import sids
from .device import Device
from .language import COUNTRY_CODES, LCIDS, TAGS
from .storage import GPT_TYPES, MIB, volume_path

Row: t.TypeAlias = dict[str, t.Any]


def rows(device: Device, class_name: str) -> list[Row]:
    """All instances of a class. Raises KeyError for one that has no function here."""
    return _CLASSES[class_name.lower()](device)


def _computer_system(device: Device) -> list[Row]:
    join, state = device.state.join, device.state
    return [
        {
            "Name": state.computer_name,
            "Caption": state.computer_name,
            "Domain": join.domain if join.in_domain else "WORKGROUP",
            "DomainRole": 1 if join.in_domain else 0,
            "Manufacturer": state.firmware.manufacturer,
            "Model": state.firmware.model,
            "PartOfDomain": join.in_domain,
            "PCSystemType": 2,
            "SystemType": "ARM64-based PC" if state.os.architecture == "ARM64" else "x64-based PC",
            "TotalPhysicalMemory": 16_860_622_848,
            "UserName": next((f"AzureAD\\{user.name}" for user in state.users if user.at_device), None),
            "Workgroup": None if join.in_domain else "WORKGROUP",
        }
    ]


def _bios(device: Device) -> list[Row]:
    firmware = device.state.firmware
    return [
        {
            "Name": firmware.bios_version,
            "Manufacturer": firmware.manufacturer,
            "ReleaseDate": firmware.bios_date,
            "SerialNumber": firmware.serial_number,
            "SMBIOSBIOSVersion": firmware.bios_version,
            "SMBIOSMajorVersion": 3,
            "SMBIOSMinorVersion": 4,
            "Version": f"CONTOS - {firmware.bios_version}",
        }
    ]


def _product(device: Device) -> list[Row]:
    firmware = device.state.firmware
    return [
        {
            "Name": firmware.model,
            "IdentifyingNumber": firmware.serial_number,
            "UUID": firmware.uuid,
            "Vendor": firmware.manufacturer,
            "Version": "",
        }
    ]


def _operating_system(device: Device) -> list[Row]:
    system, language = device.state.os, device.state.language
    return [
        {
            "Name": f"{system.caption}|{system.system_root}|\\Device\\Harddisk0\\Partition{device.state.storage.number('windows')}",
            "Caption": system.caption,
            "BuildNumber": str(system.build),
            "CountryCode": COUNTRY_CODES[language],
            "CSName": device.state.computer_name,
            "InstallDate": system.installed,
            "LastBootUpTime": system.started,
            "Locale": f"{LCIDS[language]:04x}",
            "MUILanguages": [TAGS[language]],
            "OperatingSystemSKU": system.sku,
            "OSArchitecture": "ARM 64-bit Processor" if system.architecture == "ARM64" else "64-bit",
            "OSLanguage": LCIDS[language],
            "ProductType": 1,
            "SystemDrive": system.system_root[:2],
            "Version": f"10.0.{system.build}",
            "WindowsDirectory": system.system_root,
        }
    ]


def _volumes(device: Device) -> list[Row]:
    storage, drive = device.state.storage, device.state.os.system_root[:2]
    found = []
    for number, partition in enumerate(storage.partitions, 1):
        if partition.kind == "reserved":
            continue
        path = volume_path(device.name, number)
        is_windows = partition.kind == "windows"
        used = partition.used_mib * MIB + device.state.winre.bytes_on(storage, number)
        found.append(
            {
                "Name": f"{drive}\\" if is_windows else path,
                "BootVolume": is_windows,
                "Capacity": partition.size_mib * MIB,
                "DeviceID": path,
                "DriveLetter": drive if is_windows else None,
                "DriveType": 3,
                "FileSystem": "FAT32" if partition.kind == "efi" else "NTFS",
                "FreeSpace": max(partition.size_mib * MIB - used, 0),
                "Label": partition.label,
                "SystemVolume": partition.kind == "efi",
            }
        )
    return found


def _partitions(device: Device) -> list[Row]:
    storage, drive = device.state.storage, device.state.os.system_root[0]
    disk = identity.guid(device.name, "disk")
    found = []
    for number, partition in enumerate(storage.partitions, 1):
        is_windows = partition.kind == "windows"
        paths = [volume_path(device.name, number)] if partition.kind != "reserved" else None
        guid = f"{{{identity.guid(device.name, f'partition/{number}')}}}"
        found.append(
            {
                "AccessPaths": [f"{drive}:\\", *(paths or [])] if is_windows else paths,
                "DiskId": f"\\\\?\\Disk{{{disk}}}",
                "DiskNumber": 0,
                "DriveLetter": drive if is_windows else "\0",
                "GptType": GPT_TYPES[partition.kind],
                "Guid": guid,
                "IsActive": False,
                "IsBoot": is_windows,
                "IsHidden": partition.kind in ("recovery", "reserved"),
                "IsOffline": False,
                "IsReadOnly": False,
                "IsSystem": partition.kind == "efi",
                "MbrType": None,
                "NoDefaultDriveLetter": not is_windows,
                "Offset": storage.offset(number),
                "OperationalStatus": 1,
                "PartitionNumber": number,
                "Size": partition.size_mib * MIB,
                "UniqueId": f"{guid}{disk}",
            }
        )
    return found


def _batteries(device: Device) -> list[Row]:
    power = device.state.power
    if not power.battery:
        return []
    return [
        {
            "Name": "CONTOSO-PRIMARY",
            "Caption": "Internal Battery",
            "Availability": 2 if power.on_mains else 3,
            "BatteryStatus": power.battery_status,
            "Chemistry": 6,
            "DesignVoltage": 11_550,
            "DeviceID": "1CONTOSO-PRIMARY",
            "EstimatedChargeRemaining": power.charge_percent,
            "EstimatedRunTime": 71_582_788 if power.on_mains else 184,
            "Status": "OK",
        }
    ]


def _updates(device: Device) -> list[Row]:
    return [
        {
            "Name": None,
            "Caption": f"https://support.microsoft.com/help/{update.removeprefix('KB')}",
            "CSName": device.state.computer_name,
            "Description": "Security Update",
            "HotFixID": update,
            "InstallDate": None,
            "InstalledBy": "NT AUTHORITY\\SYSTEM",
            "InstalledOn": "5/15/2025",
        }
        for update in device.state.updates.installed
    ]


def _profiles(device: Device) -> list[Row]:
    system = device.state.os
    drive = system.system_root[:2]
    services = [("S-1-5-18", f"{system.system_root}\\system32\\config\\systemprofile", True, True)]
    people = [(user.sid, f"{drive}\\Users\\{user.name}", user.loaded, False) for user in device.state.users]
    return [
        {
            "LastUseTime": system.started,
            "Loaded": loaded,
            "LocalPath": path,
            "RefCount": int(loaded),
            "RoamingConfigured": False,
            "SID": sid,
            "Special": special,
            "Status": 0,
        }
        for sid, path, loaded, special in [*services, *people]
    ]


def _encryptable_volumes(device: Device) -> list[Row]:
    storage, drive = device.state.storage, device.state.os.system_root[:2]
    codes = {"off": 0, "on": 1, "unknown": 2}
    return [
        {
            "DeviceID": volume_path(device.name, storage.number("windows") or 1),
            "DriveLetter": drive,
            "PersistentVolumeID": f"{{{identity.guid(device.name, 'bitlocker').upper()}}}" if storage.bitlocker else "",
            "ProtectionStatus": codes[storage.protection] if storage.bitlocker else 0,
        }
    ]


# Windows' own accounts beside those of the fleet, all of them disabled: name and RID.
_OWN_ACCOUNTS = (("Administrator", 500), ("Guest", 501), ("DefaultAccount", 503), ("WDAGUtilityAccount", 504))
_ADMINISTRATORS = ("built_in_administrator", "administrator")


def _groups(device: Device) -> list[Row]:
    name = _ADMINISTRATORS_GROUP.get(device.state.language, "Administrators")
    return [
        {
            "Name": name,
            "Caption": f"{device.state.computer_name}\\{name}",
            "Domain": device.state.computer_name,
            "LocalAccount": True,
            "SID": "S-1-5-32-544",
            "SIDType": 4,
            "Status": "OK",
        }
    ]


_ADMINISTRATORS_GROUP = {"de": "Administratoren", "fr": "Administrateurs"}


def _user_accounts(device: Device) -> list[Row]:
    accounts = device.state.accounts
    found = [_user_account(device, name, device.sid(name), disabled=False) for name in accounts]
    machine = identity_sid(device)
    taken = {row["SID"] for row in found}
    others = [(name, f"{machine}-{rid}") for name, rid in _OWN_ACCOUNTS]
    return found + [_user_account(device, name, sid, disabled=True) for name, sid in others if sid not in taken]


def identity_sid(device: Device) -> str:
    """The SID of the computer, which its accounts' begin with."""
    return sids(device.name, ["any"], {"any": "standard"})["any"].rpartition("-")[0]


def _user_account(device: Device, name: str, sid: str, *, disabled: bool) -> Row:
    computer = device.state.computer_name
    return {
        "Name": name,
        "Caption": f"{computer}\\{name}",
        "Disabled": disabled,
        "Domain": computer,
        "LocalAccount": True,
        "Lockout": False,
        "SID": sid,
        "SIDType": 1,
        "Status": "Degraded" if disabled else "OK",
    }


def members(device: Device) -> list[Row]:
    """The accounts in the administrators' group: the built-in one always is."""
    kinds = {name: account.kind for name, account in device.state.accounts.items()}
    accounts = _user_accounts(device)
    return [row for row in accounts if row["SID"].endswith("-500") or kinds.get(row["Name"]) in _ADMINISTRATORS]


_CLASSES: t.Mapping[str, t.Callable[[Device], list[Row]]] = {
    "win32_computersystem": _computer_system,
    "win32_bios": _bios,
    "win32_computersystemproduct": _product,
    "win32_operatingsystem": _operating_system,
    "win32_volume": _volumes,
    "win32_battery": _batteries,
    "win32_quickfixengineering": _updates,
    "win32_userprofile": _profiles,
    "msft_partition": _partitions,
    "win32_encryptablevolume": _encryptable_volumes,
    "win32_group": _groups,
    "win32_useraccount": _user_accounts,
}
