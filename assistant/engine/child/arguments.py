"""The arguments of a request to the engine's child, checked."""

from __future__ import annotations

from assistant.workers import Refusal, Request


def whole(request: Request, name: str) -> int:
    """A whole number. Raises Refusal where it is none."""
    value = request.arguments.get(name)
    if not isinstance(value, int):
        raise Refusal("bad-request", name)
    return value


def number(request: Request, name: str) -> float:
    """A number. Raises Refusal where it is none."""
    value = request.arguments.get(name)
    if not isinstance(value, int | float):
        raise Refusal("bad-request", name)
    return float(value)


def texts(request: Request, name: str) -> list[str]:
    """A list of texts; empty where there is none."""
    value = request.arguments.get(name)
    return [str(item) for item in value] if isinstance(value, list) else []


def text(request: Request, name: str) -> str:
    """A text. Raises Refusal where it is none."""
    value = request.arguments.get(name)
    if not isinstance(value, str):
        raise Refusal("bad-request", name)
    return value


def integers(request: Request, name: str) -> list[int]:
    """A list of whole numbers. Raises Refusal where it is none."""
    value = request.arguments.get(name)
    if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
        raise Refusal("bad-request", name)
    return list(value)
