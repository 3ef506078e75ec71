"""The model's process is killed at any moment while it answers: what a person has read is kept, word for word.

PRIVET_KILL_MINUTES=10 goes on for that long; a few kills without it.
"""

from __future__ import annotations

import os
import random
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from assistant.app import Privet
from assistant.errors import ModelSetAside
from assistant.settings import Folders, options
from assistant.values import Answered, ConversationId, FinishReason, Stop, Token, TurnState
from tests.assistant.vault.opening import by_passphrase

MINUTES = float(os.environ.get("PRIVET_KILL_MINUTES", "0"))
SEED = int(os.environ.get("PRIVET_SEED", "0"))
FEW, FEW_SECONDS = 3, 40.0
MOST_SECONDS = 4.0
"""Between two kills, of which some meet a process that is loading, others one that reads, writes or waits."""
QUESTIONS = (
    "Name three trees.",
    "Tell a story about a hedge, with many details.",
    "The lane is long and green. " * (60 if MINUTES else 15) + "What colour is the lane?",
)


@pytest.fixture
def privet(embedded_chat: Path, tmp_path: Path) -> Iterator[Privet]:
    privet = Privet.open(Folders.inside(tmp_path), by_passphrase())
    privet.settings.set(options.TEMPERATURE, 0.0)
    privet.settings.set(options.MAX_ANSWER_TOKENS, 64 if MINUTES else 16)
    yield privet
    privet.close()


def ask(privet: Privet, question: str) -> tuple[str, Answered]:
    """What was shown, and how it ended; what is kept is held against that.

    Every prompt is read anew: what is copied from another was computed in other batches, and may round to other words.
    """
    privet.engine.forget()
    shown, ended, chat = "", None, privet.conversations.create()
    try:
        for event in privet.answering.answer(chat, question, Stop()):
            if isinstance(event, Token):
                shown += event.text
            if isinstance(event, Answered):
                ended = event
    except ModelSetAside as error:
        assert not shown
        require_question(privet, chat, question, error.what)
        raise
    assert ended is not None
    kept = privet.conversations.turn(ended.turn)
    assert kept.text == shown.rstrip(), "what is kept is not what was shown"
    assert (kept.state is TurnState.INTERRUPTED) == (ended.reason is FinishReason.INTERRUPTED)
    return kept.text, ended


def require_question(privet: Privet, chat: ConversationId, question: str, said: str) -> None:
    """A question that no word came to is kept, with the sentence that says why: it can be put again."""
    asked, empty = privet.conversations.turns(chat)
    assert (asked.text, empty.text) == (question, "")
    assert (empty.state, empty.note) == (TurnState.INTERRUPTED, said)


@contextmanager
def killing(pid: Callable[[], int | None], chance: random.Random, most: float) -> Iterator[list[float]]:
    """Kills whatever process is there, again and again, until the end; the list has a time for each kill."""
    kills: list[float] = []
    over = threading.Event()

    def kill() -> None:
        while not over.wait(chance.uniform(0, most)):
            if (number := pid()) is not None:
                with suppress(ProcessLookupError):
                    os.kill(number, signal.SIGKILL)
                    kills.append(time.monotonic())

    thread = threading.Thread(target=kill)
    thread.start()
    try:
        yield kills
    finally:
        over.set()
        thread.join()


@pytest.mark.model
@pytest.mark.timeout(60 * MINUTES + 240)
def test_whenever_the_process_is_killed_nothing_that_was_shown_is_lost(
    privet: Privet, capsys: pytest.CaptureFixture[str]
) -> None:
    chance = random.Random(SEED)
    whole = {question: ask(privet, question)[0] for question in QUESTIONS}
    began = time.monotonic()
    seconds = 60 * MINUTES or FEW_SECONDS
    seen: Counter[str] = Counter()
    with killing(lambda: privet.engine.pid, chance, MOST_SECONDS) as kills:
        while time.monotonic() - began < seconds and (MINUTES or len(kills) < FEW):
            question = chance.choice(QUESTIONS)
            seen["questions"] += 1
            try:
                text, ended = ask(privet, question)
            except ModelSetAside:
                seen["set aside"] += 1
                privet.model.try_again()
                continue
            # As far as it goes, it is what it would have been: nothing is missing, and nothing is said twice.
            assert whole[question].startswith(text), question
            if ended.reason is FinishReason.INTERRUPTED:
                seen["half" if text else "no word"] += 1
                assert "ended unexpectedly (SIGKILL)" in ended.note
            else:
                seen["whole"] += 1
                assert text == whole[question]
    privet.model.try_again()  # the last kills may have been three in a row
    assert ask(privet, QUESTIONS[0])[0] == whole[QUESTIONS[0]]
    assert kills and seen["half"] + seen["no word"] + seen["set aside"] <= len(kills)
    with capsys.disabled():
        if MINUTES:
            print(f"\n{len(kills)} kills; {dict(seen)}; wrong or lost: 0")
