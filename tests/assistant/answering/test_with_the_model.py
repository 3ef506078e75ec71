"""Versions, Continue and the meter with the real engine: lengths that are told are those that are sent."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import cast

import pytest

from assistant.answering import Answering
from assistant.answering.claiming import doubts
from assistant.answering.lengths import Lengths
from assistant.answering.prompt import Source, compose
from assistant.conversations import Conversations, Pins
from assistant.engine import FAMILIES, Engine
from assistant.modelstore import ModelStore
from assistant.retrieval import Retrieval
from assistant.settings import Folders, Settings, options
from assistant.values import (
    Answered,
    Citation,
    Claim,
    ConversationId,
    FinishReason,
    Message,
    ModelFile,
    Outlook,
    Role,
    Stop,
    Support,
    Token,
    Turn,
    TurnId,
    TurnState,
)
from assistant.vault import Unlock, Vault
from tests.assistant.answering.fakes import ScriptedRetrieval, hit
from tests.assistant.answering.way import end, nothing_near
from tests.conftest import EMBEDDED_CHAT

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> ModelFile:
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    return ModelStore(Folders.inside(tmp_path_factory.mktemp("models"))).inspect(EMBEDDED_CHAT)


@pytest.fixture(scope="module")
def engine(model: ModelFile) -> Iterator[Engine]:
    engine = Engine()
    engine.use(model, 2048)
    yield engine
    engine.close()


class Rooms:
    """Answering over the real engine and a vault; what is found in documents is given."""

    def __init__(self, vault: Vault, folders: Folders, engine: Engine) -> None:
        self.engine = engine
        self.conversations = Conversations(vault)
        self.settings = Settings(folders)
        self.settings.set(options.MAX_ANSWER_TOKENS, 24)
        self.retrieval = ScriptedRetrieval(hit(1, "The kettle in the gardeners' hut holds four litres of water."))
        self.answering = Answering(
            self.conversations,
            Pins(vault),
            engine,
            engine.load,
            lambda _: [],
            nothing_near,
            cast(Retrieval, self.retrieval),
            self.settings,
        )


@pytest.fixture
def rooms(tmp_path: Path, engine: Engine) -> Iterator[Rooms]:
    folders = Folders.inside(tmp_path)
    with Vault.open(folders.data, Unlock(lambda _: "a passphrase", use_keychain=False)) as vault:
        yield Rooms(vault, folders, engine)


@pytest.mark.parametrize("family", sorted(name for name, form in FAMILIES.items() if form.default_system))
@pytest.mark.parametrize("instructions", ["", "Be brief."])
def test_a_familys_own_instructions_count_as_instructions(rooms: Rooms, family: str, instructions: str) -> None:
    model = rooms.engine.load().file
    rooms.settings.set(options.INSTRUCTIONS, instructions)
    rooms.engine.use(replace(model, family=family), 2048)
    try:
        use = rooms.answering.outlook(None, "Who?").use
        [without] = rooms.engine.counts([(Message(Role.USER, "Who?"),)], own=False)
        assert use.question == without
        told = (Message(Role.SYSTEM, instructions or FAMILIES[family].default_system), Message(Role.USER, "Who?"))
        assert use.instructions + use.question == rooms.engine.count(told)
    finally:
        rooms.engine.use(model, 2048)


@pytest.mark.parametrize("family", sorted(FAMILIES))
@pytest.mark.parametrize("begun", ["", "It was planted"])
def test_parts_add_up_to_the_prompt_in_every_chat_format(
    engine: Engine, model: ModelFile, family: str, begun: str
) -> None:
    history = [
        Turn(
            TurnId(number),
            Role.ASSISTANT if number % 2 else Role.USER,
            f"Words  of turn {number}.\n",
            TurnState.COMPLETE,
            0,
        )
        for number in range(4)
    ]
    passage = Citation(1, "estate.pdf", "page 1", 1, "The hedge was planted in 1874 by Ottilie Brandt.", 1.0)
    engine.use(replace(model, family=family), 2048)
    try:
        prompt = compose(
            Source("Be brief.", history, "Who?", (passage,), begun), Lengths(partial(engine.counts, own=False)), 2000
        )
        assert prompt is not None
        # Where the instructions open the first question, both are one text, and a token may span the border.
        assert abs(engine.count(prompt.messages) - prompt.tokens) <= 2
    finally:
        engine.use(model, 2048)


def test_the_meter_tells_what_is_sent_and_what_is_known_then(rooms: Rooms) -> None:
    conversation = rooms.conversations.create()
    long = "The hedge is green. " * 30
    for question in (f"{long} What is a hedge?", "And what is a kettle? Say it in one sentence."):
        _told_and_sent(rooms, conversation, question)
    told, answered = _told_and_sent(rooms, conversation, "And a fox?")
    assert told.seconds is not None and told.seconds > 0
    # All but the last answer's end and the question was read before.
    assert answered.cached_tokens >= told.use.instructions + told.use.conversation - 12


def _told_and_sent(rooms: Rooms, conversation: ConversationId, question: str) -> tuple[Outlook, Answered]:
    told = rooms.answering.outlook(conversation, question)
    answered = end(rooms.answering.answer(conversation, question, Stop()))
    assert told.use.used - told.use.reserve == answered.prompt_tokens
    assert abs(told.cached - answered.cached_tokens) <= 1
    return told, answered


def test_another_answer_reads_nothing_again(rooms: Rooms) -> None:
    rooms.settings.set(options.TEMPERATURE, 0.8)
    conversation = rooms.conversations.create()
    first = end(rooms.answering.answer(conversation, "Name a colour and say why you like it.", Stop()))
    again = end(rooms.answering.again(first.turn, Stop()))
    assert again.prompt_tokens == first.prompt_tokens
    assert again.cached_tokens == again.prompt_tokens - 1
    assert again.text != first.text
    assert rooms.conversations.turn(again.turn).versions == (first.turn, again.turn)


def test_an_answer_that_was_cut_off_goes_on_where_it_was(rooms: Rooms) -> None:
    conversation = rooms.conversations.create(documents=True)
    said = "The kettle in the gardeners' hut holds four litres of water, boils in nine minutes on the small stove"
    rooms.retrieval.hits[:] = [hit(1, f"{said}, and was bought in Leeds in 1962 by Mrs Hale.")]
    # Cut off by its length: a stop comes at another word each time, or after the last one.
    rooms.settings.set(options.MAX_ANSWER_TOKENS, 16)
    cut = end(rooms.answering.answer(conversation, "Tell me all about the kettle in the hut.", Stop()))
    assert cut.reason is FinishReason.LENGTH
    rooms.settings.set(options.MAX_ANSWER_TOKENS, 48)
    events = list(rooms.answering.go_on(cut.turn, Stop()))
    grown = end(events)
    assert any(isinstance(event, Token) for event in events)
    assert len(grown.text) > len(cut.text)
    assert grown.cached_tokens >= cut.prompt_tokens - 2
    kept = rooms.conversations.turns(conversation)[-1]
    assert (kept.id, kept.text, kept.citations) == (cut.turn, grown.text, cut.citations)


def test_reading_in_advance_leaves_little_to_read(rooms: Rooms) -> None:
    conversation = rooms.conversations.create(documents=True)
    list(rooms.answering.answer(conversation, "How much water does the kettle hold?", Stop()))
    rooms.answering.warm(conversation, Stop())
    told = rooms.answering.outlook(conversation, "And who owns it?")
    answered = end(rooms.answering.answer(conversation, "And who owns it?", Stop()))
    assert isinstance(answered, Answered)
    assert answered.cached_tokens >= told.use.instructions + told.use.conversation - 12


def test_the_model_doubts_a_number_of_something_else_and_not_the_right_one(engine: Engine, model: ModelFile) -> None:
    engine.use(model, 2048)
    quote = "From 1851 to 2006, Florida was struck by 114 hurricanes, 37 of them major."
    citation = Citation(1, "florida.txt", "", None, quote, 1.0)
    found = []
    for said in ("Florida was struck by 114 hurricanes.", "Florida was struck by 37 hurricanes."):
        claim = Claim(0, len(said), Support.SUPPORTED, 1, 0, len(quote))
        found.append([one.seems for one in doubts(engine, said, [claim], [citation], Stop())])
    assert found == [[], ["114"]]
