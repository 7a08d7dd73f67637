"""CLIXML as a real host writes it, read by pypsrp: the raw material of the tests of the remoting layer.

Shapes follow MS-PSRP 2.2.5 and recordings of Windows hosts: type names prefixed by `Deserialized.`, provider strings with note
properties in `<MS>`, CIM properties in `<Props>`, Windows PowerShell's error records with the exception as a property bag.
"""

from __future__ import annotations

import re
import struct
import typing as t
import uuid
from xml.sax.saxutils import escape

from pypsrp.messages import Message, MessageType
from pypsrp.serializer import Serializer

ITEM_NOT_FOUND = "System.Management.Automation.ItemNotFoundException"


def received(kind: int, clixml: str) -> Message:
    """A PSRP message as pypsrp hands it out after it came over the wire, byte order mark and all."""
    head = struct.pack("<II", 1, kind) + uuid.UUID(int=1).bytes_le + uuid.UUID(int=2).bytes_le
    return Message.unpack(head + b"\xef\xbb\xbf" + clixml.encode(), Serializer())


def output(clixml: str) -> t.Any:
    """What pypsrp makes of one output object."""
    return t.cast("t.Any", received(MessageType.PIPELINE_OUTPUT, clixml).data).data


def string_with_notes(text: str, **notes: str) -> str:
    """A line of Get-Content: a string that carries PSPath, PSProvider and so on (no type names: they are unchanged)."""
    extra = "".join(value(note, name) for name, note in notes.items())
    return f'<Obj RefId="0"><S>{encoded(text)}</S><MS>{extra}</MS></Obj>'


def error_record(
    message: str,
    fq_error: str,
    *,
    exception: str = ITEM_NOT_FOUND,
    hresult: int = -2146233087,
    target: str | None = None,
    name: str = "",
) -> str:
    """An ErrorRecord; `name` puts it into an outer message under that property name."""
    target_xml = '<Nil N="TargetObject" />' if target is None else f'<S N="TargetObject">{escape(target)}</S>'
    named = f'N="{name}" ' if name else ""
    return (
        f'<Obj {named}RefId="10"><TN RefId="10"><T>System.Management.Automation.ErrorRecord</T><T>System.Object</T></TN>'
        f"<ToString>{escape(message)}</ToString><MS>"
        f'<Obj N="Exception" RefId="11"><TN RefId="11"><T>Deserialized.{exception}</T><T>Deserialized.System.Exception</T>'
        f"<T>Deserialized.System.Object</T></TN><ToString>{exception}: {escape(message)}</ToString><Props>"
        f'<S N="Message">{escape(message)}</S><Nil N="InnerException" /><Nil N="HelpLink" />'
        f'<S N="Source">mscorlib</S><I32 N="HResult">{hresult}</I32></Props></Obj>'
        f'{target_xml}<S N="FullyQualifiedErrorId">{escape(fq_error)}</S><Nil N="InvocationInfo" />'
        '<I32 N="ErrorCategory_Category">13</I32><S N="ErrorCategory_Activity">Get-Item</S>'
        f'<S N="ErrorCategory_Reason">{exception.rpartition(".")[2]}</S><S N="ErrorCategory_TargetName">{escape(target or "")}</S>'
        '<S N="ErrorCategory_TargetType">String</S><S N="ErrorCategory_Message">.</S><B N="SerializeExtendedInfo">false</B>'
        "</MS></Obj>"
    )


def pipeline_state(state: int, error: str = "") -> str:
    """The message that ends a pipeline: 4 is Completed, 5 Failed."""
    return f'<Obj RefId="0"><MS><I32 N="PipelineState">{state}</I32>{error}</MS></Obj>'


def value(item: t.Any, name: str = "") -> str:
    """A Python value as CLIXML; a name makes it a property. Integers are Int32 where they fit, else UInt64."""
    named = f' N="{escape(name)}"' if name else ""
    if item is None:
        return f"<Nil{named} />"
    if isinstance(item, bool):
        return f"<B{named}>{str(item).lower()}</B>"
    if isinstance(item, int):
        tag = "I32" if -(2**31) <= item < 2**31 else "U64"
        return f"<{tag}{named}>{item}</{tag}>"
    if isinstance(item, list):
        content = "".join(value(entry) for entry in item)
        return f'<Obj{named} RefId="90"><TN RefId="90"><T>System.String[]</T><T>System.Object</T></TN><LST>{content}</LST></Obj>'
    return f"<S{named}>{encoded(item)}</S>"


def encoded(text: str) -> str:
    """Text as CLIXML writes it: control characters and half surrogates as _xHHHH_, and `_x` itself escaped."""
    text = re.sub("_(?=[xX])", "_x005F_", text)
    return escape(re.sub("[\x00-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]", lambda found: f"_x{ord(found[0]):04X}_", text))


def note_object(properties: t.Mapping[str, t.Any]) -> str:
    """What Get-ItemProperty gives: a custom object of note properties."""
    content = "".join(value(item, name) for name, item in properties.items())
    types = "<T>System.Management.Automation.PSCustomObject</T><T>System.Object</T>"
    return f'<Obj RefId="0"><TN RefId="0">{types}</TN><MS>{content}</MS></Obj>'


def file_item(properties: t.Mapping[str, t.Any], path: str) -> str:
    """What Get-Item gives for a file."""
    content = "".join(value(item, name) for name, item in properties.items())
    types = "<T>System.IO.FileInfo</T><T>System.IO.FileSystemInfo</T><T>System.MarshalByRefObject</T><T>System.Object</T>"
    place = value(f"Microsoft.PowerShell.Core\\FileSystem::{path}", "PSPath")
    return f'<Obj RefId="0"><TN RefId="0">{types}</TN><Props>{content}</Props><MS>{place}</MS></Obj>'


def cim_instance(namespace: str, class_name: str, properties: t.Mapping[str, t.Any]) -> str:
    content = "".join(value(item, name) for name, item in properties.items())
    types = f"<T>Microsoft.Management.Infrastructure.CimInstance#{namespace}/{class_name}</T><T>System.Object</T>"
    return f'<Obj RefId="0"><TN RefId="0">{types}</TN><Props>{content}</Props></Obj>'


def method_result(method: str, **properties: t.Any) -> str:
    """What Invoke-CimMethod gives for `<class>#<method>`."""
    kind = "Microsoft.Management.Infrastructure.CimMethodResult"
    types = f"<T>{kind}#{method}</T><T>{kind}</T><T>System.Management.Automation.PSCustomObject</T><T>System.Object</T>"
    content = "".join(value(item, name) for name, item in properties.items())
    return f'<Obj RefId="0"><TN RefId="0">{types}</TN><MS>{content}</MS></Obj>'
