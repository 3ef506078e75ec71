"""What lapses by itself: the trash after some days, and conversations where the person or a policy set a time.

A clock that has leapt ahead must not erase years: where more time has passed since the last look than anybody stays
away, nothing lapses until a later look finds the clock still there.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from typing import Final

from assistant.conversations import Conversations
from assistant.settings import Settings, options

_log = logging.getLogger("privet.rights")

_DAY: Final = 86_400.0
_LEAP_DAYS: Final = 60.0
_SEEN: Final = "clock_seen"


def let_lapse(
    conversations: Conversations,
    settings: Settings,
    remember: Callable[[str, str], None],
    recall: Callable[[str], str | None],
    clock: Callable[[], float] = time.time,
    collections: Callable[[float], int] = lambda before: 0,
) -> int:
    """Delete for good what has lapsed; returns how many conversations. remember, recall: named values in the vault.

    clock: seconds since 1970, as the system says. collections: removes those that went to the trash before a time, and
    returns how many.
    """
    now, seen = clock(), _number(recall(_SEEN))
    if seen is None or not 0 <= now - seen < _DAY:
        # Not at every start: a vault in which nothing else was changed needs no new backup when Privet closes.
        remember(_SEEN, repr(now))
    if seen is None or not 0 <= now - seen <= _LEAP_DAYS * _DAY:
        _log.info("nothing lapses: the clock was not seen before, or has leapt")
        return 0
    gone = 0
    days = settings.get(options.TRASH_DAYS)
    for info in conversations.trashed() if days else ():
        if info.trashed is not None and info.trashed < now - days * _DAY:
            conversations.delete(info.id)
            gone += 1
    if days:
        _log.info("lapsed: %d collections", collections(now - days * _DAY))
    days = settings.get(options.RETENTION_DAYS)
    for info in (*conversations.list(), *conversations.trashed()) if days else ():
        if info.changed < now - days * _DAY:
            conversations.delete(info.id)
            gone += 1
    if gone:
        _log.info("lapsed: %d conversations", gone)
    return gone


def _number(text: str | None) -> float | None:
    try:
        return None if text is None else float(text)
    except ValueError:
        return None
