"""The fast reader of pipelines, against what clients write."""

from __future__ import annotations

import typing as t
from xml.etree import ElementTree

import psrpcore
import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore import types as ps
from psrpcore._crypto import PSRemotingCrypto

from tests.simulator.boundary import Argument, Call
from tests.simulator.transport.fragments import ProtocolError
from tests.simulator.transport.pipeline_reader import PipelineRequest, read_pipeline, unescape

CIPHER = PSRemotingCrypto()


def written(shell: psrpcore.PowerShell) -> bytes:
    """The body that psrpcore's client side writes for a pipeline."""
    made = psrpcore.PowerShell.ToPSObjectForRemoting(shell)
    return ElementTree.tostring(ps.serialize(made, CIPHER))


def shell_of(*commands: psrpcore.Command) -> psrpcore.PowerShell:
    shell = psrpcore.PowerShell()
    shell.commands = list(commands)
    return shell


def command(name: str, *arguments: t.Any, end: bool = False, **named: t.Any) -> psrpcore.Command:
    made = psrpcore.Command(name)
    made.parameters = [(None, value) for value in arguments] + list(named.items())
    made.end_of_statement = end
    return made


def read(*commands: psrpcore.Command) -> PipelineRequest:
    return read_pipeline(written(shell_of(*commands)), CIPHER)


def test_statements_and_pipes_are_told_apart() -> None:
    request = read(command("A", end=True), command("B"), command("C", end=True))
    assert [[call.name for call in statement] for statement in request.statements] == [["A"], ["B", "C"]]
    assert request.no_input


def test_arguments_keep_names_order_and_types() -> None:
    request = read(command("A", "positional", Name="named", Force=True, Count=5, Nothing=None, Long=ps.PSInt64(2**40)))
    assert request.statements == (
        (
            Call(
                "A",
                False,
                (
                    Argument(None, "positional"),
                    Argument("Name", "named"),
                    Argument("Force", True),
                    Argument("Count", 5),
                    Argument("Nothing", None),
                    Argument("Long", 2**40),
                ),
            ),
        ),
    )


def test_repeated_type_names_inside_values_are_resolved() -> None:
    (statement,) = read(command("A", One=["a"], Two=["b", ["c"]], Three={"k": ["d"]})).statements
    assert [argument.value for argument in statement[0].arguments] == [["a"], ["b", ["c"]], {"k": ["d"]}]


def test_a_script_is_marked() -> None:
    script = psrpcore.Command("1 + 1", True)
    assert read(script).statements[0][0].is_script


@given(st.text(st.characters(exclude_categories=()), max_size=40))
def test_strings_are_read_as_psrpcore_reads_them(text: str) -> None:
    element = ps.serialize(text, CIPHER)
    assert unescape(element.text or "") == text


@given(st.text(alphabet="_x0DF4a", max_size=30))
def test_strings_that_look_like_escapes_survive(text: str) -> None:
    element = ps.serialize(text, CIPHER)
    assert unescape(element.text or "") == text


@pytest.mark.parametrize("number", [2**31, -(2**31) - 1])
def test_an_i32_that_overflows_is_refused(number: int) -> None:
    body = written(shell_of(command("A", Count=7))).replace(b">7<", b">%d<" % number)
    with pytest.raises(ProtocolError, match="no 32-bit integer"):
        read_pipeline(body, CIPHER)


@given(st.binary(max_size=60))
def test_what_is_no_pipeline_is_a_protocol_error(body: bytes) -> None:
    with pytest.raises(ProtocolError):
        read_pipeline(body, CIPHER)
