"""A simulated fleet to point any client at: `python -m tests.simulator --fleet FILE`."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import pathlib
import resource
import signal
import sys
import tempfile
import typing as t

import yaml

from .boundary import Device, Endpoint, Fleet
from .device.fleet import FleetError, load
from .transport.server import FleetServer, PortBusy


def main(arguments: t.Sequence[str] | None = None) -> int:
    """Run until interrupted; then say what was asked of the devices that the contract tables do not hold.

    Returns:
        0 after an interrupt, 2 when the fleet cannot be served (the reason is on stderr).
    """
    options = _parse(arguments)
    try:
        fleet = load(options.fleet)
    except FleetError as error:
        return _fail(str(error))
    with contextlib.ExitStack() as stack:
        certificates = options.certificates or pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="fleet-")))
        _allow_many_sockets()
        try:
            asyncio.run(_serve(fleet, certificates, options))
        except PortBusy as error:
            return _fail(str(error))
        except OSError as error:
            return _fail(f"the fleet cannot be served: {error}")
    for name, device in fleet.devices.items():
        for violation in device.violations:
            print(f"violation at {name}: {violation}")
    return 0


def inventory(fleet: Fleet, authority: pathlib.Path) -> dict[str, t.Any]:
    """An Ansible inventory that reaches the fleet over the psrp connection, with the first account of each device."""
    return {"all": {"hosts": {device.name: _host(device, authority) for device in fleet.devices.values()}}}


def _host(device: Device, authority: pathlib.Path) -> dict[str, t.Any]:
    endpoint = device.endpoint
    secure = endpoint.https_port is not None
    host: dict[str, t.Any] = {
        "ansible_connection": "psrp",
        "ansible_host": device.address,
        "ansible_port": endpoint.https_port if secure else endpoint.http_port,
        "ansible_psrp_protocol": "https" if secure else "http",
        "ansible_psrp_auth": "negotiate" if "negotiate" in endpoint.authentication else "basic",
    }
    if secure:
        host["ansible_psrp_ca_cert"] = str(authority.resolve())
    if endpoint.accounts:
        host["ansible_user"], host["ansible_password"] = endpoint.accounts[0].name, endpoint.accounts[0].password
    return host


def _allow_many_sockets() -> None:
    """Every device holds a socket for itself and one for each client; the usual soft limit is 1,024."""
    _unused, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


async def _serve(fleet: Fleet, certificates: pathlib.Path, options: argparse.Namespace) -> None:
    ended = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, ended.set)
    server = FleetServer(fleet, certificates=certificates, record=options.record)
    await server.start()
    try:
        for device in fleet.devices.values():
            print(_line(device))
        if options.inventory is not None:
            written = inventory(fleet, server.authority.path)
            options.inventory.write_text(yaml.safe_dump(written, sort_keys=False), encoding="utf-8")
        if options.ready is not None:
            options.ready.write_text("ready\n", encoding="utf-8")
        print("ready", flush=True)
        await ended.wait()
    finally:
        await server.stop()


def _line(device: Device) -> str:
    endpoint = device.endpoint
    if not device.powered_on:
        return f"{device.name}  {device.address}  switched off"
    accounts = ", ".join(account.name for account in endpoint.accounts)
    schemes = ", ".join(sorted(endpoint.authentication))
    return f"{device.name}  {' '.join(_addresses(device.address, endpoint))}  {schemes}  accounts: {accounts}"


def _addresses(address: str, endpoint: Endpoint) -> t.Iterator[str]:
    if endpoint.http_port is not None:
        yield f"http://{address}:{endpoint.http_port}/wsman"
    if endpoint.https_port is not None:
        yield f"https://{address}:{endpoint.https_port}/wsman"


def _parse(arguments: t.Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("--fleet", type=pathlib.Path, required=True, help="YAML file that describes the devices")
    parser.add_argument("--certificates", type=pathlib.Path, help="directory for ca.pem and the devices' certificates")
    parser.add_argument("--record", type=pathlib.Path, help="write what the devices saw to this file, JSON Lines")
    parser.add_argument("--ready", type=pathlib.Path, help="create this file when every device listens")
    parser.add_argument("--inventory", type=pathlib.Path, help="write an Ansible inventory of the fleet to this file")
    return parser.parse_args(arguments)


def _fail(message: str) -> int:
    print(message, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
