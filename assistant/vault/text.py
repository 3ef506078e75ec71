"""Text as the vault can keep it."""

from __future__ import annotations


def storable(text: str) -> str:
    """`text` with lone halves of surrogate pairs, which no encoding of Unicode can hold, as U+FFFD."""
    try:
        text.encode("utf-8")
    except UnicodeEncodeError:
        # Pairs that came as two halves become the character they stand for; what is left alone is replaced.
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
