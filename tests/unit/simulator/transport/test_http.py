"""Reading requests, whatever the pieces they arrive in."""

from __future__ import annotations

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.simulator.transport.http import BadRequest, Request, Response, read_request


def read(*pieces: bytes) -> Request | None:
    async def reading() -> Request | None:
        reader = asyncio.StreamReader()
        for piece in pieces:
            reader.feed_data(piece)
        reader.feed_eof()
        return await read_request(reader)

    return asyncio.run(reading())


def test_a_request_with_a_length() -> None:
    wire = b"POST /wsman HTTP/1.1\r\nContent-Length: 4\r\nX-Y:  z \r\n\r\nbody"
    request = read(wire)
    assert request == Request("POST", "/wsman", {"content-length": "4", "x-y": "z"}, b"body", len(wire))


@given(st.lists(st.binary(min_size=1, max_size=40), max_size=5))
def test_a_request_in_chunks(chunks: list[bytes]) -> None:
    wire = b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n"
    wire += b"".join(b"%x\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    request = read(wire)
    assert request is not None
    assert (request.body, request.size) == (b"".join(chunks), len(wire))


@pytest.mark.parametrize("wire", [b"", b"POST / HTTP/1.1\r\nContent-Length: 9\r\n\r\nshort", b"POST / HT"])
def test_a_client_that_goes_away_leaves_no_request(wire: bytes) -> None:
    assert read(wire) is None


@pytest.mark.parametrize(
    "wire",
    [
        b"hello\r\n\r\n",
        b"POST / HTTP/1.1\r\nno header\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 99999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"X" * 70_000 + b"\r\n\r\n",
    ],
)
def test_what_is_no_request_is_refused(wire: bytes) -> None:
    with pytest.raises(BadRequest):
        read(wire)


def test_an_answer_says_how_long_it_is() -> None:
    assert Response(200, b"abc", "text/html", (("X", "y"),)).encode().split(b"\r\n") == [
        b"HTTP/1.1 200 ",
        b"Server: Microsoft-HTTPAPI/2.0",
        b"X: y",
        b"Content-Type: text/html",
        b"Content-Length: 3",
        b"",
        b"abc",
    ]
