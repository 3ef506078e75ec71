"""From a template's renderings of canaries to a chat format that is only data, or to the reason why not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from assistant.modelstore.canaries import Conversation
from assistant.values import ChatFormat

Rendered = Sequence[tuple[Conversation, str | None]]
"""Conversations with what the template made of them; None where it refused one."""

BEGIN: Final = "\ue000"
"""Stands for the begin-of-text token while a template is tried out; the vocabulary puts the real one."""

_LONGEST_MARKUP: Final = 120
_MOST_WORDS: Final = 4
_MOST_FOREIGN_LETTERS: Final = 12
_LINK: Final = re.compile(r"://|www\.|\b[\w-]+\.(?:com|org|net|io|ai|ru|cn|info|dev|app)\b|\]\(|@\w", re.IGNORECASE)
_SENTENCE: Final = re.compile(r"[^\W\d_]{3}[.!?](?:\s|$)")
_TAG: Final = re.compile(r"<[^<>\s]{1,32}>|\[/?[A-Z_]{1,30}\]|<<?/?[A-Z]{1,20}>?>")


class NotLearned(Exception):
    """A template that is not used. code: a stable word. reason: the end of a sentence for a person."""

    def __init__(self, code: str, reason: str) -> None:
        super().__init__(code)
        self.code = code
        self.reason = reason


@dataclass(frozen=True, slots=True)
class _Gaps:
    """What stands before each role after each other ("" is the beginning), and after the last question."""

    before: Mapping[tuple[str, str], str]
    end: str


def learn(plain: Rendered, loaded: Rendered) -> ChatFormat:
    """The format that a template renders. Raises NotLearned.

    plain: renderings of `canaries.plain()`, from which it is learned. loaded: of `canaries.loaded()`, each of which
    must come out exactly as the format says: else the template reads what people say.
    """
    with_system = all(text is not None for conversation, text in plain if conversation[0][0] == "system")
    seen = [(turns, text) for turns, text in plain if with_system or turns[0][0] != "system"]
    gaps = _gaps(seen)
    default = _without_default(gaps) if with_system else gaps
    _judge(default)
    for turns, text in loaded:
        if turns[0][0] != "system" and default is not gaps:
            continue  # instructions of the template's own, which are left out, stand before it
        if (with_system or turns[0][0] != "system") and text != _expected(default, turns):
            raise NotLearned("unfaithful", "it does not pass on faithfully what is said")
    return _format(default, with_system)


def _gaps(rendered: Rendered) -> _Gaps:
    before: dict[tuple[str, str], str] = {}
    ends: set[str] = set()
    for conversation, text in rendered:
        if text is None:
            raise NotLearned("refused", "it can't be applied to a conversation")
        *between, end = _between(conversation, text)
        ends.add(end)
        roles = ["", *(role for role, _ in conversation)]
        for pair, gap in zip(pairwise(roles), between, strict=True):
            if before.setdefault(pair, gap) != gap:
                raise NotLearned("changing", "it marks who speaks now one way, now another")
    if len(ends) != 1:
        raise NotLearned("changing", "it marks who speaks now one way, now another")
    return _Gaps(before, ends.pop())


def _between(conversation: Conversation, text: str) -> Iterator[str]:
    """What stands before each text and after the last. Each must be there once, and in order."""
    at = 0
    for _, said in conversation:
        found = text.find(said, at)
        if found < 0 or text.count(said) != 1:
            raise NotLearned("unfaithful", "it does not pass on faithfully what is said")
        yield text[at:found]
        at = found + len(said)
    yield text[at:]


def _without_default(gaps: _Gaps) -> _Gaps:
    """Where a template puts instructions of its own before a conversation that has none, leave them out."""
    first = gaps.before["", "user"]
    if _is_markup(first):
        return gaps
    opening = _common_end(first, gaps.before["system", "user"], gaps.before["assistant", "user"])
    # What is common ends with the question's opening, and may begin with the closing of what stood before. It opens
    # as the instructions do; or else it is what follows the closing that answers and questions share.
    tag = _TAG.search(gaps.before["", "system"])
    place = opening.rfind(tag[0]) if tag else -1
    if place < 0:
        place = len(_whole(_common_beginning(opening, gaps.before["user", "assistant"])))
    begin = BEGIN if first.startswith(BEGIN) and gaps.before["", "system"].startswith(BEGIN) else ""
    return _Gaps({**gaps.before, ("", "user"): begin + opening[place:]}, gaps.end)


def _judge(gaps: _Gaps) -> None:
    for gap in (*gaps.before.values(), gaps.end):
        if _LINK.search(gap):
            raise NotLearned("link", "it adds a link to what is said")
        if not _is_markup(gap):
            raise NotLearned("adding", "it adds text of its own to what is said")
    if not gaps.end.strip() or not gaps.before["assistant", "user"].strip():
        raise NotLearned("unmarked", "it does not mark who speaks")


def _is_markup(gap: str) -> bool:
    """Short, nothing that can't be seen, and but a few words outside brackets: "### Human:", "GPT4 Correct User:"."""
    text = gap.replace(BEGIN, "")
    outside = _TAG.sub(" ", text)
    few = len(re.findall(r"\w+", outside)) <= _MOST_WORDS and not _SENTENCE.search(outside)
    known = sum(letter.isalpha() and not letter.isascii() for letter in outside) <= _MOST_FOREIGN_LETTERS
    return few and known and len(text) <= _LONGEST_MARKUP and text.replace("\n", "").isprintable()


def _expected(gaps: _Gaps, conversation: Conversation) -> str:
    made, last = "", ""
    for role, said in conversation:
        made += gaps.before[last, role] + said
        last = role
    return made + gaps.end


def _format(gaps: _Gaps, with_system: bool) -> ChatFormat:
    """The same as openings and closings. How a gap is shared between two neighbours makes no difference."""
    before = gaps.before
    first, again = before["", "user"], before["assistant", "user"]
    after_system = before["system", "user"] if with_system else first
    opening = _common_end(first.removeprefix(BEGIN), again, after_system)
    begin = first[: len(first) - len(opening)]
    closing = _whole(_common_beginning(before["user", "assistant"], gaps.end))
    system = ("", "\n\n")
    if with_system:
        if not before["", "system"].startswith(begin):
            raise NotLearned("changing", "it marks who speaks now one way, now another")
        system = (before["", "system"][len(begin) :], after_system[: len(after_system) - len(opening)])
    after = again[: len(again) - len(opening)]
    return ChatFormat(
        begin=begin.removeprefix(BEGIN),
        system=system,
        system_in_user=not with_system,
        user=(opening, closing),
        assistant=(before["user", "assistant"][len(closing) :], after),
        answer=gaps.end[len(closing) :],
        marks=_marks(before, gaps.end),
        stop=tuple(text for text in [again.strip()] if text),
    )


def _whole(common: str) -> str:
    """What two gaps begin with, less a mark that is cut in the middle."""
    return common[: max(common.rfind(end) for end in "\n>]") + 1]


def _common_end(*texts: str) -> str:
    return _common_beginning(*(text[::-1] for text in texts))[::-1]


def _common_beginning(*texts: str) -> str:
    length = 0
    for letters in zip(*texts, strict=False):
        if len(set(letters)) > 1:
            break
        length += 1
    return texts[0][:length]


def _marks(before: Mapping[tuple[str, str], str], end: str) -> tuple[str, ...]:
    """What in the markup could forge a role: each tag, and where there are none, each line."""
    gaps = [gap.replace(BEGIN, "") for gap in (*before.values(), end)]
    tags = dict.fromkeys(tag for gap in gaps for tag in _TAG.findall(gap))
    lines = dict.fromkeys(line.strip() for gap in gaps for line in _TAG.sub("\n", gap).splitlines())
    return (*tags, *("\n" + line for line in lines if len(line) > 2 and (not tags or line.endswith(":"))))
