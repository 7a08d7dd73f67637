"""Reads a CreatePipeline message into boundary calls.

An own walk over the XML: psrpcore's generic object tree costs some ten milliseconds for each pipeline, this a fraction of one.
"""

from __future__ import annotations

import dataclasses
import re
import typing as t
from xml.etree import ElementTree

from psrpcore import types as ps

from ..boundary import Argument, Call, Statement
from .fragments import ProtocolError

_I32_MIN, _I32_MAX = -(2**31), 2**31 - 1
_ESCAPED = re.compile("(?:_x[0-9A-Fa-f]{4}_)+")


@dataclasses.dataclass(frozen=True, slots=True)
class PipelineRequest:
    """What a client asks to run.

    `invocation_info` is RemoteStreamOptions: 1 error, 2 warning, 4 debug, 8 verbose records carry their invocation.
    `redirect_errors`: every command merges its errors into the output. (Which command an error comes from is not known here, so a
    pipeline in which only some do keeps its errors apart.)
    """

    statements: tuple[Statement, ...]
    no_input: bool
    invocation_info: int
    redirect_errors: bool


def unescape(text: str) -> str:
    """Undo CLIXML's `_xHHHH_` escapes (UTF-16 code units)."""
    if "_x" not in text:
        return text

    def units(match: re.Match[str]) -> str:
        raw = b"".join(int(unit, 16).to_bytes(2, "little") for unit in re.findall("_x(....)_", match.group()))
        return raw.decode("utf-16-le", "surrogatepass")

    return _ESCAPED.sub(units, text)


def read_pipeline(body: bytes, cipher: ps.PSCryptoProvider) -> PipelineRequest:
    """Read the body of a CreatePipeline message.

    Raises:
        ProtocolError: not the shape of MS-PSRP 2.2.2.10, or a number that its element cannot hold (a real host refuses it too).
    """
    try:
        return _Reader(ElementTree.fromstring(body), cipher).request()
    except (ElementTree.ParseError, KeyError, IndexError, AttributeError, ValueError, TypeError) as error:
        raise ProtocolError(f"CreatePipeline cannot be read: {error!r}") from error


class _Reader:
    def __init__(self, root: ElementTree.Element, cipher: ps.PSCryptoProvider) -> None:
        self._root = root
        self._cipher = cipher
        self._type_names = {element.get("RefId"): element for element in root.iter("TN")}
        self._objects = {element.get("RefId"): element for element in root.iter("Obj")}

    def request(self) -> PipelineRequest:
        top = self._members(self._root)
        shell = self._members(top["powershell"])
        extra = self._items(shell.get("extracmds"))
        groups = [self._members(group)["cmds"] for group in extra] if extra else [shell["cmds"]]
        statements = tuple(tuple(self._call(command) for command in self._items(group)) for group in groups)
        redirect = all(self._merges_errors(command) for group in groups for command in self._items(group))
        return PipelineRequest(
            statements=tuple(statement for statement in statements if statement),
            no_input=top["noinput"].text == "true",
            invocation_info=self._number(top.get("remotestreamoptions")),
            redirect_errors=redirect,
        )

    def _merges_errors(self, command: ElementTree.Element) -> bool:
        """MergeMyResult is Error (2) and MergeToResult Output (1)."""
        members = self._members(command)
        return (self._number(members.get("mergemyresult")), self._number(members.get("mergetoresult"))) == (2, 1)

    def _call(self, command: ElementTree.Element) -> Call:
        members = self._members(command)
        arguments = []
        for item in self._items(members.get("args")):
            pair = self._members(item)
            name = pair["n"]
            arguments.append(Argument(None if name.tag == "Nil" else unescape(name.text or "").rstrip(":"), self._value(pair["v"])))
        return Call(unescape(members["cmd"].text or ""), members["isscript"].text == "true", tuple(arguments))

    def _members(self, element: ElementTree.Element) -> dict[str, ElementTree.Element]:
        """The extended properties of an object, by lower-case name (PowerShell does not tell cases apart)."""
        extended = self._resolve(element).find("MS")
        return {} if extended is None else {(child.get("N") or "").lower(): child for child in extended}

    def _items(self, element: ElementTree.Element | None) -> t.Sequence[ElementTree.Element]:
        if element is None or element.tag == "Nil":
            return ()
        items = self._resolve(element).find("LST")
        return () if items is None else [self._resolve(item) for item in items]

    def _resolve(self, element: ElementTree.Element) -> ElementTree.Element:
        return self._objects[element.get("RefId")] if element.tag == "Ref" else element

    def _number(self, element: ElementTree.Element | None) -> int:
        if element is None or element.tag == "Nil":
            return 0
        value = self._resolve(element).find("I32")
        return int((value if value is not None else element).text or 0)

    def _value(self, element: ElementTree.Element) -> t.Any:
        match element.tag:
            case "S":
                return unescape(element.text or "")
            case "B":
                return element.text == "true"
            case "Nil":
                return None
            case _:
                return self._object(element)

    def _object(self, element: ElementTree.Element) -> t.Any:
        for number in element.iter("I32"):
            if not _I32_MIN <= int(number.text or "") <= _I32_MAX:
                raise ProtocolError(f"<I32> holds {number.text}, which is no 32-bit integer: the client meant <I64>")
        for reference in element.iter("TNRef"):
            # psrpcore sees this element alone, so the names it refers to must be inside.
            reference.tag = "TN"
            reference[:] = list(self._type_names[reference.get("RefId")])
        return ps.deserialize(self._resolve(element), self._cipher)
