"""Error, warning, verbose and progress records as a host sends them.

Shapes: recordings of real hosts in the source distribution of pypsrp (`test_psrp_stream_output_invocation`,
`test_psrp_stream_no_output_invocation`, `test_psrp_error_failed`).
"""

from __future__ import annotations

import typing as t
from xml.etree import ElementTree

from psrpcore import types as ps

from . import clixml

_LONGEST_TARGET = 40
_TARGET_END = 15
_SHARED = ("BoundParameters", "UnboundArguments")
_INVOCATION_ORDER = (
    "MyCommand",
    "BoundParameters",
    "UnboundArguments",
    "ScriptLineNumber",
    "OffsetInLine",
    "HistoryId",
    "ScriptName",
    "Line",
    "PositionMessage",
    "PSScriptRoot",
    "PSCommandPath",
    "InvocationName",
    "PipelineLength",
    "PipelinePosition",
    "ExpectingInput",
    "CommandOrigin",
    "DisplayScriptPosition",
)
_GENERIC = "System.Collections.Generic."
_CORE = "mscorlib, Version=4.0.0.0, Culture=neutral, PublicKeyToken=b77a5c561934e089"
_BOUND = f"{_GENERIC}Dictionary`2[[System.String, {_CORE}],[System.Object, {_CORE}]]"
_BOUND_BY_BINDER = "System.Management.Automation.PSBoundParametersDictionary"
_UNBOUND = f"{_GENERIC}List`1[[System.Object, {_CORE}]]"
_INT_ARRAY = ("System.Int32[]", "System.Array", "System.Object")
_ITERATION = f"System.Collections.ObjectModel.ReadOnlyCollection`1[[System.Int32, {_CORE}]]"


def failure(
    message: str,
    exception: str,
    error_id: str,
    category: ps.ErrorCategory = ps.ErrorCategory.NotSpecified,
    bases: t.Sequence[str] = ("System.Management.Automation.RuntimeException", "System.SystemException"),
) -> ps.ErrorRecord:
    """A terminating error that the remoting layer itself raises.

    Args:
        message: what a person reads.
        exception: full .NET type name.
        error_id: FullyQualifiedErrorId.
        category: ErrorCategory.
        bases: .NET base types between the exception and System.Exception.
    """
    error = ps.NETException(Message=message, HResult=-2146233087)
    error.PSObject.type_names = [exception, *bases, "System.Exception", "System.Object"]
    error.PSObject.to_string = f"{exception}: {message}"
    info = ps.ErrorCategoryInfo(Category=category, Activity="", Reason=exception.rpartition(".")[2], TargetName="", TargetType="")
    return ps.ErrorRecord(Exception=error, CategoryInfo=info, FullyQualifiedErrorId=error_id)


def stopped() -> ps.ErrorRecord:
    """What a stopped pipeline ends with."""
    return failure(
        "The pipeline has been stopped.",
        "System.Management.Automation.PipelineStoppedException",
        "PipelineStopped",
        ps.ErrorCategory.OperationStopped,
    )


def broken(error: Exception) -> ps.ErrorRecord:
    """A fault of the simulator itself, made to be noticed."""
    return failure(f"SIMULATOR FAULT, not Windows: {error!r}", "Simulator.Fault", "SimulatorFault", bases=())


def category_message(info: ps.ErrorCategoryInfo) -> str:
    """ErrorCategoryInfo as PowerShell words it: `ObjectNotFound: (x:String) [Get-Item], ItemNotFoundException`."""
    target = _ellipsis(info.TargetName or "")
    return f"{info.Category.name}: ({target}:{_ellipsis(info.TargetType or '')}) [{info.Activity or ''}], {info.Reason or ''}"


def _ellipsis(text: str) -> str:
    return text if len(text) <= _LONGEST_TARGET else f"{text[:_TARGET_END]}...{text[-_TARGET_END:]}"


def error_element(record: ps.ErrorRecord, cipher: ps.PSCryptoProvider, *, with_invocation: bool) -> ElementTree.Element:
    """The body of an ErrorRecord message: marked as written by WriteError, with its invocation if the client asked."""
    body = _plain(record, with_invocation=with_invocation)
    body.PSObject.extended_properties.insert(0, ps.PSNoteProperty("writeErrorStream", True))
    ps.add_note_property(body, "PSMessageDetails", None)
    root = clixml.element(body, cipher)
    _settle_invocation(root)
    return root


def state_element(state: ps.PSInvocationState, record: ps.ErrorRecord | None, cipher: ps.PSCryptoProvider) -> ElementTree.Element:
    """The body of a PipelineState message; `record` is what a failed pipeline died of."""
    if record is None:
        return clixml.element(clixml.note(PipelineState=state.value), cipher)
    body = clixml.note(PipelineState=state.value, ExceptionAsErrorRecord=_plain(record, with_invocation=False))
    root = clixml.element(body, cipher)
    _settle_invocation(root.find("MS/Obj[@N='ExceptionAsErrorRecord']"))
    return root


def informational_element(
    kind: type[ps.WarningRecord] | type[ps.VerboseRecord], message: str, cipher: ps.PSCryptoProvider, *, with_invocation: bool
) -> ElementTree.Element:
    """The body of a warning or verbose message. Clients print its ToString, which psrpcore would leave out."""
    record = kind(Message=message)
    if with_invocation:
        record.InvocationInfo = _invocation("", 1)
        record.InvocationInfo.BoundParameters.PSObject.type_names.insert(0, _BOUND_BY_BINDER)
        record.PipelineIterationInfo = _iteration()
    record.serialize_extended_info = with_invocation
    record.PSObject.to_string = message
    root = clixml.element(record, cipher)
    _settle_iteration(root.find("MS"), [0, 0])
    return root


def first_use_progress() -> ps.ProgressRecordMsg:
    """What most recorded hosts send at the start of the first pipeline of a pool."""
    return progress("Preparing modules for first use.", " ", -1, completed=True)


def progress(activity: str, status: str, percent: int, *, completed: bool = False) -> ps.ProgressRecordMsg:
    """A progress record; `percent` is 0 to 100, or -1 for not known."""
    return ps.ProgressRecordMsg(
        Activity=activity,
        ActivityId=0,
        StatusDescription=status,
        CurrentOperation=None,
        ParentActivityId=-1,
        PercentComplete=percent,
        Type=ps.ProgressRecordType.Completed if completed else ps.ProgressRecordType.Processing,
        SecondsRemaining=-1,
    )


def _plain(record: ps.ErrorRecord, *, with_invocation: bool) -> ps.PSObject:
    """The record as an object whose properties can be put right."""
    invocation = record.InvocationInfo
    if invocation is None and (with_invocation or record.CategoryInfo.Activity):
        invocation = _invocation(record.CategoryInfo.Activity or "", 0)
    full = ps.ErrorRecord(
        Exception=record.Exception,
        CategoryInfo=record.CategoryInfo,
        TargetObject=record.TargetObject,
        FullyQualifiedErrorId=record.FullyQualifiedErrorId,
        InvocationInfo=invocation,
        ErrorDetails=record.ErrorDetails,
        PipelineIterationInfo=record.PipelineIterationInfo or _iteration(),
        ScriptStackTrace=record.ScriptStackTrace,
    )
    full.serialize_extended_info = with_invocation
    body = ps.ErrorRecord.ToPSObjectForRemoting(full)
    body.PSObject.type_names = list(record.PSObject.type_names)
    body.PSObject.to_string = record.PSObject.to_string or str(record)
    body.ErrorCategory_Message = category_message(record.CategoryInfo)
    return body


class _Command(str):
    """A command's name that also answers for the CommandInfo that goes with it."""

    __slots__ = ()

    CommandType = ps.CommandTypes.Cmdlet
    Visibility = ps.SessionStateEntryVisibility.Public

    @property
    def Name(self) -> str:  # noqa: N802  (psrpcore asks for it by this name)
        return str(self)

    Definition = Name

    def __bool__(self) -> bool:
        return True


def _invocation(name: str, position: int) -> ps.InvocationInfo:
    bound, unbound = ps.PSDict(), ps.PSList()
    bound.PSObject.type_names = [_BOUND, "System.Object"]
    unbound.PSObject.type_names = [_UNBOUND, "System.Object"]
    made = ps.InvocationInfo(
        BoundParameters=bound,
        CommandOrigin=ps.CommandOrigin.Runspace if position else ps.CommandOrigin.Internal,
        DisplayScriptPosition=None,
        ExpectingInput=False,
        HistoryId=ps.PSInt64(1),
        InvocationName=name,
        Line="",
        MyCommand=_Command(name),
        OffsetInLine=0,
        PipelineLength=position,
        PipelinePosition=position,
        PositionMessage="",
        PSCommandPath=None,
        PSScriptRoot="",
        ScriptLineNumber=0,
        ScriptName="",
        UnboundArguments=unbound,
    )
    made.PSObject.to_string = "System.Management.Automation.InvocationInfo"
    return made


def _iteration() -> ps.PSList:
    numbers = ps.PSList([0, 0])
    numbers.PSObject.type_names = [_ITERATION, "System.Object"]
    return numbers


def _settle_invocation(record: ElementTree.Element | None) -> None:
    """Write InvocationInfo as Windows does: its properties in that order, the enum as a string, the containers not repeated."""
    members = record.find("MS") if record is not None else None
    inside = members.find("Obj[@N='InvocationInfo']/Props") if members is not None else None
    if members is None or inside is None:
        return
    _settle_iteration(members, [])
    inside[:] = sorted(inside, key=lambda property_: _INVOCATION_ORDER.index(property_.get("N") or ""))
    origin = inside.find("Obj[@N='CommandOrigin']")
    if origin is not None:
        text = ElementTree.Element("S", {"N": "CommandOrigin"})
        text.text = origin.findtext("ToString")
        inside[list(inside).index(origin)] = text
        _replace(members, "Ref[@N='InvocationInfo_CommandOrigin']", origin)
    for name in _SHARED:
        original = inside.find(f"Obj[@N='{name}']")
        if original is not None:
            _replace(members, f"Obj[@N='InvocationInfo_{name}']", ElementTree.Element("Ref", {"RefId": original.get("RefId") or ""}))


def _settle_iteration(members: ElementTree.Element | None, numbers: t.Sequence[int]) -> None:
    """Make an array of integers of what psrpcore sends as an empty list."""
    iteration = members.find("Obj[@N='InvocationInfo_PipelineIterationInfo']") if members is not None else None
    names, items = (iteration.find("TN"), iteration.find("LST")) if iteration is not None else (None, None)
    if names is None or items is None:
        return
    for container, tag, texts in ((names, "T", _INT_ARRAY), (items, "I32", [str(number) for number in numbers])):
        container[:] = [ElementTree.Element(tag) for _unused in texts]
        for element, text in zip(container, texts, strict=True):
            element.text = text


def _replace(members: ElementTree.Element, path: str, new: ElementTree.Element) -> None:
    old = members.find(path)
    if old is not None:
        new.set("N", old.get("N") or "")
        members[list(members).index(old)] = new
