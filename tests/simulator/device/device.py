"""One simulated device: its state by concern, and who may open a shell on it."""

from __future__ import annotations

import dataclasses

from .. import boundary
from . import identity
from .accounts import LocalAccount, Token, sids, token
from .autopilot import Autopilot
from .endpoint import EndpointState
from .enrollments import Enrollment
from .faults import Faults
from .firmware import Firmware
from .join import Join
from .language import Language
from .maintenance import PendingReboot, Updates
from .os import OperatingSystem
from .policy import Policy
from .power import Power
from .provisioning import Provisioning, Recovery
from .storage import Storage
from .users import User
from .wifi import Profile
from .winre import WinRE

NO_SUCH_CONFIGURATION = 2150858811  # ERROR_WSMAN_INVALID_RESOURCE_URI
ACCESS_DENIED = 5


def _usual_users() -> tuple[User, ...]:
    return (User("staff"),)


def _usual_accounts() -> dict[str, LocalAccount]:
    return {"Administrator": LocalAccount("Autopilot-1!", "built_in_administrator")}


def _usual_wifi() -> tuple[Profile, ...] | None:
    return (Profile("Contoso Staff"),)


@dataclasses.dataclass(slots=True)
class State:
    """The keys of a device in a fleet file. The defaults are a healthy Windows 11 23H2 laptop, Entra-joined and in Intune."""

    address: str
    powered_on: bool = True
    computer_name: str = ""
    language: Language = "en"
    os: OperatingSystem = dataclasses.field(default_factory=OperatingSystem)
    firmware: Firmware = dataclasses.field(default_factory=Firmware)
    storage: Storage = dataclasses.field(default_factory=Storage)
    winre: WinRE = dataclasses.field(default_factory=WinRE)
    join: Join = dataclasses.field(default_factory=Join)
    enrollments: tuple[Enrollment, ...] | None = None
    policy: Policy = dataclasses.field(default_factory=Policy)
    autopilot: Autopilot = dataclasses.field(default_factory=Autopilot)
    power: Power = dataclasses.field(default_factory=Power)
    pending_reboot: PendingReboot = dataclasses.field(default_factory=PendingReboot)
    updates: Updates = dataclasses.field(default_factory=Updates)
    users: tuple[User, ...] = dataclasses.field(default_factory=_usual_users)
    accounts: dict[str, LocalAccount] = dataclasses.field(default_factory=_usual_accounts)
    local_account_token_filter_policy: bool = False
    wifi: tuple[Profile, ...] | None = dataclasses.field(default_factory=_usual_wifi)
    provisioning: Provisioning = dataclasses.field(default_factory=Provisioning)
    recovery: Recovery = dataclasses.field(default_factory=Recovery)
    endpoint: EndpointState = dataclasses.field(default_factory=EndpointState)
    faults: Faults = dataclasses.field(default_factory=Faults)


class Device:
    """A device at the boundary to the transport.

    `violations` lists everything that was asked of it and that the contract does not hold.
    """

    def __init__(self, name: str, state: State) -> None:
        self.state = state
        self.violations: list[str] = []
        self._name = name
        state.computer_name = state.computer_name or name.upper()[:15]
        state.os.machine_guid = state.os.machine_guid or identity.guid(name, "machine")
        if state.firmware.serial_number is None:
            state.firmware.serial_number = identity.serial(name)
        if state.firmware.uuid is None:
            state.firmware.uuid = identity.guid(name, "smbios").upper()
        if state.enrollments is None:
            # A device that is in no Entra tenant is in no MDM either, unless the fleet says so.
            state.enrollments = (Enrollment(),) if state.join.entra else ()
        state.winre.settle(state.storage)

    @property
    def name(self) -> str:
        return self._name

    @property
    def address(self) -> str:
        return self.state.address

    @property
    def powered_on(self) -> bool:
        return self.state.powered_on

    @property
    def endpoint(self) -> boundary.Endpoint:
        accounts = tuple(boundary.Account(name, account.password) for name, account in self.state.accounts.items())
        return self.state.endpoint.at_boundary(accounts, self.state.os.build, self.state.os.revision, self.state.faults)

    def open_runspace(self, account: str, configuration: str) -> boundary.Runspace:
        # Commands need the device, and the device makes runspaces.
        from ..commands.runspace import DeviceRunspace

        if not self.state.endpoint.knows(configuration):
            raise boundary.ShellRefused(
                NO_SUCH_CONFIGURATION,
                "The WS-Management service cannot process the request. The resource URI is missing or it has an incorrect format. "
                "Check the documentation or use the following command for information on how to construct a resource URI: "
                '"winrm help uris". ',
            )
        if self.state.faults.refuse_shell_with is not None:
            raise boundary.ShellRefused(self.state.faults.refuse_shell_with, "The WS-Management service cannot process the request. ")
        who = self._token(account)
        if not who.may_open_shell:
            raise boundary.ShellRefused(ACCESS_DENIED, "Access is denied. ")
        return DeviceRunspace(self, who)

    def _token(self, account: str) -> Token:
        wanted = account.rpartition("\\")[2].partition("@")[0].lower()
        for name, local in self.state.accounts.items():
            if name.lower() == wanted:
                return token(name, local, self.state.local_account_token_filter_policy)
        raise boundary.ShellRefused(ACCESS_DENIED, "Access is denied. ")

    def sid(self, account: str) -> str:
        """The SID of a local account."""
        accounts = self.state.accounts
        return sids(self._name, accounts, {name: account.kind for name, account in accounts.items()})[account]

    def enrollment_guid(self, kind: str) -> str:
        """The GUID of the enrollment of a kind (mdm, bridge, ...); a GUID is given back as it is."""
        for enrollment in self.state.enrollments or ():
            if enrollment.kind == kind:
                return self.guid_of(enrollment)
        return kind if len(kind) > len("declared_configuration") else identity.guid(self._name, f"enrollment/{kind}").upper()

    def guid_of(self, enrollment: Enrollment) -> str:
        return enrollment.id or identity.guid(self._name, f"enrollment/{enrollment.kind}").upper()
