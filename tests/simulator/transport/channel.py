"""What waits to be received: one channel for the pool and one for each command."""

from __future__ import annotations

import asyncio
import collections
import dataclasses


@dataclasses.dataclass(frozen=True, slots=True)
class Chunk:
    """One `rsp:Stream` element: raw bytes of one PSRP fragment. `alone` keeps it out of a Receive that already holds something."""

    data: bytes
    alone: bool = False


class Replaced(Exception):
    """Another Receive took this one's place."""


class Channel:
    """A queue that a Receive waits on. Only the newest Receive gets the output."""

    def __init__(self) -> None:
        self._chunks: collections.deque[Chunk] = collections.deque()
        self._changed = asyncio.Event()
        self._receivers = 0
        self._done = False
        self._told = False

    @property
    def finished(self) -> bool:
        """The client has been told that the command is done."""
        return self._told

    def put(self, chunk: Chunk) -> None:
        self._chunks.append(chunk)
        self._changed.set()

    def finish(self) -> None:
        """Nothing more will come."""
        self._done = True
        self._changed.set()

    async def wait(self, seconds: float) -> bool:
        """Wait until there is something to tell; False when the time is over.

        Raises:
            Replaced: a newer Receive waits now.
        """
        self._receivers += 1
        mine = self._receivers
        self._changed.set()  # wakes an older Receive, which then finds itself replaced
        deadline = asyncio.get_running_loop().time() + seconds
        while not self._chunks and (self._told or not self._done):
            self._changed.clear()
            try:
                async with asyncio.timeout_at(deadline):
                    await self._changed.wait()
            except TimeoutError:
                return False
            if mine != self._receivers:
                raise Replaced
        return True

    def take(self, room: int, overhead: int) -> list[bytes]:
        """What fits into `room` bytes of base64 with `overhead` bytes for each element; always one at least."""
        taken: list[bytes] = []
        while self._chunks:
            chunk = self._chunks[0]
            room -= len(chunk.data) * 4 // 3 + overhead
            if taken and (room < 0 or chunk.alone):
                break
            taken.append(self._chunks.popleft().data)
        return taken

    def take_end(self) -> bool:
        """True once, when the command is done and everything has been taken."""
        if self._done and not self._chunks and not self._told:
            self._told = True
            return True
        return False
