"""What a format's reader says while it reads, besides the blocks themselves."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from assistant.values import Block


@dataclass(frozen=True, slots=True)
class PageRead:
    """A page was read: `page` of `pages`, from 1."""

    page: int
    pages: int


@dataclass(frozen=True, slots=True)
class About:
    """What is known of the whole document at its end.

    title: its own, or "". pages: how many it has, 0 where the format has none. empty_pages: those without any
    text. lost_pages: those that could not be read. pictures: whether pages without text show pictures.
    notes: codes of warnings, which the parent puts into words.
    """

    title: str = ""
    pages: int = 0
    empty_pages: tuple[int, ...] = ()
    lost_pages: tuple[int, ...] = ()
    pictures: bool = False
    notes: tuple[str, ...] = ()


Event = Block | PageRead | About

Reader = Callable[[BinaryIO, int], Iterator[Event]]
"""Reads an open file of so many bytes. Raises `Refusal` with one of the codes that the parent knows."""
