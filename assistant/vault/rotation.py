"""The backups that Privet makes by itself: where they lie, what they are called, and which of them are kept."""

from __future__ import annotations

import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from assistant.vault.backup import SUFFIX

FOLDER: Final = "backups"
SET_ASIDE: Final = "replaced-"
_NAME: Final = re.compile(r"(\d{4}-\d{2}-\d{2})T(\d{6})Z(?:-(\w+))?" + re.escape(SUFFIX))


@dataclass(frozen=True, slots=True)
class Kept:
    """One of them. day: as "2026-11-25", UTC. size: bytes. why: "" for one made at closing, else "upgrade"..."""

    path: Path
    day: str
    size: int
    why: str = ""


def name_for(made: float, why: str = "") -> str:
    """The file name of a backup made at `made`, seconds since 1970. why: one word, or ""."""
    stamp = datetime.fromtimestamp(made, UTC).strftime("%Y-%m-%dT%H%M%SZ")
    return f"{stamp}{'-' if why else ''}{why}{SUFFIX}"


def kept(data: Path) -> tuple[Kept, ...]:
    """All of them in the folder `data`, newest first by name."""
    found = []
    folder = data / FOLDER
    for path in sorted(folder.iterdir(), reverse=True) if folder.is_dir() else ():
        match = _NAME.fullmatch(path.name)
        if match is not None:
            found.append(Kept(path, match[1], path.stat().st_size, match[3] or ""))
    return tuple(found)


def superfluous(there: Sequence[Kept], number: int) -> tuple[Kept, ...]:
    """Those of `there`, newest first, that may go when `number` (at least 1) made at closing are to be kept.

    The newest always stays; of the others first go those on whose day a newer one was made, then the oldest, so that
    a week of use leaves a week of days and not seven copies of this afternoon. Those made before an upgrade or a
    restoring are kept two of, besides.
    """
    own = [one for one in there if not one.why]
    last_of_day: dict[str, Kept] = {}
    for one in own:
        last_of_day.setdefault(one.day, one)
    staying = list(last_of_day.values())[:number]
    for one in own:
        if len(staying) >= number:
            break
        if one not in staying:
            staying.append(one)
    staying += [one for one in there if one.why][:2]
    return tuple(one for one in there if one not in staying)


def sweep(data: Path, number: int) -> None:
    """Remove the superfluous ones: all of them where `number` is 0, and what a restoring set aside but for the last.

    What can't be removed stays; the next sweep tries again.
    """
    there = kept(data)
    for one in superfluous(there, number) if number else there:
        try:
            one.path.unlink(missing_ok=True)
        except OSError:
            continue
    folder = data / FOLDER
    aside = sorted(folder.glob(f"{SET_ASIDE}*")) if folder.is_dir() else []
    for place in aside[: -1 if number else None]:
        shutil.rmtree(place, ignore_errors=True)
