"""SOAP envelopes of WS-Management: the request as a value, the answer as text."""

from __future__ import annotations

import dataclasses
import functools
import re
import typing as t
import uuid
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from .faults import INVALID_TIMEOUT, WsmanFault

SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
POWERSHELL = "http://schemas.microsoft.com/powershell"
CONFIG = "http://schemas.microsoft.com/wbem/wsman/1/config"
IDENTITY = "http://schemas.dmtf.org/wbem/wsman/identity/1/wsmanidentity.xsd"

_SOAP = "http://www.w3.org/2003/05/soap-envelope"
_ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
_WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
_MS_WSMAN = "http://schemas.microsoft.com/wbem/wsman/1/wsman.xsd"
_FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
_PREFIXES = {
    "x": TRANSFER,
    "e": "http://schemas.xmlsoap.org/ws/2004/08/eventing",
    "n": "http://schemas.xmlsoap.org/ws/2004/09/enumeration",
    "w": _WSMAN,
    "rsp": SHELL,
    "p": _MS_WSMAN,
}
_DURATION = re.compile(r"P(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?")
_DEFAULT_TIMEOUT = 60.0
_DEFAULT_ENVELOPE = 153_600


class NotSoap(Exception):
    """The body is no SOAP envelope."""


@dataclasses.dataclass(frozen=True, slots=True)
class Envelope:
    """One request. `timeout` in seconds, `max_size` in bytes; `body` is the first element inside the body, if any."""

    action: str
    message_id: str
    to: str
    resource: str
    selectors: t.Mapping[str, str]
    options: t.Mapping[str, str]
    timeout: float
    max_size: int
    body: ElementTree.Element | None

    @property
    def operation(self) -> str:
        """The last part of the action: Create, Receive, ..."""
        return self.action.rpartition("/")[2]


def rsp(name: str) -> str:
    """The element name in the shell's namespace."""
    return f"{{{SHELL}}}{name}"


def seconds(duration: str) -> float | None:
    """An xs:duration in seconds, None if it is none or negative."""
    match = _DURATION.fullmatch(duration)
    if match is None:
        return None
    days, hours, minutes, rest = (float(part or 0) for part in match.groups())
    return days * 86400 + hours * 3600 + minutes * 60 + rest


def parse(data: bytes) -> Envelope:
    """Read a request.

    Raises:
        NotSoap: the bytes are no SOAP envelope.
    """
    try:
        root = ElementTree.fromstring(data)
    except ElementTree.ParseError as error:
        raise NotSoap(str(error)) from error
    header = root.find(f"{{{_SOAP}}}Header")
    body = root.find(f"{{{_SOAP}}}Body")
    if root.tag != f"{{{_SOAP}}}Envelope" or header is None or body is None:
        raise NotSoap("no envelope with header and body")

    def text(namespace: str, name: str) -> str:
        return (header.findtext(f"{{{namespace}}}{name}") or "").strip()

    def named(path: str) -> dict[str, str]:
        outer, inner = path.split("/")
        found = header.iterfind(f"{{{_WSMAN}}}{outer}/{{{_WSMAN}}}{inner}")
        return {element.get("Name") or "": element.text or "" for element in found}

    given = text(_WSMAN, "OperationTimeout")
    timeout = seconds(given) if given else _DEFAULT_TIMEOUT
    size = text(_WSMAN, "MaxEnvelopeSize")
    return Envelope(
        action=text(_ADDRESSING, "Action"),
        message_id=text(_ADDRESSING, "MessageID"),
        to=text(_ADDRESSING, "To"),
        resource=text(_WSMAN, "ResourceURI"),
        selectors=named("SelectorSet/Selector"),
        options=named("OptionSet/Option"),
        timeout=-1.0 if timeout is None else timeout,
        max_size=int(size) if size.isdigit() else _DEFAULT_ENVELOPE,
        body=body[0] if len(body) else None,
    )


def require_timeout(data: bytes, envelope: Envelope) -> None:
    """Refuse a time-out that is not a duration, as a host does.

    Raises:
        WsmanFault: INVALID_TIMEOUT, naming what was given.
    """
    if envelope.timeout < 0:
        given = re.search(rb"OperationTimeout[^>]*>([^<]*)<", data)
        value = given.group(1).decode("utf-8", "replace").strip() if given else ""
        raise WsmanFault(
            INVALID_TIMEOUT,
            "The WS-Management service cannot process the request. "
            f"The XML contains an invalid timeout field in the SOAP header: {value}. ",
        )


@functools.lru_cache
def _opening(prefixes: tuple[str, ...]) -> str:
    declared = "".join(f' xmlns:{prefix}="{_PREFIXES[prefix]}"' for prefix in prefixes)
    return f'<s:Envelope xml:lang="en-US" xmlns:s="{_SOAP}" xmlns:a="{_ADDRESSING}"{declared}>'


def answer(action: str, relates_to: str, prefixes: tuple[str, ...], body: str, *, activity: bool = True) -> bytes:
    """One answer; `prefixes` are the namespaces that a host declares for it, `body` is XML."""
    identifier = str(uuid.uuid4()).upper()
    return (
        f"{_opening(prefixes)}<s:Header><a:Action>{action}</a:Action><a:MessageID>uuid:{identifier}</a:MessageID>"
        f"{'<p:ActivityId>' + identifier + '</p:ActivityId>' if activity else ''}"
        "<a:To>http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous</a:To>"
        f"<a:RelatesTo>{escape(relates_to)}</a:RelatesTo></s:Header><s:Body>{body}</s:Body></s:Envelope>"
    ).encode()


def fault(fault: WsmanFault, relates_to: str, machine: str) -> bytes:
    """The answer that reports a fault."""
    kind = fault.kind
    message = escape(fault.message)
    if kind.provider is not None:
        provider, path = map(quoteattr, kind.provider)
        message = f"<f:ProviderFault provider={provider} path={path}>{message}</f:ProviderFault>"
    detail = f"<w:FaultDetail>{kind.detail}</w:FaultDetail>" if kind.detail else ""
    body = (
        f"<s:Fault><s:Code><s:Value>s:{'Sender' if kind.sender else 'Receiver'}</s:Value>"
        f"<s:Subcode><s:Value>{kind.subcode}</s:Value></s:Subcode></s:Code>"
        f'<s:Reason><s:Text xml:lang="en-US">{escape(kind.reason)}</s:Text></s:Reason><s:Detail>{detail}'
        f'<f:WSManFault xmlns:f="{_FAULT}" Code="{kind.code}" Machine={quoteattr(machine)}>'
        f"<f:Message>{message}</f:Message></f:WSManFault></s:Detail></s:Fault>"
    )
    return answer(kind.action, relates_to, ("x", "e", "n", "w", "p"), body, activity=False)


def identify(version: str) -> bytes:
    """The answer to Identify; `version` is "OS: ... SP: ... Stack: 3.0" (DSP0226, 11; MS-WSMV product behavior)."""
    return (
        f'<s:Envelope xml:lang="en-US" xmlns:s="{_SOAP}"><s:Header/><s:Body><wsmid:IdentifyResponse xmlns:wsmid="{IDENTITY}">'
        "<wsmid:ProtocolVersion>http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd</wsmid:ProtocolVersion>"
        f"<wsmid:ProductVendor>Microsoft Corporation</wsmid:ProductVendor><wsmid:ProductVersion>{escape(version)}</wsmid:ProductVersion>"
        "</wsmid:IdentifyResponse></s:Body></s:Envelope>"
    ).encode()
