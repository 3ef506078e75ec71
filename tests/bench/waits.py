"""How far the wait that is told before sending is from the wait itself: short and long questions, known beginnings."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Final

from assistant.app import Privet
from assistant.settings import Folders, options
from assistant.values import Answered, ConversationId, Stop
from assistant.vault import Unlock
from tests.bench.baselines import as_q8_0
from tests.bench.figure import Figure
from tests.conftest import EMBEDDED_CHAT, PROJECT

_SUBJECTS: Final = ("hedge", "kettle", "fox", "bridge", "orchard", "letter")
_PEOPLE: Final = ("Ottilie Brandt", "Amos Verity", "Jane Holloway", "Piet de Wit", "Rosa Marchetti", "Ivan Lindqvist")
_LAYOUTS: Final = ("Q4_1", "Q8_0")
_KINDS: Final = ("chats", "documents")
_BAR: Final = "<= 0.25"
_SHORT: Final = 128
"""Tokens that have to be read, at most, for a short one."""
PARTS: Final = tuple(f"{layout}.{kind}" for layout in _LAYOUTS for kind in _KINDS)


def figures(part: str = "") -> Iterator[Figure]:
    """Median relative errors of the estimate, as seconds off for each second waited; of one part, as "Q8_0.chats"."""
    for layout in _LAYOUTS:
        for kind in _KINDS:
            if part in ("", f"{layout}.{kind}"):
                for name, errors in _measured(layout, kind).items():
                    what = f"{layout}: wait for the first word, {name} ({len(errors)})"
                    yield Figure(what, statistics.median(errors), "error", None, _BAR)


def _measured(layout: str, kind: str) -> dict[str, list[float]]:
    """Errors by what was asked."""
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
        home = Path(folder)
        privet = Privet.open(Folders.inside(home), Unlock(lambda _: "a passphrase", use_keychain=False))
        with closing(privet):
            privet.settings.set(options.MAX_ANSWER_TOKENS, 24)
            if layout != "Q4_1":
                privet.settings.set(options.CHAT_MODEL, str(as_q8_0(EMBEDDED_CHAT, PROJECT / "build" / "bench")))
            for _ in privet.prepare(Stop()):
                pass
            if kind == "documents":
                _fill(privet, home)
            errors: dict[str, list[float]] = {}
            for name, error in _chats(privet) if kind == "chats" else _documents(privet):
                errors.setdefault(name, []).append(error)
            return errors


def _chats(privet: Privet) -> Iterator[tuple[str, float]]:
    """Long questions whose text is new, short ones after them, an earlier chat gone back to, and short new chats."""
    chats = [privet.conversations.create() for _ in range(2)]
    for turn in range(3):
        for number, chat in enumerate(chats):
            text = _sentence(_SUBJECTS[turn + number]) * (10 + 25 * number)
            yield _error(privet, chat, f"{text} What is said here?")
            yield _error(privet, chat, "And what else, in other words?")
            yield _error(privet, privet.conversations.create(), f"What is a {_SUBJECTS[turn + number]}?")
            yield _error(privet, chat, f"{_sentence(_SUBJECTS[-1 - turn])} Is that the same?")
        text = _sentence(f"{_SUBJECTS[turn]} of the {_SUBJECTS[-1 - turn]}") * 12
        yield _error(privet, privet.conversations.create(), f"{text} Whose is it?")


def _documents(privet: Privet) -> Iterator[tuple[str, float]]:
    """First and next questions about documents."""
    for subjects in (_SUBJECTS[:3], _SUBJECTS[3:]):
        chat = privet.conversations.create(documents=True)
        for subject in subjects:
            yield _error(privet, chat, f"Who bought the {subject}?")
            yield _error(privet, chat, f"In which year was the {subject} bought?")


def _error(privet: Privet, chat: ConversationId, question: str) -> tuple[str, float]:
    """What kind of question it was, and the estimate's error, as a share of the wait; none told is all of it."""
    told = privet.answering.outlook(chat, question).seconds or 0.0
    for event in privet.answering.answer(chat, question, Stop()):
        if isinstance(event, Answered) and event.first_token_seconds is not None:
            return _kind(privet, chat, event), abs(told - event.first_token_seconds) / event.first_token_seconds
    raise AssertionError(f"no word came to: {question}")


def _kind(privet: Privet, chat: ConversationId, answered: Answered) -> str:
    if privet.conversations.conversation(chat).documents:
        return "documents"
    known = "beginning known" if answered.cached_tokens > _SHORT else "nothing known"
    unread = answered.prompt_tokens - answered.cached_tokens
    return f"{known}, {'short' if unread <= _SHORT else 'long'}"


def _fill(privet: Privet, home: Path) -> None:
    for number, subject in enumerate(_SUBJECTS):
        file = home / f"{subject}.md"
        fact = f"The {subject} was bought by {_PEOPLE[number]} in {1901 + 7 * number}. "
        paragraphs = [fact + _sentence(subject) * (2 + number), *[_sentence(subject) * (3 + number)] * 6]
        file.write_text("\n\n".join(paragraphs), encoding="utf-8")
        for _ in privet.documents.add([file], Stop()):
            pass


def _sentence(subject: str) -> str:
    return f"The {subject} at the end of the lane stood there for forty years, green and tall and quiet as ever. "
