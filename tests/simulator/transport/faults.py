"""WS-Management faults that a device answers with, each with where it is known from.

Grades: recorded (from a real host), documented, generated (name and number from Windows headers, the fault's other parts by analogy),
inferred.
"""

from __future__ import annotations

import dataclasses
import typing as t

_DETAIL = "http://schemas.dmtf.org/wbem/wsman/1/wsman/faultDetail/"
_WSMAN_ACTION = "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault"
_ADDRESSING_ACTION = "http://schemas.xmlsoap.org/ws/2004/08/addressing/fault"
_RECORDINGS = "recordings of real hosts in the source distribution of pypsrp"
_HEADERS = "wsmerror.h of the Windows SDK"

Grade: t.TypeAlias = t.Literal["recorded", "documented", "generated", "community", "inferred"]


@dataclasses.dataclass(frozen=True, slots=True)
class FaultKind:
    """One kind of fault. `code` is the WSManFault code, `provider` the (name, path) of the plug-in that reports it."""

    code: int
    name: str
    subcode: str
    reason: str
    grade: Grade
    source: str
    sender: bool = True
    detail: str | None = None
    provider: tuple[str, str] | None = None
    action: str = _WSMAN_ACTION


class WsmanFault(Exception):
    """A fault on its way to the client; `message` replaces the text of the kind where it names something."""

    def __init__(self, kind: FaultKind, message: str | None = None) -> None:
        super().__init__(message or kind.reason)
        self.kind = kind
        self.message = message or kind.reason


_SELECTORS = "The WS-Management service cannot process the request because the request contained invalid selectors for the resource. "

TIMED_OUT = FaultKind(
    code=2150858793,
    name="ERROR_WSMAN_OPERATION_TIMEDOUT",
    subcode="w:TimedOut",
    reason="The WS-Management service cannot complete the operation within the time specified in OperationTimeout.  ",
    grade="recorded",
    source=_RECORDINGS,
    sender=False,
)
UNKNOWN_SHELL = FaultKind(
    code=2150858843,
    name="ERROR_WSMAN_UNEXPECTED_SELECTORS",
    subcode="w:InvalidSelectors",
    reason=_SELECTORS,
    grade="recorded",
    source=_RECORDINGS,
    detail=_DETAIL + "UnexpectedSelectors",
)
"""A request for a shell that does not exist, any more or for this user."""

_NO_SUCH_COMMAND = (
    "The Windows Remote Shell received a request to perform an operation on a command identifier that does not exist. "
    "Either the command has completed execution or the client specified an invalid command identifier. "
)
INVALID_TIMEOUT = FaultKind(
    code=2150858767,
    name="ERROR_WSMAN_INVALID_MESSAGE_INFORMATION_HEADER",
    subcode="a:InvalidMessageInformationHeader",
    reason="The WS-Management service cannot process the request. The request contains one or more invalid SOAP headers. ",
    grade="recorded",
    source=_RECORDINGS,
    action=_ADDRESSING_ACTION,
)
INVALID_PARAMETER = FaultKind(
    code=87,
    name="ERROR_INVALID_PARAMETER",
    subcode="w:InvalidParameter",
    reason="The parameter is incorrect. ",
    grade="recorded",
    source=_RECORDINGS,
    detail=_DETAIL + "InvalidValue",
)
TOO_MANY_SHELLS = FaultKind(
    code=2150859173,
    name="ERROR_WSMAN_QUOTA_MAX_SHELLS",
    subcode="w:QuotaLimit",
    reason=(
        "The WS-Management service cannot process the request. The maximum number of concurrent shells for this user has been exceeded. "
        "Close existing shells or raise the quota for this user. "
    ),
    grade="community",
    source="fault bodies of real hosts quoted in public issue trackers (Vagrant #7489) and in client test suites",
)
ACCESS_DENIED = FaultKind(
    code=5,
    name="ERROR_ACCESS_DENIED",
    subcode="w:AccessDenied",
    reason="Access is denied. ",
    grade="community",
    source="extended fault data of real hosts quoted in public issue trackers (pywinrm)",
)
INVALID_BODY = FaultKind(
    code=2150858791,
    name="ERROR_WSMAN_INVALID_SOAP_BODY",
    subcode="w:SchemaValidationError",
    reason="The WS-Management service cannot process the request because the request packet does not have a valid SOAP body. ",
    grade="generated",
    source=_HEADERS,
)
UNSUPPORTED_ACTION = FaultKind(
    code=2150858771,
    name="ERROR_WSMAN_ACTION_NOT_SUPPORTED",
    subcode="a:ActionNotSupported",
    reason="The WS-Management service does not support the action specified in the request. ",
    grade="generated",
    source=_HEADERS,
    action=_ADDRESSING_ACTION,
)
UNKNOWN_RESOURCE = FaultKind(
    code=2150858811,
    name="ERROR_WSMAN_INVALID_RESOURCE_URI",
    subcode="a:DestinationUnreachable",
    reason=(
        "The WS-Management service cannot process the request. The resource URI is missing or it has an incorrect format. "
        'Check the documentation or use the following command for information on how to construct a resource URI: "winrm help uris". '
    ),
    grade="generated",
    source=_HEADERS,
    detail=_DETAIL + "InvalidResourceURI",
    action=_ADDRESSING_ACTION,
)
CMD_SHELL = FaultKind(
    code=2147942402,
    name="HRESULT_FROM_WIN32(ERROR_FILE_NOT_FOUND)",
    subcode="w:InternalError",
    reason="The system cannot find the file specified. ",
    grade="recorded",
    source=_RECORDINGS,
    sender=False,
    provider=("Shell cmd plugin", "%systemroot%\\system32\\winrscmd.dll"),
)
"""A cmd shell that cannot start: the simulator has none."""

REFUSED = FaultKind(
    code=0,
    name="",
    subcode="w:InternalError",
    reason="The WS-Management service cannot process the request. ",
    grade="inferred",
    source="the device gives code and text",
    sender=False,
)
CONCURRENCY = FaultKind(
    code=2150858802,
    name="ERROR_WSMAN_CONCURRENCY",
    subcode="w:Concurrency",
    reason=(
        "The WS-Management service cannot complete the WS-Addressing Action URI in the request because the resource was already in use. "
    ),
    grade="generated",
    source=_HEADERS,
)


def unknown_command() -> WsmanFault:
    """The fault for a CommandId that the shell does not have (any more)."""
    return WsmanFault(UNKNOWN_SHELL, _NO_SUCH_COMMAND)


def refusal(code: int, message: str) -> WsmanFault:
    """The fault for a shell that the device refuses."""
    return WsmanFault(ACCESS_DENIED if code == ACCESS_DENIED.code else dataclasses.replace(REFUSED, code=code, reason=message), message)
