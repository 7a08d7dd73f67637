"""PSRP bytes: what is cut must come together again, however it arrives."""

from __future__ import annotations

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st
from psrpcore.types import PSRPMessageType

from tests.simulator.transport.fragments import FRAGMENT_SIZE, Joiner, Message, ProtocolError, pack, split, unpack

POOL, PIPELINE = uuid.UUID(int=1), uuid.UUID(int=2)


@given(blobs=st.lists(st.binary(max_size=300), max_size=4), size=st.integers(22, 80), cuts=st.integers(1, 50))
def test_fragments_come_together_again(blobs: list[bytes], size: int, cuts: int) -> None:
    wire = b"".join(fragment for number, blob in enumerate(blobs) for fragment in split(blob, number, size))
    joiner = Joiner()
    joined = [blob for at in range(0, len(wire), cuts) for blob in joiner.feed(wire[at : at + cuts])]
    assert joined == blobs


def test_interleaved_messages_are_told_apart() -> None:
    first, second = list(split(b"a" * 50, 1, 50)), list(split(b"b" * 50, 2, 50))
    assert Joiner().feed(first[0] + second[0] + second[1] + first[1]) == [b"b" * 50, b"a" * 50]


def test_fragments_are_as_long_as_those_of_a_real_host() -> None:
    assert [len(fragment) for fragment in split(bytes(FRAGMENT_SIZE), 1)] == [FRAGMENT_SIZE, 42]


def test_a_missing_fragment_is_noticed() -> None:
    with pytest.raises(ProtocolError, match="fragment 1 of message 7"):
        Joiner().feed(list(split(b"a" * 50, 7, 50))[1])


def test_a_body_begins_with_a_byte_order_mark_and_nothing_has_none() -> None:
    assert pack(Message(PSRPMessageType.PipelineOutput, POOL, PIPELINE, b"<Nil />"))[40:] == b"\xef\xbb\xbf<Nil />"
    assert pack(Message(PSRPMessageType.PipelineOutput, POOL, PIPELINE, b""))[40:] == b""


@given(st.binary(max_size=80))
def test_anything_can_arrive(blob: bytes) -> None:
    try:
        message = unpack(blob)
    except ProtocolError:
        return
    assert message.kind in PSRPMessageType


@pytest.mark.parametrize("pipeline", [None, PIPELINE])
def test_a_message_from_a_client_is_read(pipeline: uuid.UUID | None) -> None:
    sent = Message(PSRPMessageType.PipelineInput, POOL, pipeline, b"<S>x</S>")
    blob = b"\x02\0\0\0" + pack(sent)[4:]
    assert unpack(blob) == sent


@pytest.mark.parametrize(
    ("blob", "problem"),
    [(b"short", "at least 40"), (b"\x01\0\0\0" + bytes(40), "not for the server"), (b"\x02\0\0\0" + b"\x99" * 40, "unknown PSRP message")],
)
def test_what_is_no_message_says_why(blob: bytes, problem: str) -> None:
    with pytest.raises(ProtocolError, match=problem):
        unpack(blob)
