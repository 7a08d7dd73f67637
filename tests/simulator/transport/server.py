"""A whole fleet on its addresses, in one process."""

from __future__ import annotations

import asyncio
import contextlib
import dataclasses
import errno
import functools
import logging
import pathlib
import tempfile
import threading
import typing as t

from ..boundary import Device, Fleet
from .authentication import CredentialFiles
from .certificates import Authority
from .http import Listener
from .recorder import Recorder
from .wsman import Wsman

log = logging.getLogger(__name__)

_BACKLOG = 512
_MAX_HEAD = 64 * 1024


class PortBusy(Exception):
    """Something else listens at an address and port of the fleet."""

    def __init__(self, address: str, port: int) -> None:
        super().__init__(f"{address} port {port} is in use: another simulator still runs there, or something else listens on it")
        self.address = address
        self.port = port


class _Station:
    """One device with its open sockets."""

    def __init__(self, device: Device, files: CredentialFiles, recorder: Recorder, authority: Authority) -> None:
        self._device = device
        self._wsman = Wsman(device, recorder)
        self._listener = Listener(device, self._wsman, files, recorder, authority.client_thumbprint)
        self._authority = authority
        self._servers: list[asyncio.Server] = []

    async def refresh(self) -> None:
        if self._device.powered_on and not self._servers:
            await self._open()
        elif not self._device.powered_on:
            self.close()

    def close(self) -> None:
        for server in self._servers:
            server.close()
        self._servers.clear()
        self._listener.disconnect()
        self._wsman.close()

    async def _open(self) -> None:
        endpoint = self._device.endpoint
        try:
            if endpoint.http_port is not None:
                await self._listen(endpoint.http_port, None, None)
            if endpoint.https_port is not None:
                clients = "certificate" in endpoint.authentication
                context, digest = self._authority.context(self._device.name, self._device.address, endpoint.certificate, clients=clients)
                await self._listen(endpoint.https_port, context, digest)
        except BaseException:
            self.close()
            raise

    async def _listen(self, port: int, context: t.Any, digest: bytes | None) -> None:
        serve = functools.partial(self._listener.serve, certificate_hash=digest)
        try:
            server = await asyncio.start_server(serve, self._device.address, port, ssl=context, backlog=_BACKLOG, limit=_MAX_HEAD)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortBusy(self._device.address, port) from error
            raise
        self._servers.append(server)


class FleetServer:
    """Serves every device of a fleet that is switched on.

    Args:
        fleet: the devices.
        certificates: directory for the authority's certificate (`ca.pem`) and those of the devices.
        record: JSON Lines file of what the devices saw.
        recorder: takes the place of `record` where a test brings its own.
    """

    def __init__(
        self, fleet: Fleet, *, certificates: pathlib.Path, record: pathlib.Path | None = None, recorder: Recorder | None = None
    ) -> None:
        self.recorder = recorder if recorder is not None else Recorder(record)
        self.authority = Authority(certificates)
        self._secrets = tempfile.TemporaryDirectory(prefix="fleet-")
        files = CredentialFiles(pathlib.Path(self._secrets.name))
        self._stations = {device.name: _Station(device, files, self.recorder, self.authority) for device in fleet.devices.values()}

    async def start(self) -> None:
        """Open the sockets.

        Raises:
            PortBusy: one of them is taken; none stays open.
            OSError: an address is not of this machine, or a port needs privileges.
        """
        try:
            for station in self._stations.values():
                await station.refresh()
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything, cut every connection, stop every pipeline."""
        for station in self._stations.values():
            station.close()
        await asyncio.sleep(0)
        self.recorder.close()
        self._secrets.cleanup()

    async def refresh(self, device: Device) -> None:
        """Open or close the sockets of a device that was switched on or off."""
        await self._stations[device.name].refresh()


@dataclasses.dataclass(frozen=True, slots=True)
class Running:
    """A fleet that runs in a thread of its own."""

    server: FleetServer
    loop: asyncio.AbstractEventLoop

    @property
    def recorder(self) -> Recorder:
        return self.server.recorder

    @property
    def authority(self) -> pathlib.Path:
        """The certificate of the fleet's authority, PEM."""
        return self.server.authority.path

    def refresh(self, device: Device) -> None:
        """As FleetServer.refresh, from any thread."""
        asyncio.run_coroutine_threadsafe(self.server.refresh(device), self.loop).result(10)


@contextlib.contextmanager
def running(fleet: Fleet, *, certificates: pathlib.Path, recorder: Recorder | None = None) -> t.Iterator[Running]:
    """Run a fleet in a background thread for as long as the block lasts.

    Raises:
        PortBusy: as FleetServer.start.
    """
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, name="simulated fleet", daemon=True)
    thread.start()
    server = FleetServer(fleet, certificates=certificates, recorder=recorder)
    try:
        asyncio.run_coroutine_threadsafe(server.start(), loop).result(60)
        try:
            yield Running(server, loop)
        finally:
            asyncio.run_coroutine_threadsafe(server.stop(), loop).result(10)
    finally:
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()
