"""The confined children that read files: what each is held to, and the template that they are forked from."""

from __future__ import annotations

from typing import Final

from assistant.ingestion import caps
from assistant.ingestion.families import Family
from assistant.privacy import Confinement
from assistant.workers import ChildSpec, Limits, Template

READ_IN_PARTS: Final = (Family.TEXT, Family.MARKDOWN, Family.CODE, Family.TABLE)
"""Kinds of which no file is too large, since they are never in memory as a whole."""

LARGEST_SENT: Final = 32 << 20
"""Bytes of a file that are sent to a child which was forked; one for a larger file starts with its descriptor."""

_MEMORY: Final = 1000 << 20  # of address space, the libraries included
_PICTURE_MEMORY: Final = 3000 << 20  # the recognition's libraries reserve more than they may write to
_START_SECONDS: Final = 30.0
_COPIES: Final = 2  # of a file that was sent: as it came, and where the reader's library may point at it


def specification(
    size: int, family: Family, reads_pictures: bool, seconds: float, drawing: tuple[int, int] = (0, 0)
) -> ChildSpec:
    """The child for a file of so many bytes, which may take so many seconds of processor time.

    drawing: bytes of memory that it needs besides, and of the largest frame, where it draws pages to be looked at.
    """
    mapped = size if family not in READ_IN_PARTS else 0
    if size <= LARGEST_SENT:
        mapped = _COPIES * size
    room, frame = drawing
    memory = (_PICTURE_MEMORY if reads_pictures else _MEMORY) + mapped + room
    return ChildSpec(
        name="The document reader",
        module="assistant.ingestion.worker",
        limits=Limits(memory, int(seconds * 2) + 30, file_size=0, open_files=64, data=_MEMORY + mapped + room),
        start_seconds=_START_SECONDS,
        largest_frame=max(caps.LARGEST_FRAME, frame),
        queued_frames=8,
        confinement=Confinement(reads=()),
        prepare=family.value,
    )


def template() -> Template:
    """Where children for files of up to LARGEST_SENT bytes are forked from; nothing is started yet."""
    return Template(specification(LARGEST_SENT, Family.PDF, False, 0))
