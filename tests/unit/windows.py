"""A whole Windows 11 for unit tests: what the collection reads of it, in the places where Windows keeps it."""

from __future__ import annotations

import typing as t

from ansible_collections.autopilot.reset.tests.unit import clixml
from ansible_collections.autopilot.reset.tests.unit.device import Device, Program

CURRENT_VERSION = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows NT\\CurrentVersion"
POLICY_MANAGER = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\PolicyManager"
ENROLLMENTS = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Enrollments"
JOIN_INFO = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\CloudDomainJoin\\JoinInfo"
PROVISIONING = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Provisioning"
POLICY = "DisableAutomaticReDeploymentCredentials"
INTUNE = "B4B1F6F4-7D0B-4E5B-8F6C-9F0B5B6C7D8E"
RECOVERY = "{de94bba4-06d1-4d40-a16a-bfd50179d6ac}"
VOLUME = "\\\\?\\Volume{6a1d8a5c-0f2f-4a0e-8d5e-2a2f0c9b7e11}\\"
PLACE = "\\\\?\\GLOBALROOT\\device\\harddisk0\\partition4\\Recovery\\WindowsRE"
BITLOCKER = "Win32_EncryptableVolume"
KEY_ID = "5B0C4C39-0F3C-4F8B-9C0E-0A1B2C3D4E5F"
PACKAGE_ID = "c9e2a1b0-5d4f-4e3a-8b7c-6d5e4f3a2b1c"
ADMINISTRATOR = {
    "Name": "Administrator",
    "Domain": "LAB-01",
    "SID": "S-1-5-21-1-2-3-500",
    "LocalAccount": True,
    "Disabled": False,
}
LISTENER = "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\WSMAN\\Listener\\*+HTTP"
STORAGE = "root/Microsoft/Windows/Storage:MSFT_Partition"


class Recovery:
    """WinRE as `reagentc` keeps it: the file, the text and the exit codes follow one state, unless a test says otherwise."""

    def __init__(self, *, enabled: bool = True, failure: int | None = None, stuck: bool = False) -> None:
        self.enabled = enabled
        self.failure = failure
        self.stuck = stuck
        self.device: Device | None = None
        self.writes: list[str] = []

    def xml(self) -> str:
        path, state = ("\\Recovery\\WindowsRE", 1) if self.enabled else ("", 0)
        place = f'<WinreLocation path="{path}" id="0" offset="1048576" guid="{{0}}"/>'
        return f'\ufeff<WindowsRE version="2.0"><WinreBCD id="{{0}}"/>{place}<InstallState state="{state}"/></WindowsRE>'

    def run(self, arguments: tuple[t.Any, ...]) -> Program:
        if arguments == ("/info",):
            word, place = ("Enabled", PLACE) if self.enabled else ("Disabled", "")
            text = [f"    Windows RE status:         {word}", f"    Windows RE location:       {place}", ""]
            return Program([*text, "REAGENTC.EXE: Operation Successful."])
        self.writes.append(*arguments)
        if self.failure is not None:
            return Program([f"REAGENTC.EXE: Operation failed: {self.failure:x}"], self.failure)
        if not self.stuck:
            self.enabled = arguments == ("/enable",)
            for place in [known for known in (self.device.files if self.device else {}) if known.endswith("ReAgent.xml")]:
                t.cast("Device", self.device).files[place] = self.xml()
        return Program(["REAGENTC.EXE: Operation Successful."])


def windows(recovery: Recovery | None = None, *, root: str = "C:\\WINDOWS", **changes: t.Any) -> Device:
    """An Entra joined device on which Intune allows Autopilot Reset."""
    recovery = recovery or Recovery()
    device = Device(
        registry={
            CURRENT_VERSION: {
                "ProductName": "Windows 10 Enterprise",
                "EditionID": "Enterprise",
                "DisplayVersion": "23H2",
                "ReleaseId": "2009",
                "CurrentBuildNumber": "22631",
                "UBR": 4317,
                "InstallationType": "Client",
                "InstallDate": 1740906851,
            },
            "HKEY_LOCAL_MACHINE\\SOFTWARE\\Microsoft\\Cryptography": {"MachineGuid": "0b3c3f5e-8f1b-4c5e-9d7a-3f2f6f0f8a11"},
            f"{JOIN_INFO}\\0123456789ABCDEF": {"TenantId": "6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10", "UserEmail": "a@example.com"},
            f"{POLICY_MANAGER}\\current\\device\\CredentialProviders": {POLICY: 0, f"{POLICY}_WinningProvider": INTUNE},
            f"{POLICY_MANAGER}\\providers\\{INTUNE}\\default\\Device\\CredentialProviders": {POLICY: 0},
            f"{ENROLLMENTS}\\{INTUNE}": {
                "ProviderID": "MS DM Server",
                "EnrollmentState": 1,
                "EnrollmentType": 6,
                "DiscoveryServiceFullURL": "https://enrollment.manage.microsoft.com/enrollmentserver/discovery.svc",
                "AADTenantID": "6f8b2c1e-4c1c-4e39-9a0e-2e5f3f0d7b10",
            },
            f"{PROVISIONING}\\AutopilotPolicyCache": {
                "PolicyJsonCache": '{"DeploymentProfileName": "School laptops", "CloudAssignedDomainJoinMethod": 0}',
                "ProfileAvailable": 1,
            },
            f"{PROVISIONING}\\Diagnostics\\Autopilot": {
                "CloudAssignedTenantDomain": "contoso.example",
                "CloudAssignedTenantId": "6f8b2c1e",
            },
            "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Session Manager": {"BootExecute": ["autocheck autochk *"]},
            LISTENER: {"Port": 5985, "uriprefix": "wsman"},
            "HKEY_USERS\\.DEFAULT\\Keyboard Layout\\Preload": {"1": "00000407", "2": "00000409"},
        },
        files={f"{root}\\System32\\Recovery\\ReAgent.xml": recovery.xml()},
        environment={"SystemRoot": root, "PROCESSOR_ARCHITECTURE": "AMD64", "USERNAME": "Administrator", "USERDOMAIN": "LAB-01"},
        cim={
            "root/cimv2:Win32_BIOS": [{"SerialNumber": "PF3K0417", "SMBIOSBIOSVersion": "N3AET74W"}],
            "root/cimv2:Win32_ComputerSystemProduct": [{"UUID": "4c4c4544-0042-3510-8052-b4c04f4d3132"}],
            "root/cimv2:Win32_ComputerSystem": [
                {"Name": "LAB-01", "Manufacturer": "LENOVO", "Model": "21CBS0DU00", "PartOfDomain": False, "Domain": "WORKGROUP"}
            ],
            "root/cimv2:Win32_OperatingSystem": [
                {
                    "LastBootUpTime": "2025-06-02T08:55:00.5000000+02:00",
                    "MUILanguages": ["de-DE"],
                    "Locale": "0407",
                    "CountryCode": "49",
                }
            ],
            "root/cimv2:Win32_Battery": [{"BatteryStatus": 2, "EstimatedChargeRemaining": 96}],
            "root/cimv2:Win32_QuickFixEngineering": [{"HotFixID": "KB5058405"}],
            "root/cimv2:Win32_UserProfile": [{"SID": "S-1-12-1-1", "LocalPath": "C:\\Users\\staff", "Loaded": False}],
            f"root/cimv2/Security/MicrosoftVolumeEncryption:{BITLOCKER}": [
                {"DeviceID": VOLUME, "DriveLetter": root[:2], "ProtectionStatus": 1}
            ],
            "root/cimv2:Win32_Volume": [{"DeviceID": VOLUME, "FreeSpace": 322961408}],
            STORAGE: [
                {"DiskNumber": 0, "PartitionNumber": 1, "Size": 272629760, "GptType": "{c12a7328}", "AccessPaths": []},
                {"DiskNumber": 0, "PartitionNumber": 4, "Size": 943718400, "GptType": RECOVERY, "AccessPaths": [VOLUME]},
            ],
        },
        pipes={
            "Invoke-CimMethod": [
                clixml.method_result(f"{BITLOCKER}#GetKeyProtectors", ReturnValue=0, VolumeKeyProtectorID=f"{{{KEY_ID}}}")
            ],
            "Get-CimAssociatedInstance": [clixml.cim_instance("root/cimv2", "Win32_UserAccount", ADMINISTRATOR)],
            "Select-Object": [clixml.value("School")],
            "Get-ProvisioningPackage": [clixml.note_object({"PackageId": PACKAGE_ID, "PackageName": "School", "Version": "1.2"})],
        },
        programs={"reagentc.exe": recovery.run},
        **changes,
    )
    recovery.device = device
    return device
