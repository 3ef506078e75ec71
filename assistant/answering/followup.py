"""A question that leans on the one before it, made searchable by itself, by rule and without asking a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.retrieval import content_words
from assistant.values import Role, Turn

_WORD: Final = re.compile(r"[^\W_]+")
_CARRIED: Final = 12
"""Content words of the earlier question that go along, at most: more would outweigh the new ones."""
_SHORT: Final = 3
"""A question with fewer content words than this, asked after another one, is rarely about something new."""

# Words that point back, in the languages whose function words are known; "one" and "second" point only after "the".
_POINTING: Final = frozenset(
    """it its they them their theirs he him his she her hers this that these those there then such same former latter
    er ihn ihm sein seine ihr ihre sie es dies diese dieser dieses davon darin dort dabei dazu damit jener
    il elle ils elles lui leur leurs celui celle ceux celles ce cela ça cette ces y en
    él ella ellos ellas su sus eso esa ese esos esas esto esta este estos estas aquel lo""".split()
)
_OPENING: Final = re.compile(
    r"^\W*(?:and|but|or|so|also|what about|how about|why|und|aber|oder|et|mais|y|pero)\b", re.IGNORECASE
)
_ORDINAL: Final = re.compile(
    r"\bthe (?:first|second|third|fourth|last|other|next|previous|latter|former)(?: one)?\b|\b(?:der|die|das) (?:erste|"
    r"zweite|dritte|letzte|andere)\b|\b(?:le|la) (?:premi[eè]re?|deuxi[eè]me|second|derni[eè]re?|autre)\b",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """True if the question can hardly be understood without the one before it."""
    if _OPENING.search(question) or _ORDINAL.search(question):
        return True
    words = _WORD.findall(question.casefold())
    return any(word in _POINTING for word in words) or len(content_words(question)) < _SHORT


def standalone(question: str, history: Sequence[Turn]) -> str:
    """What is to be searched beside `question`: it, with what the question before it was about; "" for nothing.

    history: the turns before it, oldest first. A question that leans on one that leans itself is led back to the
    last that does not, at most three questions far.
    """
    if not leans(question):
        return ""
    asked = [turn.text for turn in history if turn.role is Role.USER and turn.text.strip()][-3:]
    carried: dict[str, None] = {}
    for earlier in reversed(asked):
        carried |= dict.fromkeys(content_words(earlier))
        if not leans(earlier):
            break
    new = content_words(question)
    words = [word for word in carried if word not in new][:_CARRIED]
    return f"{' '.join(words)} {question}" if words else ""
