"""Waiting for output."""

from __future__ import annotations

import asyncio

import pytest

from tests.simulator.transport.channel import Channel, Chunk, Replaced


def test_output_that_is_there_is_not_waited_for() -> None:
    async def scenario() -> list[bytes]:
        channel = Channel()
        channel.put(Chunk(b"a"))
        channel.put(Chunk(b"b"))
        assert await channel.wait(0)
        return channel.take(1000, 0)

    assert asyncio.run(scenario()) == [b"a", b"b"]


def test_nothing_in_time_is_said() -> None:
    assert asyncio.run(Channel().wait(0)) is False


def test_a_newer_receive_takes_over() -> None:
    async def scenario() -> bool:
        channel = Channel()
        older = asyncio.create_task(channel.wait(60))
        await asyncio.sleep(0)
        newer = asyncio.create_task(channel.wait(60))
        with pytest.raises(Replaced):
            await older
        channel.put(Chunk(b"a"))
        return await newer

    assert asyncio.run(scenario())


def test_what_does_not_fit_waits_for_the_next_receive() -> None:
    channel = Channel()
    for data in (b"x" * 90, b"y" * 90, b"z" * 90):
        channel.put(Chunk(data))
    assert [len(channel.take(260, 10)), len(channel.take(1, 10)), len(channel.take(1000, 10))] == [2, 1, 0]


def test_a_chunk_that_wants_to_be_alone_is() -> None:
    channel = Channel()
    channel.put(Chunk(b"a"))
    channel.put(Chunk(b"b", alone=True))
    assert [channel.take(1000, 0), channel.take(1000, 0)] == [[b"a"], [b"b"]]


def test_the_end_is_told_once_and_last() -> None:
    channel = Channel()
    channel.put(Chunk(b"a"))
    channel.finish()
    assert not channel.take_end()
    channel.take(1000, 0)
    assert [channel.take_end(), channel.take_end()] == [True, False]
