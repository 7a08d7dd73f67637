"""Wi-Fi profiles for all users: the XML files that Windows keeps of them."""

from __future__ import annotations

import dataclasses
from xml.sax.saxutils import escape

from . import identity

FOLDER = "ProgramData\\Microsoft\\Wlansvc\\Profiles\\Interfaces"

_PROFILE = """<?xml version="1.0"?>
<WLANProfile xmlns="http://www.microsoft.com/networking/WLAN/profile/v1">
    <name>{name}</name>
    <SSIDConfig>
        <SSID>
            <name>{name}</name>
        </SSID>
    </SSIDConfig>
    <connectionType>ESS</connectionType>
    <connectionMode>auto</connectionMode>
    <MSM>
        <security>
            <authEncryption>
                <authentication>WPA2PSK</authentication>
                <encryption>AES</encryption>
                <useOneX>false</useOneX>
            </authEncryption>
            <sharedKey>
                <keyType>passPhrase</keyType>
                <protected>true</protected>
                <keyMaterial>{key}</keyMaterial>
            </sharedKey>
        </security>
    </MSM>
</WLANProfile>
"""


@dataclasses.dataclass(slots=True)
class Profile:
    """`key` is the key material as the file holds it; `damaged`: the file ends in the middle."""

    name: str
    key: str = "01000000D08C9DDF0115D1118C7A00C04FC297EB"
    damaged: bool = False

    def xml(self) -> str:
        text = _PROFILE.format(name=escape(self.name), key=escape(self.key))
        return text[: len(text) // 2] if self.damaged else text

    def path(self, device: str, drive: str) -> str:
        adapter = identity.guid(device, "wifi/interface").upper()
        return f"{drive}\\{FOLDER}\\{{{adapter}}}\\{{{identity.guid(device, f'wifi/{self.name}').upper()}}}.xml"
