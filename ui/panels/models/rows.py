"""What the page shows, in words and numbers that are ready to be shown."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum


class Tone(Enum):
    """How a model would do here: the drawing and the colour of its mark."""

    WELL = ("check", "leaf")
    SLOW = ("minus", "soft")
    NOT = ("close", "warn")


@dataclass(frozen=True, slots=True)
class Bar:
    """One layout in the picture of a tuning. seconds: until the first word. words: what else is known of it."""

    name: str
    seconds: float
    words: str
    recommended: bool = False


@dataclass(frozen=True, slots=True)
class Tuning:
    """What came of a tuning: the picture's bars, why one is recommended, by which rule."""

    bars: tuple[Bar, ...]
    why: str
    rule: str


@dataclass(frozen=True, slots=True)
class ModelCard:
    """An installed model. key: tells it from the others. verdict: in words. facts: a line. details: more lines.

    answers: it is the one that answers, or searches. own: it came with Privet, and stays. chat: it can answer at all.
    searches: it can search by meaning. orders: it can put what is found in order.
    """

    key: str
    name: str
    facts: str
    verdict: str = ""
    tone: Tone = Tone.SLOW
    why: str = ""
    details: tuple[str, ...] = ()
    answers: bool = False
    own: bool = False
    chat: bool = True
    searches: bool = False
    orders: bool = False
    tuning: Tuning | None = None


@dataclass(frozen=True, slots=True)
class Spot:
    """A model in the picture. speed: tokens a second that it would write here. quality: 0 to 3, basic to strong."""

    name: str
    speed: float
    quality: int
    tone: Tone
    installed: bool = False


@dataclass(frozen=True, slots=True)
class Offer:
    """A model that a person could get. cells: as the table's columns have them. page: where its file can be got."""

    name: str
    cells: tuple[str, ...]
    page: str
    needs: tuple[str, ...] = field(default=())
    spot: Spot | None = None
