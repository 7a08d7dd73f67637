"""Envelopes in and out."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypsrp.wsman import WSMan

from tests.simulator.transport import faults, soap
from tests.simulator.transport.faults import FaultKind, WsmanFault

KINDS = [value for value in vars(faults).values() if isinstance(value, FaultKind)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [("PT20S", 20.0), ("PT0.5S", 0.5), ("P1DT2H3M4S", 93784.0), ("PT-1S", None), ("20", None), ("", None), ("PT", 0.0)],
)
def test_durations(text: str, expected: float | None) -> None:
    assert soap.seconds(text) == expected


@given(st.binary(max_size=60))
def test_what_is_no_envelope_is_not_soap(data: bytes) -> None:
    with pytest.raises(soap.NotSoap):
        soap.parse(data)


def test_an_html_page_is_not_soap() -> None:
    with pytest.raises(soap.NotSoap):
        soap.parse(b"<html><body>x</body></html>")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name or "refused")
def test_clients_read_every_fault(kind: FaultKind) -> None:
    text = soap.fault(WsmanFault(kind, "because <of> this"), "uuid:1", "host")
    read = WSMan._parse_wsman_fault(text.decode())
    assert (read.code, read.machine) == (kind.code or read.code, "host")
    assert "because <of> this" in (read.provider_fault or read.reason)


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name or "refused")
def test_every_fault_says_where_it_is_known_from(kind: FaultKind) -> None:
    assert kind.source
    assert kind.grade in {"recorded", "documented", "generated", "community", "inferred"}


def test_an_answer_escapes_what_it_repeats() -> None:
    root = ElementTree.fromstring(soap.answer("urn:a", "uuid:<&>", ("w", "p"), ""))
    assert root.findtext(".//{http://schemas.xmlsoap.org/ws/2004/08/addressing}RelatesTo") == "uuid:<&>"
