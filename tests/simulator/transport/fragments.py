"""PSRP messages and fragments as bytes: MS-PSRP 2.2.1 (message) and 2.2.4 (packet fragment)."""

from __future__ import annotations

import dataclasses
import struct
import typing as t
import uuid

from psrpcore.types import PSRPMessageType

FRAGMENT_SIZE = 32_768
"""Bytes of one fragment with its header: what recorded hosts cut at."""

_HEADER = struct.Struct(">QQBI")
_TARGET = struct.Struct("<II")
_BOM = b"\xef\xbb\xbf"
_CLIENT = 1
_SERVER = 2
_NO_PIPELINE = uuid.UUID(int=0)


class ProtocolError(Exception):
    """The client sent bytes that are not PSRP."""


@dataclasses.dataclass(frozen=True, slots=True)
class Message:
    """One PSRP message; `pipeline` is None when it concerns the pool. `body` is CLIXML or empty."""

    kind: PSRPMessageType
    pool: uuid.UUID
    pipeline: uuid.UUID | None
    body: bytes


def pack(message: Message) -> bytes:
    """The message as a server sends it. Recorded hosts put a byte order mark before every body that is not empty."""
    head = _TARGET.pack(_CLIENT, message.kind.value) + message.pool.bytes_le + (message.pipeline or _NO_PIPELINE).bytes_le
    return head + (_BOM + message.body if message.body else b"")


def unpack(blob: bytes) -> Message:
    """Read a message sent by a client.

    Raises:
        ProtocolError: too short, unknown message type, or not meant for a server.
    """
    if len(blob) < 40:
        raise ProtocolError(f"a PSRP message has at least 40 bytes, this one {len(blob)}")
    destination, kind = _TARGET.unpack_from(blob)
    if destination != _SERVER:
        raise ProtocolError(f"message for destination {destination}, not for the server")
    try:
        message_type = PSRPMessageType(kind)
    except ValueError:
        raise ProtocolError(f"unknown PSRP message type {kind:#010x}") from None
    pipeline = uuid.UUID(bytes_le=blob[24:40])
    body = blob[40:].removeprefix(_BOM)
    return Message(message_type, uuid.UUID(bytes_le=blob[8:24]), None if pipeline == _NO_PIPELINE else pipeline, body)


def split(blob: bytes, object_id: int, size: int = FRAGMENT_SIZE) -> t.Iterator[bytes]:
    """Cut one message into fragments of at most `size` bytes, headers included."""
    room = size - _HEADER.size
    starts = range(0, max(len(blob), 1), room)
    for number, start in enumerate(starts):
        piece = blob[start : start + room]
        flags = (1 if number == 0 else 0) | (2 if number == len(starts) - 1 else 0)
        yield _HEADER.pack(object_id, number, flags, len(piece)) + piece


class Joiner:
    """Puts fragments together again, whatever the pieces they arrive in."""

    def __init__(self) -> None:
        self._rest = b""
        self._open: dict[int, list[bytes]] = {}

    def feed(self, data: bytes) -> list[bytes]:
        """Take in bytes; return the messages that they complete.

        Raises:
            ProtocolError: a fragment of a message is missing or out of order.
        """
        data = self._rest + data
        done: list[bytes] = []
        at = 0
        while len(data) - at >= _HEADER.size:
            object_id, number, flags, length = _HEADER.unpack_from(data, at)
            end = at + _HEADER.size + length
            if end > len(data):
                break
            pieces = self._open.setdefault(object_id, [])
            if number != len(pieces):
                raise ProtocolError(f"fragment {number} of message {object_id} where {len(pieces)} was due")
            pieces.append(data[at + _HEADER.size : end])
            if flags & 2:
                done.append(b"".join(self._open.pop(object_id)))
            at = end
        self._rest = data[at:]
        return done
