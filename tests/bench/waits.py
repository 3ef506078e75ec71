"""How far the wait that is told before sending is from the wait itself, in chats and with documents."""

from __future__ import annotations

import statistics
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from assistant.app import Privet
from assistant.settings import Folders, options
from assistant.values import Answered, ConversationId, Stop
from assistant.vault import Unlock
from tests.bench.figure import Figure

_SUBJECTS: Final = ("hedge", "kettle", "fox", "bridge", "orchard", "letter")
_ROUNDS: Final = 2


def figures() -> list[Figure]:
    """The median relative error of the estimate, as seconds off for each second waited."""
    with tempfile.TemporaryDirectory(prefix="privet-bench-") as folder:
        home = Path(folder)
        privet = Privet.open(Folders.inside(home), Unlock(lambda _: "a passphrase", use_keychain=False))
        try:
            privet.settings.set(options.MAX_ANSWER_TOKENS, 24)
            for _ in privet.prepare(Stop()):
                pass
            privet.embedder.embed(["what starts beside the model has started then"])
            chats = list(_chats(privet))
            _fill(privet, home)
            documents = list(_documents(privet))
        finally:
            privet.close()
    return [
        Figure(
            "wait for the first word, told against measured, chats", statistics.median(chats), "error", None, "<= 0.25"
        ),
        Figure(
            "wait for the first word, told against measured, documents",
            statistics.median(documents),
            "error",
            None,
            "<= 0.25",
        ),
    ]


def _chats(privet: Privet) -> Iterator[float]:
    """Errors: long and short questions, next questions, an edit, another answer, and a switch between conversations."""
    chats = [privet.conversations.create() for _ in range(2)]
    for turn in range(_ROUNDS):
        for number, chat in enumerate(chats):
            text = _sentence(_SUBJECTS[turn + number]) * (10 + 25 * number)
            yield _error(privet, chat, f"{text} What is said here?")
            yield _error(privet, chat, "And what else, in other words?")
            yield _error(privet, chat, f"{_sentence(_SUBJECTS[-1 - turn])} Is that the same?")


def _documents(privet: Privet) -> Iterator[float]:
    """Errors: first and next questions about documents."""
    for subjects in (_SUBJECTS[:3], _SUBJECTS[3:]):
        chat = privet.conversations.create(documents=True)
        for subject in subjects:
            yield _error(privet, chat, f"How long did the {subject} stand at the end of the lane?")


def _error(privet: Privet, chat: ConversationId, question: str) -> float:
    """The estimate's error for one question, as a share of the wait it had; where none is told, all of it."""
    told = privet.answering.outlook(chat, question).seconds or 0.0
    for event in privet.answering.answer(chat, question, Stop()):
        if isinstance(event, Answered) and event.first_token_seconds is not None:
            return abs(told - event.first_token_seconds) / event.first_token_seconds
    raise AssertionError("no answer came")


def _fill(privet: Privet, home: Path) -> None:
    for number, subject in enumerate(_SUBJECTS):
        file = home / f"{subject}.md"
        file.write_text("\n\n".join(_sentence(subject) * (3 + number) for _ in range(12)), encoding="utf-8")
        for _ in privet.documents.add([file], Stop()):
            pass


def _sentence(subject: str) -> str:
    return f"The {subject} at the end of the lane stood there for forty years, green and tall and quiet as ever. "
