"""Frames come through whole; everything else is refused before it costs memory."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.workers import frames

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=10,
)


@given(st.lists(st.tuples(st.dictionaries(st.text(), values), st.binary(max_size=2000)), max_size=5))
def test_frames_come_back_as_written(written: list[tuple[dict[str, object], bytes]]) -> None:
    stream = io.BytesIO()
    for header, payload in written:
        frames.write_frame(stream, header, payload)
    stream.seek(0)
    for expected in written:
        assert frames.read_frame(stream) == expected
    assert frames.read_frame(stream) is None


@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_frame_or_a_refusal(data: bytes) -> None:
    stream = io.BytesIO(data)
    try:
        while frames.read_frame(stream) is not None:
            pass
    except frames.FrameError:
        pass


@pytest.mark.parametrize(
    "data",
    [
        struct.pack("<II", frames.MAX_HEADER + 1, 0),
        struct.pack("<II", 2, frames.MAX_PAYLOAD + 1) + b"{}",
        struct.pack("<II", 0xFFFFFFFF, 0xFFFFFFFF),
        struct.pack("<II", 2, 0) + b"[]",
        struct.pack("<II", 4, 0) + b"\xff\xfe\xfd\xfc",
        struct.pack("<II", 200_000, 0) + b"[" * 200_000,
        struct.pack("<II", 10, 0) + b"{}",
        b"\x01",
    ],
    ids=["header", "payload", "both", "list", "not-text", "nested", "cut-header", "cut-lengths"],
)
def test_what_is_no_frame_is_refused(data: bytes) -> None:
    with pytest.raises(frames.FrameError):
        frames.read_frame(io.BytesIO(data))


def test_a_frame_over_its_cap_is_not_sent() -> None:
    with pytest.raises(frames.FrameError):
        frames.write_frame(io.BytesIO(), {"text": "x" * frames.MAX_HEADER})
