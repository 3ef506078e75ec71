"""The name a conversation gets from its first question."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 60


def title_from(text: str) -> str:
    """The first words of `text` on one line, at most 60 characters, cut between words and then ended by "…".

    A single word longer than that (an address, say, or a language without spaces) is cut where it must be.
    """
    line = " ".join(text[: 100 * _LONGEST].split())
    if len(line) <= _LONGEST:
        return line
    room = _LONGEST - 1
    at = line.rfind(" ", 0, room + 1)
    if at < room // 2:
        at = room
    return line[:at].rstrip(" ,;:-–—") + "…"
