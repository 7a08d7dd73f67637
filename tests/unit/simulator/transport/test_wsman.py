"""WS-Management of one device, without a socket."""

from __future__ import annotations

import asyncio
import base64
import re

import pytest

from tests.integration.transport_fleet import ACCOUNT, CannedDevice
from tests.simulator.boundary import Endpoint
from tests.simulator.transport.fragments import split
from tests.simulator.transport.recorder import Recorder
from tests.simulator.transport.wsman import Reply, Wsman

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
POWERSHELL = "http://schemas.microsoft.com/powershell/Microsoft.PowerShell"


def service() -> Wsman:
    return Wsman(CannedDevice("PC-01", "127.0.0.1", Endpoint(accounts=(ACCOUNT,))), Recorder())


def envelope(action: str, body: str, *, resource: str = POWERSHELL, shell: str = "", timeout: str = "PT0S") -> bytes:
    selectors = f'<w:SelectorSet><w:Selector Name="ShellId">{shell}</w:Selector></w:SelectorSet>' if shell else ""
    return (
        '<s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope" xmlns:a="http://schemas.xmlsoap.org/ws/2004/08/addressing" '
        f'xmlns:w="http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd" xmlns:rsp="{SHELL}"><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:1</a:MessageID><w:ResourceURI>{resource}</w:ResourceURI><w:OperationTimeout>{timeout}</w:OperationTimeout>"
        f"{selectors}</s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def create(resource: str = POWERSHELL) -> bytes:
    shell = '<rsp:Shell ShellId="AB"><creationXml xmlns="http://schemas.microsoft.com/powershell"></creationXml></rsp:Shell>'
    return envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Create", shell, resource=resource)


def receive(shell: str = "AB", command: str = "", timeout: str = "PT0S") -> bytes:
    of = f' CommandId="{command}"' if command else ""
    return envelope(f"{SHELL}/Receive", f"<rsp:Receive><rsp:DesiredStream{of}/></rsp:Receive>", shell=shell, timeout=timeout)


def ask(*requests: bytes, account: str = "admin") -> list[Reply]:
    async def asking() -> list[Reply]:
        wsman = service()
        return [await wsman.handle(request, account, "127.0.0.2") for request in requests]

    return asyncio.run(asking())


def test_a_receive_without_output_times_out() -> None:
    assert [reply.fault for reply in ask(create(), receive())] == [None, 2150858793]


@pytest.mark.parametrize(
    ("request_", "fault"),
    [
        (receive(shell="CD"), 2150858843),
        (receive(command="CD"), 2150858843),
        (receive(timeout="PT-1S"), 2150858767),
        (create(resource=f"{SHELL}/cmd"), 2147942402),
        (create(resource="http://example.org/other"), 2150858811),
        (envelope(f"{SHELL}/Dance", "", shell="AB"), 2150858771),
        (envelope(f"{SHELL}/Receive", "", shell="AB"), 2150858791),
    ],
)
def test_what_cannot_be_done_is_a_fault(request_: bytes, fault: int) -> None:
    reply = ask(create(), request_)[1]
    assert (reply.status, reply.fault) == (500, fault)


def test_a_shell_belongs_to_its_account() -> None:
    async def scenario() -> Reply:
        wsman = service()
        await wsman.handle(create(), "admin", "127.0.0.2")
        return await wsman.handle(receive(), "someone", "127.0.0.2")

    assert asyncio.run(scenario()).fault == 2150858843


def test_a_shell_that_is_deleted_wakes_who_waits() -> None:
    async def scenario() -> Reply:
        wsman = service()
        await wsman.handle(create(), "admin", "127.0.0.2")
        waiting = asyncio.create_task(wsman.handle(receive(timeout="PT60S"), "admin", "127.0.0.2"))
        await asyncio.sleep(0)
        delete = envelope("http://schemas.xmlsoap.org/ws/2004/09/transfer/Delete", "", shell="AB")
        await wsman.handle(delete, "admin", "127.0.0.2")
        return await waiting

    assert asyncio.run(scenario()).fault == 2150858843


def test_bytes_that_are_no_psrp_are_a_fault() -> None:
    nonsense = base64.b64encode(next(split(b"not a message", 1))).decode()
    arguments = f"<rsp:CommandLine><rsp:Command/><rsp:Arguments>{nonsense}</rsp:Arguments></rsp:CommandLine>"
    reply = ask(create(), envelope(f"{SHELL}/Command", arguments, shell="AB"))[1]
    assert reply.fault == 87
    assert b"cannot be read" in reply.body


def test_what_is_no_soap_is_a_bad_request() -> None:
    assert [reply.status for reply in ask(b"", b"{}", b"<html/>")] == [400, 400, 400]


def test_identify_tells_the_build_only_to_who_signed_in() -> None:
    identify = '<i:Identify xmlns:i="http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"/>'
    (known,) = ask(envelope("", identify))
    assert re.search(rb"OS: 10\.", known.body)
    assert b"OS: 0.0.0" in service().identify().body
