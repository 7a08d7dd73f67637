"""CLIXML as Windows writes it, from psrpcore values."""

from __future__ import annotations

import typing as t
from xml.etree import ElementTree

from psrpcore import types as ps

_ORDER = {"TN": 0, "TNRef": 0, "ToString": 1, "Props": 3, "MS": 4}
_CONTENT = 2


def note(**properties: t.Any) -> ps.PSObject:
    """An object without type names: the shape of most PSRP messages."""
    made = ps.PSObject()
    made.PSObject.type_names = []
    for name, value in properties.items():
        ps.add_note_property(made, name, value)
    return made


def element(value: t.Any, cipher: ps.PSCryptoProvider) -> ElementTree.Element:
    """Serialize a value. psrpcore puts an object's string and an enum's names last; Windows puts names, string, content, properties."""
    root = ps.serialize(value, cipher)
    for item in root.iter("Obj"):
        item[:] = sorted(item, key=lambda child: _ORDER.get(child.tag, _CONTENT))
    return root


def encode(root: ElementTree.Element) -> bytes:
    """The bytes of a message body: UTF-8 without a declaration."""
    return ElementTree.tostring(root, encoding="unicode").encode()
