"""How the device is reached, and what its session configurations are like."""

from __future__ import annotations

import dataclasses
import typing as t

from psrpcore import types as ps

from .. import boundary
from .faults import Faults

DEFAULT_CONFIGURATION = "Microsoft.PowerShell"
NO_LANGUAGE_COMMANDS = (
    "Clear-Host",
    "Exit-PSSession",
    "Get-Command",
    "Get-FormatData",
    "Get-Help",
    "Measure-Object",
    "Out-Default",
    "Select-Object",
)
Scheme: t.TypeAlias = t.Literal["basic", "negotiate", "kerberos", "credssp", "certificate"]


@dataclasses.dataclass(slots=True)
class EndpointState:
    """`configurations` besides the default one are copies of it. `platform: linux` is PowerShell 7 on a Linux host."""

    http_port: int | None = 5985
    https_port: int | None = None
    authentication: tuple[Scheme, ...] = ("negotiate", "kerberos")
    allow_unencrypted: bool = False
    certificate: boundary.Certificate = "trusted"
    certificate_account: str | None = None
    channel_binding: t.Literal["relaxed", "required"] = "relaxed"
    answers: boundary.Answers = "wsman"
    max_envelope_kib: int = 500
    max_shells_per_user: int = 30
    powershell: t.Literal["5.1", "7"] = "5.1"
    bitness: t.Literal[32, 64] = 64
    language_mode: t.Literal["full", "constrained", "no_language"] = "full"
    platform: t.Literal["windows", "linux"] = "windows"
    configurations: tuple[str, ...] = ()

    def knows(self, configuration: str) -> bool:
        return configuration.lower() in {name.lower() for name in (DEFAULT_CONFIGURATION, *self.configurations)}

    def at_boundary(self, accounts: tuple[boundary.Account, ...], build: int, revision: int, faults: Faults) -> boundary.Endpoint:
        """This endpoint as the transport sees it."""
        return boundary.Endpoint(
            http_port=self.http_port,
            https_port=self.https_port,
            authentication=frozenset(self.authentication),
            allow_unencrypted=self.allow_unencrypted,
            certificate=self.certificate,
            certificate_account=self.certificate_account,
            channel_binding=self.channel_binding,
            answers=self.answers,
            cut_at_request=faults.cut_at_request,
            reboot_after_request=faults.reboot_after_request,
            max_envelope_kib=self.max_envelope_kib,
            max_shells_per_user=self.max_shells_per_user,
            accounts=accounts,
            version_table=self._version_table(build, revision),
        )

    def _version_table(self, build: int, revision: int) -> t.Mapping[str, t.Any]:
        if self.platform == "linux" or self.powershell == "7":
            table: dict[str, t.Any] = {
                "PSVersion": ps.PSString("7.4.6"),
                "PSEdition": ps.PSString("Core"),
                "GitCommitId": ps.PSString("7.4.6"),
                "OS": ps.PSString("Ubuntu 22.04.5 LTS" if self.platform == "linux" else f"Microsoft Windows 10.0.{build}"),
                "Platform": ps.PSString("Unix" if self.platform == "linux" else "Win32NT"),
            }
        else:
            full = ps.PSVersion(f"5.1.{build}.{revision}")
            table = {
                "PSVersion": full,
                "PSEdition": ps.PSString("Desktop"),
                "BuildVersion": ps.PSVersion(f"10.0.{build}.{revision}"),
                "CLRVersion": ps.PSVersion("4.0.30319.42000"),
            }
        compatible = ps.PSList([ps.PSVersion(version) for version in ("1.0", "2.0", "3.0", "4.0", "5.0", "5.1")])
        return {
            **table,
            "PSCompatibleVersions": compatible,
            "WSManStackVersion": ps.PSVersion("3.0"),
            "PSRemotingProtocolVersion": ps.PSVersion("2.3"),
            "SerializationVersion": ps.PSVersion("1.1.0.1"),
        }
