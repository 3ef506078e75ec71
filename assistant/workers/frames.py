"""Length-prefixed frames between processes: a small JSON header and raw bytes, both with a cap.

A frame is two little-endian 32-bit lengths (header, payload), the header as UTF-8 JSON, the payload.
Nothing in it is ever executed, so a hostile child can at worst send a frame that is refused.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import IO, Final

MAX_HEADER: Final = 32 << 20
MAX_PAYLOAD: Final = 256 << 20
_LENGTHS: Final = struct.Struct("<II")


class FrameError(ValueError):
    """Bytes that are no frame, or one that is larger than allowed."""


def write_frame(stream: IO[bytes], header: Mapping[str, object], payload: bytes = b"") -> None:
    """Write one frame and flush. Raises FrameError if it is over the cap, OSError if the pipe is closed."""
    encoded = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode("utf-8", "surrogatepass")
    if len(encoded) > MAX_HEADER or len(payload) > MAX_PAYLOAD:
        raise FrameError("a frame to send is over its cap")
    stream.write(_LENGTHS.pack(len(encoded), len(payload)) + encoded + payload)
    stream.flush()


def read_frame(
    stream: IO[bytes], max_header: int = MAX_HEADER, max_payload: int = MAX_PAYLOAD
) -> tuple[dict[str, object], bytes] | None:
    """Read one frame; None at a clean end. Raises FrameError on anything that is no frame.

    max_header, max_payload: the largest accepted, in bytes; looked at before anything is allocated.
    """
    lengths = _read_exactly(stream, _LENGTHS.size)
    if not lengths:
        return None
    if len(lengths) < _LENGTHS.size:
        raise FrameError("the stream ended inside a frame")
    header_length, payload_length = _LENGTHS.unpack(lengths)
    if header_length > max_header or payload_length > max_payload:
        raise FrameError("a frame announced a length over its cap")
    encoded = _read_exactly(stream, header_length)
    payload = _read_exactly(stream, payload_length)
    if len(encoded) < header_length or len(payload) < payload_length:
        raise FrameError("the stream ended inside a frame")
    try:
        header = json.loads(encoded.decode("utf-8", "surrogatepass"))
    except (ValueError, RecursionError) as error:
        raise FrameError("a frame's header is not JSON") from error
    if not isinstance(header, dict):
        raise FrameError("a frame's header is not an object")
    return header, payload


def _read_exactly(stream: IO[bytes], length: int) -> bytes:
    """`length` bytes, or fewer if the stream ends before."""
    parts: list[bytes] = []
    missing = length
    while missing:
        part = stream.read(min(missing, 1 << 20))
        if not part:
            break
        parts.append(part)
        missing -= len(part)
    return b"".join(parts)
