"""A question that leans on the one before it, made searchable by itself, by rule and without asking a model."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from assistant.answering.small_words import DENSE, small_words
from assistant.retrieval import content_words
from assistant.values import Role, Turn

_WORD: Final = re.compile(r"[^\W_]+")
_CARRIED: Final = 12
"""Content words of the earlier question that go along, at most: more would outweigh the new ones."""
_DENSE: Final = re.compile(f"[{DENSE}]")
_SHORT_LETTERS: Final = 7
"""As `_SHORT`, of a script without spaces."""
_DENSE_POINTING: Final = re.compile(
    "[\u5b83\u4ed6\u5979]|\u8fd9[\u4e2a\u4e9b]|\u90a3[\u4e2a\u4e9b]|\u305d\u308c|\u305d\u306e|\u3053\u308c|\u5f7c"
)
"""Chinese and Japanese: "it", "he", "this", "that"."""
_SHORT: Final = 3
"""A question with fewer content words than this, asked after another one, is rarely about something new."""

# Words that point back, in the languages whose function words are known; "one" and "second" point only after "the".
_POINTING: Final = (
    frozenset(
        """it its they them their theirs he him his she her hers this that these those there then such same former
    latter er ihn ihm sein seine ihr ihre sie es dies diese dieser dieses davon darin dort dabei dazu damit jener
    il elle ils elles lui leur leurs celui celle ceux celles ce cela ça cette ces y en
    él ella ellos ellas su sus eso esa ese esos esas esto esta este estos estas aquel lo
    esso essa essi esse lui lei loro questo questa questi queste ciò ele ela eles elas isso disso dele dela deles
    hij hem haar ervan daarvan""".split()
    )
    | small_words("russian").carries_on
)
_OPENING: Final = re.compile(
    r"^\W*(?:(?:and|but|or|so|also|what about|how about|why|und|aber|oder|et|mais|y|pero|e|ed|mas"
    r"|ma (?:il|la|lo|chi|come|quando|perché)|en (?:de|het|hoe|wat|waar|wanneer|wie|waarom)|maar"
    r"|\u0430|\u0438|\u043d\u043e|\u043f\u043e\u0447\u0435\u043c\u0443)\b"
    r"|\u90a3|\u8fd8\u6709|\u4ee5\u53ca|\u3067\u306f|\u305d\u3057\u3066|\u3058\u3083\u3042)",
    re.IGNORECASE,
)
"""Chinese and Japanese: "then", "and besides", "well then"."""
_ORDINAL: Final = re.compile(
    r"\bthe (?:first|second|third|fourth|last|other|next|previous|latter|former)(?: one)?\b"
    r"|\b(?:der|die|das|dem|den|des|zum|zur|vom) (?:erste|zweite|dritte|letzte|andere)[nr]?\b"
    r"|\b(?:il|la|o|a|el|del|do|da) (?:prim[oa]|primeir[oa]|primer[oa]|second[oa]|segund[oa]|terz[oa]|tercer[oa]"
    r"|terceir[oa]|últim[oa]|ultim[oa]|altr[oa]|otr[oa]|outr[oa])\b"
    r"|\b(?:de|het) (?:eerste|tweede|derde|laatste|andere)\b|\u7b2c[\u4e00\u4e8c\u4e09\u56db\u4e94]"
    r"|\b(?:le|la) (?:premi[eè]re?|deuxi[eè]me|second|derni[eè]re?|autre)\b",
    re.IGNORECASE,
)


def leans(question: str) -> bool:
    """True if the question can hardly be understood without the one before it."""
    if _OPENING.search(question) or _ORDINAL.search(question):
        return True
    words = _WORD.findall(question.casefold())
    if letters := _DENSE.findall(question):
        return len(letters) < _SHORT_LETTERS or _DENSE_POINTING.search(question) is not None
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
