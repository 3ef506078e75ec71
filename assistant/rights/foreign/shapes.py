"""What all the readers share: looking into JSON that may hold anything, and times in several units."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Final

from assistant.values import ForeignChat, ForeignTurn, Role

_MILLISECONDS_FROM: Final = 1e11  # as seconds this would be the year 5138
_LATEST: Final = 4e9
MOST_TURNS: Final = 200_000
_ROLES: Final = {"user": Role.USER, "human": Role.USER, "assistant": Role.ASSISTANT, "model": Role.ASSISTANT}


class NotAChat(ValueError):
    """A file that is not what a reader takes it for. The message is a sentence for a person, or ""."""


def table(value: object) -> Mapping[str, object]:
    """`value` if it is an object; else an empty one."""
    return value if isinstance(value, dict) else {}


def items(value: object) -> list[object]:
    """`value` if it is an array; else an empty one."""
    return value if isinstance(value, list) else []


def text(value: object) -> str:
    """`value` if it is a text; else ""."""
    return value if isinstance(value, str) else ""


def moment(value: object, otherwise: float = 0.0) -> float:
    """Seconds since 1970 from a number of seconds or milliseconds; `otherwise` for what is neither."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return otherwise
    seconds = value / 1000 if value >= _MILLISECONDS_FROM else float(value)
    return seconds if 0 < seconds < _LATEST else otherwise


def role(value: object) -> Role | None:
    """Who speaks; None for systems, tools and whatever else."""
    return _ROLES.get(text(value).casefold())


def straight(
    program: str, key: str, title: str, turns: list[tuple[Role, str, float]], created: float
) -> ForeignChat | None:
    """A conversation without branches; None for one in which nothing was said."""
    kept = [
        ForeignTurn(place - 1 if place else None, who, said, when or created, True)
        for place, (who, said, when) in enumerate((who, said, when) for who, said, when in turns if said.strip())
    ]
    return ForeignChat(program, key, title, created, tuple(kept)) if kept else None


def branching(
    program: str,
    key: str,
    title: str,
    created: float,
    nodes: Mapping[str, tuple[str, Role | None, str, float]],
    current: str,
) -> ForeignChat | None:
    """A conversation with branches.

    nodes: by name, each with the name of the one it follows, who speaks (None: nobody that counts), what, and when.
    current: the last one of the branch that is shown. None for one in which nothing was said.
    """
    shown = set(_up(current, nodes))
    nearest: dict[str, int | None] = {}  # the turn that a name stands for, or that it follows
    turns: list[ForeignTurn] = []
    for name in _in_order(nodes):
        above, who, said, when = nodes[name]
        nearest[name] = nearest.get(above)
        if who is not None and said.strip():
            turns.append(ForeignTurn(nearest[name], who, said, when or created, name in shown))
            nearest[name] = len(turns) - 1
    return ForeignChat(program, key, title, created, tuple(turns)) if turns else None


def _up(name: str, nodes: Mapping[str, tuple[str, Role | None, str, float]]) -> list[str]:
    """The names from `name` up to the first turn; a circle ends where it closes."""
    found: dict[str, None] = {}
    while name in nodes and name not in found:
        found[name] = None
        name = nodes[name][0]
    return list(found)


def _in_order(nodes: Mapping[str, tuple[str, Role | None, str, float]]) -> list[str]:
    """Every name after the one it follows; those of a circle are left out."""
    below: dict[str, list[str]] = {}
    for name, (above, *_) in nodes.items():
        below.setdefault(above if above in nodes else "", []).append(name)
    ordered: list[str] = []
    waiting = list(reversed(below.get("", [])))
    while waiting:
        name = waiting.pop()
        ordered.append(name)
        waiting += reversed(below.get(name, []))
    return ordered
