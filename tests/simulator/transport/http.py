"""HTTP/1.1 as WinRM uses it: the connections of one device, requests in, answers out, strictly in order."""

from __future__ import annotations

import asyncio
import dataclasses
import logging
import typing as t

from ..boundary import Device
from . import sealing
from .authentication import Authentication, CredentialFiles
from .certificates import thumbprint
from .recorder import Recorder, RequestSeen
from .wsman import Reply, Wsman

log = logging.getLogger(__name__)

SOAP_TYPE = "application/soap+xml;charset=UTF-8"

_TLS_HANDSHAKE = b"\x16"
_MAX_HEAD = 64 * 1024
_MAX_BODY = 64 * 1024 * 1024
_REASONS = {400: "Bad Request", 404: "Not Found", 405: "Method Not Allowed", 413: "Request Entity Too Large", 503: "Service Unavailable"}
_PAGE = b"<!DOCTYPE html><html><head><title>Printer</title></head><body><h1>%s</h1></body></html>"


class BadRequest(Exception):
    """Not HTTP/1.1, or more of it than anyone should send."""


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """One request; header names in lower case. `size` is its bytes on the wire."""

    method: str
    path: str
    headers: t.Mapping[str, str]
    body: bytes
    size: int


@dataclasses.dataclass(frozen=True, slots=True)
class Response:
    """One answer; `action` and `fault` go to the record. `close` ends the connection."""

    status: int
    body: bytes = b""
    content_type: str | None = None
    headers: tuple[tuple[str, str], ...] = ()
    action: str = "auth"
    fault: int | None = None
    close: bool = False

    def encode(self) -> bytes:
        lines = [f"HTTP/1.1 {self.status} {_REASONS.get(self.status, '')}", "Server: Microsoft-HTTPAPI/2.0"]
        lines += [f"{name}: {value}" for name, value in self.headers]
        if self.content_type is not None:
            lines.append(f"Content-Type: {self.content_type}")
        if self.close:
            lines.append("Connection: close")
        lines += [f"Content-Length: {len(self.body)}", "", ""]
        return "\r\n".join(lines).encode("latin-1") + self.body


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """The next request of a connection, None when the client has gone.

    Raises:
        BadRequest: what came is no request.
    """
    try:
        first_byte = await reader.readexactly(1)
        if first_byte == _TLS_HANDSHAKE:
            raise BadRequest("TLS on an HTTP port")
        head = first_byte + await reader.readuntil(b"\r\n\r\n")
    except asyncio.IncompleteReadError:
        return None
    except asyncio.LimitOverrunError:
        raise BadRequest("head too long") from None
    first, *lines = head[:-4].decode("latin-1").split("\r\n")
    words = first.split(" ")
    if len(words) != 3 or not words[2].startswith("HTTP/1."):
        raise BadRequest(f"no request line: {first[:80]!r}")
    headers = {}
    for line in lines:
        name, colon, value = line.partition(":")
        if not colon:
            raise BadRequest(f"no header: {line[:80]!r}")
        headers[name.strip().lower()] = value.strip()
    if headers.get("expect", "").lower() == "100-continue":
        raise BadRequest("Expect is not supported")
    try:
        if headers.get("transfer-encoding", "").lower() == "chunked":
            body, size = await _read_chunks(reader)
        else:
            length = headers.get("content-length", "0")
            if not length.isdigit() or int(length) > _MAX_BODY:
                raise BadRequest(f"Content-Length {length!r}")
            body = await reader.readexactly(int(length))
            size = len(body)
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError):
        return None
    return Request(words[0], words[1], headers, body, len(head) + size)


async def _read_chunks(reader: asyncio.StreamReader) -> tuple[bytes, int]:
    chunks: list[bytes] = []
    size = total = 0
    while True:
        line = await reader.readuntil(b"\r\n")
        try:
            length = int(line.split(b";")[0], 16)
        except ValueError:
            raise BadRequest(f"no chunk size: {line[:40]!r}") from None
        total += length
        if length < 0 or total > _MAX_BODY:
            raise BadRequest("body too long")
        chunk = await reader.readexactly(length + 2)
        size += len(line) + len(chunk)
        if length == 0:
            return b"".join(chunks), size
        chunks.append(chunk[:-2])


class Listener:
    """What one device does with the connections that reach it."""

    def __init__(self, device: Device, wsman: Wsman, files: CredentialFiles, recorder: Recorder, client_thumbprint: str) -> None:
        self._device = device
        self._wsman = wsman
        self._files = files
        self._recorder = recorder
        self._client_thumbprint = client_thumbprint
        self._connections = 0
        self._requests = 0
        self._open: set[asyncio.StreamWriter] = set()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, certificate_hash: bytes | None) -> None:
        """Serve one connection to its end; `certificate_hash` is None for plain HTTP."""
        self._connections += 1
        connection = self._connections
        authentication = Authentication(self._device, self._files, certificate_hash, self._mapped(writer))
        client = str((writer.get_extra_info("peername") or ("?",))[0])
        self._open.add(writer)
        try:
            while (request := await read_request(reader)) is not None:
                self._requests += 1
                number, endpoint = self._requests, self._device.endpoint
                if number == endpoint.cut_at_request:
                    writer.transport.abort()
                    break
                if endpoint.answers == "silence":
                    continue
                response = await self._respond(request, authentication, client)
                data = response.encode()
                seen = RequestSeen(self._device.name, connection, response.action, response.status, request.size, len(data), response.fault)
                self._recorder.request(seen)
                writer.write(data)
                await writer.drain()
                if number == endpoint.reboot_after_request:
                    self._wsman.close()
                if response.close or request.headers.get("connection", "").lower() == "close":
                    break
        except BadRequest as error:
            log.debug("%s: %s", self._device.name, error)
            writer.write(Response(400, close=True).encode())
        except (ConnectionError, asyncio.CancelledError):
            pass
        except Exception:
            log.exception("%s: the simulator broke", self._device.name)
        finally:
            self._open.discard(writer)
            writer.close()

    def _mapped(self, writer: asyncio.StreamWriter) -> str | None:
        """The account that the certificate of this connection's client is mapped to."""
        tls = writer.get_extra_info("ssl_object")
        certificate = tls.getpeercert(binary_form=True) if tls is not None else None
        known = certificate is not None and thumbprint(certificate) == self._client_thumbprint
        return self._device.endpoint.certificate_account if known else None

    def disconnect(self) -> None:
        """Cut every connection, as a device that goes down does."""
        for writer in list(self._open):
            writer.transport.abort()

    async def _respond(self, request: Request, authentication: Authentication, client: str) -> Response:
        endpoint = self._device.endpoint
        if endpoint.answers == "html":
            return Response(200, _PAGE % b"Welcome", "text/html", action="page")
        if endpoint.answers == "unavailable":
            return Response(503, action="page")
        path = request.path.partition("?")[0].rstrip("/").lower()
        if endpoint.answers == "not_found" or path != "/wsman":
            return Response(404, _PAGE % b"Not Found", "text/html", action="page")
        if request.method != "POST":
            return Response(405, action="page")
        if request.headers.get("wsmanidentify", "").lower() == "unauthenticated":
            return _soap(self._wsman.identify())
        verdict = authentication.check(request.headers.get("authorization"))
        if verdict.account is None:
            return Response(401, headers=verdict.headers)
        if not request.body:
            return Response(200, headers=verdict.headers)
        sealed = request.headers.get("content-type", "").lower().startswith("multipart/encrypted")
        body = request.body
        if sealed and authentication.context is not None:
            try:
                body = sealing.unseal(authentication.context, body)
            except sealing.SealError as error:
                log.debug("%s: %s", self._device.name, error)
                return Response(400, action="invalid")
        elif sealed:
            return Response(400, action="invalid")
        elif not authentication.encrypted and not endpoint.allow_unencrypted:
            return Response(401, headers=authentication.challenge().headers)
        if len(body) > endpoint.max_envelope_kib * 1024:
            # Real hosts answer a request beyond MaxEnvelopeSizekb with 413 and nothing else (ansible.windows issues 391 and 620).
            return Response(413, headers=verdict.headers, action="oversize", close=True)
        response = _soap(await self._wsman.handle(body, verdict.account, client), verdict.headers)
        if sealed and authentication.context is not None and response.body:
            return dataclasses.replace(
                response, body=sealing.seal(authentication.context, response.body), content_type=sealing.CONTENT_TYPE
            )
        return response


def _soap(reply: Reply, headers: tuple[tuple[str, str], ...] = ()) -> Response:
    return Response(reply.status, reply.body, SOAP_TYPE if reply.body else None, headers, reply.action, reply.fault)
