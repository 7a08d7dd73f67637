"""Get-ChildItem on folders, and Select-Xml on the files that it gives."""

from __future__ import annotations

import fnmatch
import re
import typing as t
from xml.etree import ElementTree

from psrpcore import types as ps

from ...contract.binding import provider_of
from ..device import files
from . import objects
from .invocation import Invocation

# The one kind of path in use: elements by their local names, from the root on.
_ELEMENT = ("System.Xml.XmlElement", "System.Xml.XmlLinkedNode", "System.Xml.XmlNode", "System.Object")
_STEP = re.compile(r"/\*\[local-name\(\)='([A-Za-z]+)'\]")


def get_child_item(call: Invocation) -> None:
    for path in call.paths:
        if provider_of(path) != "FileSystem" or not call.literal:
            raise call.refuse(f"Get-ChildItem: known for folders by -LiteralPath only ({path})")
        _folder(call, path)


def _folder(call: Invocation, path: str) -> None:
    missing = call.device.state.endpoint.platform == "linux" or not files.has_folder(call.device, path)
    if missing:
        message = f"Cannot find path '{path}' because it does not exist."
        call.fail(call.record("PathNotFound", message, ps.PSString(path), ItemName=path, SessionStateCategory="Drive"))
        return
    if not call.session.token.elevated:
        message = f"Access to the path '{path}' is denied."
        call.fail(call.record("DirUnauthorizedAccessError", message, ps.PSString(path)))
        return
    for file in files.below(call.device, path):
        direct = file.path.lower().rpartition("\\")[0] == path.lower().rstrip("\\")
        named = fnmatch.fnmatchcase(file.path.rpartition("\\")[2].lower(), call.bound.get("Filter", "*").lower())
        if named and (direct or call.bound.get("Recurse")) and (not file.hidden or call.bound.get("Force")):
            call.emit(objects.file_item(file))


def select_xml(call: Invocation) -> None:
    """Files come in through the pipeline, by their PSPath."""
    expression = call.bound["XPath"]
    names = _STEP.findall(expression)
    if not names or "".join(f"/*[local-name()='{name}']" for name in names) != expression:
        raise call.refuse(f"Select-Xml: unknown kind of XPath ({expression})")
    for item in call.piped:
        path = _path(item)
        file = files.find(call.device, path)
        if file is None or file.text is None:
            raise call.refuse(f"Select-Xml: the content of {path} is not modeled")
        for node in _nodes(call, path, file.text, names):
            made = objects.bag(["Microsoft.PowerShell.Commands.SelectXmlInfo", "System.Object"])
            objects.adapt(made, {"Node": node, "Path": path, "Pattern": expression})
            call.emit(made)


def _path(item: t.Any) -> str:
    notes = item.PSObject.extended_properties
    return str(next(note.get_value(item) for note in notes if note.name == "PSPath")).rpartition("::")[2]


def _nodes(call: Invocation, path: str, text: str, names: list[str]) -> t.Iterator[ps.PSObject]:
    try:
        found = [ElementTree.fromstring(text)]
    except ElementTree.ParseError as error:
        message = f"Cannot process the file at path '{path}' because it is not valid XML: {error}"
        call.fail(call.record("ProcessingFile", message, ps.PSString(path)))
        return
    found = [element for element in found if _local(element) == names[0]]
    for name in names[1:]:
        found = [child for element in found for child in element if _local(child) == name]
    for element in found:
        made = objects.bag(_ELEMENT, text=_local(element))
        objects.adapt(made, {"Name": _local(element), "LocalName": _local(element), "InnerText": ps.PSString("".join(element.itertext()))})
        yield made


def _local(element: ElementTree.Element) -> str:
    return element.tag.rpartition("}")[2]
