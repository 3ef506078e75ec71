"""Questions asked anew, answers given anew, and the way back to what was said before."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from assistant.conversations import Conversations
from assistant.errors import NotFound
from assistant.values import ConversationId, Role, Turn, TurnId, TurnState
from assistant.vault import Vault
from tests.assistant.vault.opening import open_vault


def texts(turns: tuple[Turn, ...]) -> list[str]:
    return [turn.text for turn in turns]


def say(
    conversations: Conversations, conversation: ConversationId, question: str, answer: str
) -> tuple[TurnId, TurnId]:
    asked, place = conversations.ask(conversation, question)
    conversations.update(place, answer, TurnState.COMPLETE)
    return asked, place


def test_a_question_and_the_place_of_its_answer_come_together(conversations: Conversations) -> None:
    id_ = conversations.create()
    asked, place = conversations.ask(id_, "Why?")
    question, answer = conversations.turns(id_)
    assert (question.id, question.text, question.versions) == (asked, "Why?", (asked,))
    assert (answer.id, answer.text, answer.state) == (place, "", TurnState.WRITING)
    assert conversations.conversation(id_).title == "Why?"
    with pytest.raises(NotFound):
        conversations.ask(ConversationId(99), "Why?")


def test_another_answer_stands_beside_the_first(conversations: Conversations) -> None:
    id_ = conversations.create()
    asked, first = say(conversations, id_, "Why?", "Because.")
    second = conversations.reply(asked)
    conversations.update(second, "Therefore.", TurnState.COMPLETE)
    shown = conversations.turns(id_)
    assert texts(shown) == ["Why?", "Therefore."]
    assert shown[1].versions == (first, second)
    assert conversations.choose(first) == id_
    assert texts(conversations.turns(id_)) == ["Why?", "Because."]
    assert conversations.turn(second).text == "Therefore."


def test_an_edited_question_is_a_branch_and_the_old_one_stays_whole(conversations: Conversations) -> None:
    id_ = conversations.create()
    first, _ = say(conversations, id_, "One?", "1")
    second, _ = say(conversations, id_, "Two?", "2")
    say(conversations, id_, "Three?", "3")
    edited, place = conversations.ask(id_, "Zwei?", beside=second)
    conversations.update(place, "zwei", TurnState.COMPLETE)
    assert texts(conversations.turns(id_)) == ["One?", "1", "Zwei?", "zwei"]
    assert conversations.turns(id_)[2].versions == (second, edited)
    say(conversations, id_, "Drei?", "drei")
    assert texts(conversations.turns(id_))[-2:] == ["Drei?", "drei"]
    conversations.choose(second)
    assert texts(conversations.turns(id_)) == ["One?", "1", "Two?", "2", "Three?", "3"]
    root, _ = conversations.ask(id_, "Null?", beside=first)
    assert texts(conversations.turns(id_)) == ["Null?", ""]
    assert conversations.turns(id_)[0].versions == (first, root)


def test_choosing_leads_to_the_leaf_that_was_shown_last_below(conversations: Conversations) -> None:
    id_ = conversations.create()
    asked, first = say(conversations, id_, "One?", "1")
    below, _ = say(conversations, id_, "More?", "a")
    conversations.ask(id_, "Other?", beside=below)
    conversations.reply(asked)
    assert texts(conversations.turns(id_)) == ["One?", ""]
    conversations.choose(first)
    assert texts(conversations.turns(id_)) == ["One?", "1", "Other?", ""]
    conversations.choose(below)
    assert texts(conversations.turns(id_)) == ["One?", "1", "More?", "a"]


def test_the_way_to_a_turn_is_known_also_where_it_is_not_shown(conversations: Conversations) -> None:
    id_ = conversations.create()
    asked, first = say(conversations, id_, "One?", "1")
    hidden, _ = say(conversations, id_, "More?", "a")
    conversations.reply(asked)
    assert texts(conversations.until(hidden)) == ["One?", "1", "More?"]
    assert conversations.conversation_of(hidden).id == id_
    for attempt in (conversations.until, conversations.choose, conversations.reply, conversations.conversation_of):
        with pytest.raises(NotFound):
            attempt(TurnId(99))
    with pytest.raises(NotFound):
        conversations.ask(conversations.create(), "Elsewhere?", beside=first)


def test_thoughts_are_kept_and_stay_where_nothing_is_said_of_them(conversations: Conversations) -> None:
    turn = conversations.append(conversations.create(), Role.ASSISTANT, "", TurnState.WRITING)
    conversations.update(turn, "", TurnState.WRITING, thought="Let me see.")
    conversations.update(turn, "Yes.", TurnState.COMPLETE)
    assert (conversations.turn(turn).thought, conversations.turn(turn).text) == ("Let me see.", "Yes.")


def test_drafts_are_kept_for_each_conversation_and_for_the_one_not_begun(tmp_path: Path) -> None:
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        one, other = conversations.create(), conversations.create()
        conversations.keep_draft(one, "Wha")
        conversations.keep_draft(one, "What is \ud800")
        conversations.keep_draft(other, "gone")
        conversations.keep_draft(other, "")
        conversations.keep_draft(None, "new")
        conversations.keep_draft(None, "new one")
    with open_vault(tmp_path) as vault:
        conversations = Conversations(vault)
        assert [conversations.draft(id_) for id_ in (one, other, None)] == ["What is \ufffd", "", "new one"]
        conversations.delete(one)
        assert conversations.draft(one) == ""
        with pytest.raises(NotFound):
            conversations.keep_draft(one, "late")


def test_whoever_remembers_is_told_before_words_go(vault: Vault) -> None:
    told: list[int] = []
    conversations = Conversations(vault, lambda: told.append(len(conversations.list())))
    conversations.delete(conversations.create("gone"))
    assert told == [1]


def test_in_every_place_one_turn_is_shown_whatever_was_done(conversations: Conversations, vault: Vault) -> None:
    """Against a tree kept in plain dictionaries, through 150 steps chosen by chance (always the same)."""
    chance = random.Random(7)
    id_ = conversations.create()
    parents: dict[int, int | None] = {}
    chosen: dict[int | None, int] = {}

    def show(turn: int | None) -> None:
        while turn is not None:
            chosen[parents[turn]] = turn
            turn = parents[turn]

    def branch() -> list[int]:
        found: list[int] = []
        while (following := chosen.get(found[-1] if found else None)) is not None:
            found.append(following)
        return found

    for _ in range(150):
        questions = [turn for turn in parents if conversations.turn(TurnId(turn)).role is Role.USER]
        match chance.choice(("ask", "edit", "again", "choose")) if questions else "ask":
            case "ask":
                parent = branch()[-1] if branch() else None
                asked, place = conversations.ask(id_, "q")
                parents |= {asked: parent, place: asked}
                show(place)
            case "edit":
                old = chance.choice(questions)
                asked, place = conversations.ask(id_, "q", beside=TurnId(old))
                parents |= {asked: parents[old], place: asked}
                show(place)
            case "again":
                asked = TurnId(chance.choice(questions))
                place = conversations.reply(asked)
                parents[place] = asked
                show(place)
            case _:
                turn = chance.choice(list(parents))
                conversations.choose(TurnId(turn))
                show(turn)
        assert [turn.id for turn in conversations.turns(id_)] == branch()
    with vault.read() as connection:
        shown = connection.execute("SELECT parent, sum(shown) FROM turns GROUP BY parent").fetchall()
    assert len(shown) > 20 and all(count == 1 for _, count in shown)
