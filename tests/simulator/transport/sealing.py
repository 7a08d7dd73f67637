"""Message encryption of WinRM over HTTP: SOAP sealed with the session key of NTLM or Negotiate (MS-WSMV 2.2.9.1)."""

from __future__ import annotations

import re
import struct

import spnego

CONTENT_TYPE = 'multipart/encrypted;protocol="application/HTTP-SPNEGO-session-encrypted";boundary="Encrypted Boundary"'

_PROTOCOL = b"application/HTTP-SPNEGO-session-encrypted"
_BOUNDARY = b"--Encrypted Boundary"
_LENGTH = re.compile(rb"OriginalContent: type=[^;\r\n]+(?:;[^;\r\n=]+=[^;\r\n]+)*;Length=(\d+)")
_OCTETS = b"Content-Type: application/octet-stream\r\n"


class SealError(Exception):
    """The body is not what was sealed, or not sealed at all."""


def unseal(context: spnego.ContextProxy, body: bytes) -> bytes:
    """The SOAP inside a sealed body.

    Raises:
        SealError: wrong shape, wrong length, or a signature that does not fit.
    """
    length = _LENGTH.search(body)
    start = body.find(_OCTETS)
    if length is None or start < 0 or _PROTOCOL not in body[:start]:
        raise SealError("no part with sealed content")
    start += len(_OCTETS)
    end = body.rfind(_BOUNDARY)
    if end < start + 4:
        raise SealError("sealed content without an end")
    (header,) = struct.unpack_from("<i", body, start)
    start += 4
    if not 0 <= header <= end - start:
        raise SealError(f"signature of {header} bytes")
    try:
        plain = context.unwrap_winrm(body[start : start + header], body[start + header : end])
    except spnego.exceptions.SpnegoError as error:
        raise SealError(str(error)) from error
    if len(plain) != int(length.group(1)):
        raise SealError(f"{len(plain)} bytes where {int(length.group(1))} were announced")
    return plain


def seal(context: spnego.ContextProxy, plain: bytes) -> bytes:
    """Seal an answer; it goes with CONTENT_TYPE."""
    header, data, padding = context.wrap_winrm(plain)
    return b"".join(
        (
            _BOUNDARY + b"\r\n\tContent-Type: " + _PROTOCOL + b"\r\n",
            b"\tOriginalContent: type=application/soap+xml;charset=UTF-8;Length=%d\r\n" % (len(plain) + padding),
            _BOUNDARY + b"\r\n\tContent-Type: application/octet-stream\r\n",
            struct.pack("<i", len(header)) + header + data,
            _BOUNDARY + b"--\r\n",
        )
    )
