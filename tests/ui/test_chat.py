"""Tests of the chat: answers grow on the screen, with their sources first, and are never lost."""

from __future__ import annotations

import threading
from functools import partial

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QGuiApplication, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QPushButton

from assistant.errors import ChildDied, ModelSetAside
from assistant.values import LeftOut, Noted, NothingFound, Prefilling, Retrieved, Role, Thought, Token
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, citation, pieces
from ui.panels.chat import Answer, ChatView, Question
from ui.shell import Shell


def ask(shell: Shell, text: str) -> None:
    shell.window.chat.composer.write(text)
    shell.actions["chat.ask"].trigger()


def answer_text(view: ChatView) -> str:
    answer = view.transcript.last_answer
    return "" if answer is None else answer.text


def answer_of(shell: Shell) -> Answer:
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    return view.answer


def test_a_new_window_says_what_it_is_for(shell: Shell) -> None:
    assert shell.window.chat.welcomes
    words = {label.text() for label in shell.window.chat.findChildren(type(shell.window.chat._display))}
    assert {"Ask anything.", "Nothing leaves this computer."} <= words


def test_an_answer_is_shown_and_kept_and_the_chat_is_listed(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append(pieces("It is **green**."))
    ask(shell, "What colour is a hedge?")
    wait_until(lambda: not shell.chat.busy and shell.chats.infos and not shell.bridge.busy)
    assert answer_text(shell.window.chat) == "It is **green**."
    assert shell.window.chat.composer.text == ""
    assert [row.title for row in shell.window.chats.list.rows][-1] == "What colour is a hedge?"
    assert privet.answering.questions == ["What colour is a hedge?"]
    assert not any(thread == "MainThread" for _, thread in privet.conversations.calls)


def test_a_grown_answer_pushes_down_what_stands_under_it(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Token("Two things:\n\n"), *(Token(f"- thing {n}\n") for n in range(12))])
    ask(shell, "Which?")
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy)
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    wait_until(view._foot.isVisible)
    assert view.body.height() >= view.body.document().size().height()
    assert view.body.geometry().bottom() <= view._foot.geometry().top()
    assert view.height() >= view._foot.geometry().bottom()


def test_words_are_on_the_screen_while_the_answer_is_still_being_written(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    gate = threading.Event()
    privet.answering.scripts.append([Token("The first"), gate, Token(" and the last.")])
    ask(shell, "Go on")
    wait_until(lambda: answer_text(shell.window.chat) == "The first")
    assert shell.chat.busy
    gate.set()
    wait_until(lambda: not shell.chat.busy)
    assert answer_text(shell.window.chat) == "The first and the last."


def test_the_passages_are_shown_before_the_first_word(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    gate = threading.Event()
    privet.answering.scripts.append([Retrieved((citation(1), citation(2)), 0.1), gate, Token("See [2].")])
    shell.chat.set_documents(True)
    ask(shell, "Where?")
    wait_until(lambda: shell.window.sources.numbers == (1, 2))
    assert shell.window.shows_sources
    assert answer_text(shell.window.chat) == ""
    gate.set()
    wait_until(lambda: not shell.chat.busy)
    assert shell.window.sources.numbers == (1, 2)


def test_a_number_in_the_answer_marks_its_source(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.answering.scripts.append([Retrieved((citation(1), citation(2)), 0.1), Token("See [2].")])
    ask(shell, "Where?")
    wait_until(lambda: not shell.chat.busy)
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    view.body.anchorClicked.emit(QUrl("cite:2"))
    assert shell.window.sources.marked == 2
    shell.actions["sources.1"].trigger()
    assert shell.window.sources.marked == 1


def test_reading_the_prompt_is_told_and_can_be_stopped(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Prefilling(320, 1300, 0, 4.2), threading.Event(), Token("never")])
    ask(shell, "Long?")
    wait_until(lambda: shell.window.chat.has_answer and "Reading" in answer_of(shell).progress)
    assert answer_of(shell).progress == "Reading 320 of 1,300 tokens, about 4 s left"
    QTest.keyClick(shell.window, Qt.Key.Key_Escape)
    wait_until(lambda: not shell.chat.busy)
    assert privet.answering.stopped == 1
    assert answer_of(shell).note == "You stopped this answer."
    assert answer_of(shell).progress == ""


def test_a_thought_is_told_of_and_is_no_part_of_the_answer(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    going_on = threading.Event()
    privet.answering.scripts.append([Thought("Let me see"), going_on, Token("Four.")])
    ask(shell, "Two and two?")
    wait_until(lambda: shell.window.chat.has_answer and "Thinking" in answer_of(shell).progress)
    assert answer_of(shell).text == ""
    going_on.set()
    wait_until(lambda: not shell.chat.busy)
    assert answer_text(shell.window.chat) == "Four."
    assert answer_of(shell).progress == ""


def test_a_half_answer_stays_and_says_why_it_ended(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.answering.scripts.append([Token("Half an"), ChildDied("The model ended.", "Ask again.")])
    ask(shell, "Go")
    wait_until(lambda: not shell.chat.busy)
    assert answer_text(shell.window.chat) == "Half an"
    assert answer_of(shell).note == "The model ended."
    assert shell.window.chat.fault.words == "The model ended. Ask again."
    ask(shell, "And now?")
    wait_until(lambda: not shell.chat.busy)
    assert answer_text(shell.window.chat) == "An answer."
    assert shell.window.chat.fault.words == ""


def test_a_model_that_was_set_aside_can_be_tried_again(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([ModelSetAside("Tiny ended 3 times in a row.", "Choose another model.")])
    ask(shell, "Go")
    wait_until(lambda: not shell.chat.busy)
    assert shell.window.chat.fault.can_act
    shell.window.chat.fault.press()
    wait_until(lambda: privet.model.tried_again == 1)
    wait_until(lambda: "next question" in shell.window.chat.notice.words)


def test_how_the_model_runs_is_said_beside_the_answer(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Noted("On battery: half of the cores."), Token("Yes.")])
    ask(shell, "Go")
    wait_until(lambda: not shell.chat.busy)
    assert answer_of(shell).left_out == "On battery: half of the cores."


def test_what_no_longer_fits_is_said(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.answering.scripts.append([LeftOut(2, 0, "Two questions no longer fit."), Token("Yes.")])
    ask(shell, "Still there?")
    wait_until(lambda: not shell.chat.busy)
    assert answer_of(shell).left_out == "Two questions no longer fit."


def test_finding_nothing_is_the_whole_answer(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    gate = threading.Event()
    privet.answering.scripts.append([NothingFound("I found nothing about this.", 0.1), gate])
    ask(shell, "What?")
    wait_until(lambda: answer_text(shell.window.chat) == "I found nothing about this.")
    gate.set()


def test_an_answer_goes_on_while_another_chat_is_read(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    other = privet.conversations.create("Other")
    privet.conversations.append(other, Role.USER, "An old question")
    privet.conversations.append(other, Role.ASSISTANT, "An old answer.")
    gate = threading.Event()
    privet.answering.scripts.append([Token("Begun"), gate, Token(" and done.")])
    ask(shell, "Go")
    wait_until(lambda: answer_text(shell.window.chat) == "Begun")
    first = shell.chat.conversation
    wait_until(lambda: len(shell.chats.infos) == 2)
    shell.chats.open(other)
    wait_until(lambda: answer_text(shell.window.chat) == "An old answer.")
    shell.chats.open(first)
    wait_until(lambda: answer_text(shell.window.chat) == "Begun")
    gate.set()
    wait_until(lambda: not shell.chat.busy)
    assert answer_text(shell.window.chat) == "Begun and done."


def test_a_draft_waits_in_its_chat(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    other = privet.conversations.create("Other")
    shell.chats.refresh()
    wait_until(lambda: shell.chats.infos)
    shell.window.chat.composer.write("half a thought")
    shell.chats.open(other)
    assert shell.window.chat.composer.text == ""
    shell.chats.open(None)
    assert shell.window.chat.composer.text == "half a thought"


def test_what_is_written_and_not_sent_is_kept_in_the_vault(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    drafts = privet.conversations.drafts
    shell.window.chat.composer.write("half a thought")
    wait_until(lambda: drafts.get(None) == "half a thought")
    shell.actions["chat.ask"].trigger()
    wait_until(lambda: not shell.chat.busy and drafts.get(None) == "")
    assert shell.window.chat.composer.text == ""
    assert "half a thought" not in drafts.values()


def test_a_draft_from_the_last_time_comes_back_and_overwrites_nothing(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    one, other = privet.conversations.create("One"), privet.conversations.create("Other")
    privet.conversations.drafts |= {one: "from last time", other: "old"}
    shell.chats.refresh()
    wait_until(lambda: len(shell.chats.infos) == 2)
    shell.chats.open(one)
    wait_until(lambda: shell.window.chat.composer.text == "from last time")
    shell.chats.open(other)
    shell.window.chat.composer.write("new")
    wait_until(lambda: privet.conversations.drafts[other] == "new")
    assert shell.window.chat.composer.text == "new"


def test_closing_keeps_what_stands_in_the_box(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    shell.window.chat.composer.write("the last words")
    shell.leave()
    wait_until(lambda: privet.conversations.drafts.get(None) == "the last words")


def test_the_switch_says_where_a_question_goes_and_is_kept(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    ask(shell, "One")
    wait_until(lambda: not shell.chat.busy and shell.chats.current is not None and not shell.bridge.busy)
    shell.actions["documents.switch"].trigger()
    wait_until(lambda: not shell.bridge.busy)
    assert shell.window.chat.composer.switch.value == 1
    assert next(iter(privet.conversations.infos.values())).documents


def test_enter_sends_and_shift_enter_begins_a_line(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    field = shell.window.chat.composer.field
    QTest.keyClicks(field, "one")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(field, "two")
    assert field.toPlainText() == "one\ntwo"
    QTest.keyClick(field, Qt.Key.Key_Return)
    wait_until(lambda: privet.answering.questions)
    assert privet.answering.questions == ["one\ntwo"]


def test_the_last_answer_is_copied_as_it_was_written(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Token("**Bold** [1]")])
    ask(shell, "Go")
    wait_until(lambda: not shell.chat.busy)
    shell.actions["chat.copy"].trigger()
    assert QGuiApplication.clipboard().text() == "**Bold** [1]"


def test_a_long_chat_opens_at_its_end_and_grows_upwards(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    long = privet.conversations.create("Long")
    for number in range(100):
        privet.conversations.append(long, Role.USER, f"Question {number}")
        privet.conversations.append(long, Role.ASSISTANT, f"Answer {number}.\n\nAnd more.")
    shell.chats.refresh()
    wait_until(lambda: shell.chats.infos)
    shell.chats.open(long)
    transcript = shell.window.chat.transcript
    wait_until(lambda: answer_text(shell.window.chat) == "Answer 99.\n\nAnd more.")
    assert not transcript.complete

    def has_more(than: int) -> bool:
        return len(transcript.views) > than

    while not transcript.complete:
        before = len(transcript.views)
        transcript.verticalScrollBar().setValue(0)
        wait_until(partial(has_more, before))
    assert transcript.views[0].text == "Question 0"
    assert len(transcript.views) == 200


def test_turns_far_above_are_taken_down_and_built_again(shell: Shell, wait_until: WaitUntil) -> None:
    chat = shell.window.chat
    for number in range(60):
        chat.add(Question(f"Question {number}"))
        chat.add(Answer(f"Answer {number}.\n\nAnd more."))
    transcript = chat.transcript
    wait_until(lambda: not transcript.busy)
    assert len(transcript.views) < 60 and transcript.views[-1].text == "Answer 59.\n\nAnd more."
    bar = transcript.verticalScrollBar()
    assert bar.value() == bar.maximum()
    while not transcript.complete:
        bar.setValue(0)
        wait_until(lambda: not transcript.busy)
    kinds = ((f"Question {number}", f"Answer {number}.\n\nAnd more.") for number in range(60))
    assert [view.text for view in transcript.views] == [text for pair in kinds for text in pair]
    # One that somebody has words marked in stays; what is above it does, too.
    transcript.views[0].body.selectAll()
    transcript.go_to_end()
    wait_until(lambda: not transcript.busy)
    assert transcript.complete
    transcript.views[0].body.moveCursor(QTextCursor.MoveOperation.End)
    transcript.go_to_end()
    wait_until(lambda: not transcript.busy and not transcript.complete)
    assert len(transcript.views) < 60


@pytest.mark.parametrize(("width", "words"), [(1280, "Ask my documents"), (820, "Documents")])
def test_the_row_below_the_question_is_not_cut_off(shell: Shell, wait_until: WaitUntil, width: int, words: str) -> None:
    composer = shell.window.chat.composer
    shell.chat.set_documents(True)
    shell.window.resize(width, 700)
    composer.meter.show_use((), "70 % full, first word in about 3 s", "70 % full")
    wait_until(lambda: words in [button.text() for button in composer.switch.findChildren(QPushButton)])
    wait_until(lambda: not shell.bridge.busy)
    buttons = composer.findChildren(QPushButton)
    wait_until(lambda: all(not one.isVisible() or one.width() >= one.sizeHint().width() for one in buttons))
