"""What a format's reader says while it reads, besides the blocks themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from assistant.values import NOWHERE, Block, Position, Table, Unit


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page was read: `page` of `pages`, from 1."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the whole document at its end.

    title: its own, or "". pages: how many it has, 0 where the format has none. empty_pages: those without any
    text. lost_pages: those that could not be read. picture_pages: those to be read by recognition of characters,
    since they show pictures and little or no sound text. notes: codes of warnings, which the parent puts into words.
    """

    title: str = ""
    pages: int = 0
    empty_pages: tuple[int, ...] = ()
    lost_pages: tuple[int, ...] = ()
    picture_pages: tuple[int, ...] = ()
    notes: tuple[str, ...] = ()
    unit: Unit = Unit.PAGE


@dataclass(frozen=True, slots=True)
class Inside:
    """A file inside this one, to be read in a child of its own. data: its bytes, in pieces of at most a few megabytes.

    refused: the code of the reason why there is no data; "" where there is.
    """

    name: str
    data: Iterable[bytes] = ()
    refused: str = ""


@dataclass(frozen=True, slots=True)
class Placed:
    """Here stands a picture that may hold text. number: of a package's member or the file's picture, from 1."""

    number: int
    page: int | None = None
    position: Position = NOWHERE


Event = Block | Table | PageRead | Inside | Placed | About

Reader = Callable[[BinaryIO, int], Iterator[Event]]
"""Reads an open file of so many bytes. Raises `Refusal` with one of the codes that the parent knows."""
