"""Tests of what can be done with what was said: other words, another answer, going on, and the way back to versions."""

from __future__ import annotations

import threading
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from assistant.values import ConversationId, PassageId, Retrieved, Thought, Token
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, citation
from tests.ui.test_chat import answer_of, answer_text, ask
from ui.panels.chat.turn_view import AnswerView, QuestionView
from ui.shell import Shell


def asked(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, question: str, answer: str) -> None:
    privet.answering.scripts.append([Token(answer)])
    ask(shell, question)
    settled(shell, wait_until)


def settled(shell: Shell, wait_until: WaitUntil) -> None:
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy and not shell.window.chat.transcript.busy)


def question_view(shell: Shell) -> QuestionView:
    view = shell.window.chat.transcript.last_question()
    assert view is not None
    return view


def answer_view(shell: Shell) -> AnswerView:
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    return view


def on_screen(shell: Shell) -> list[str]:
    return [view.text for view in shell.window.chat.transcript.views]


def test_another_answer_stands_beside_the_first(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    assert not answer_view(shell).versions.isVisible()
    privet.answering.scripts.append([Token("A beech.")])
    shell.actions["chat.again"].trigger()
    settled(shell, wait_until)
    assert on_screen(shell) == ["Name a tree.", "A beech."]
    assert answer_view(shell).versions.words == "2 of 2"
    shell.actions["chat.earlier"].trigger()
    settled(shell, wait_until)
    assert on_screen(shell) == ["Name a tree.", "An oak."]
    assert answer_view(shell).versions.words == "1 of 2"
    shell.actions["chat.later"].trigger()
    settled(shell, wait_until)
    assert answer_text(shell.window.chat) == "A beech."


def test_a_question_in_other_words_is_a_branch_and_the_draft_stays(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    asked(shell, privet, wait_until, "And a bush?", "A box.")
    shell.window.chat.composer.write("what I was about to write")
    first = shell.window.chat.transcript.views[0]
    assert isinstance(first, QuestionView)
    first.edit()
    assert first.rewriting is not None
    assert first.rewriting.field.toPlainText() == "Name a tree."
    first.rewriting.field.setPlainText("Name a flower.")
    privet.answering.scripts.append([Token("A rose.")])
    QTest.keyClick(first.rewriting.field, Qt.Key.Key_Return)
    settled(shell, wait_until)
    assert on_screen(shell) == ["Name a flower.", "A rose."]
    assert shell.window.chat.composer.text == "what I was about to write"
    assert question_view(shell).versions.words == "2 of 2"
    question_view(shell).versions.step(-1)
    settled(shell, wait_until)
    assert on_screen(shell) == ["Name a tree.", "An oak.", "And a bush?", "A box."]


def test_leaving_a_question_as_it_is_changes_nothing(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    shell.actions["chat.edit"].trigger()
    view = question_view(shell)
    assert view.rewriting is not None
    QTest.keyClick(view.rewriting.field, Qt.Key.Key_Escape)
    assert view.rewriting is None
    assert view.body.isVisible()
    assert privet.answering.questions == ["Name a tree."]


def test_a_cut_answer_is_gone_on_with_where_it_ended(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Token("Once upon"), threading.Event()])
    ask(shell, "Tell a story.")
    wait_until(lambda: answer_text(shell.window.chat) == "Once upon")
    assert not shell.desk.can_go_on
    shell.actions["chat.stop"].trigger()
    settled(shell, wait_until)
    assert answer_view(shell)._go_on.isVisible()
    privet.answering.scripts.append([Token(" a time.")])
    shell.actions["chat.continue"].trigger()
    settled(shell, wait_until)
    assert on_screen(shell) == ["Tell a story.", "Once upon a time."]
    assert not shell.desk.can_go_on
    assert not answer_view(shell).versions.isVisible()


def test_nothing_is_branched_while_an_answer_is_written(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    gate = threading.Event()
    privet.answering.scripts.append([Token("Begun"), gate])
    ask(shell, "Another?")
    wait_until(lambda: answer_text(shell.window.chat) == "Begun")
    assert not shell.desk.can_answer_again
    shell.window.chat.transcript.views[1].asked_for.emit("again", "")
    gate.set()
    settled(shell, wait_until)
    assert on_screen(shell) == ["Name a tree.", "An oak.", "Another?", "Begun"]


def test_a_thought_is_folded_under_the_answer_and_opens(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.answering.scripts.append([Thought("Let me "), Thought("see."), Token("Four.")])
    ask(shell, "Two and two?")
    settled(shell, wait_until)
    view = answer_view(shell)
    assert answer_of(shell).thought == "Let me see."
    assert view._thought.isVisible()
    assert view._thought.opened == ""
    before = view.height()
    view._thought.toggle()
    assert view._thought.opened == "Let me see."
    wait_until(lambda: view.height() > before)


def test_before_sending_it_is_told_how_full_it_would_be_and_how_long_it_takes(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    meter = shell.window.chat.composer.meter
    assert not meter.isVisible()
    shell.window.chat.composer.write("Why?")
    wait_until(meter.isVisible)
    assert meter.words == "50 % full, first word in about 3 s"
    assert "504 of 1,000 tokens" in meter.accessibleDescription()
    assert "150 conversation" in meter.accessibleDescription()
    shell.chat.set_documents(True)
    wait_until(lambda: meter.words.startswith("70 %"))
    privet.answering.left_out = "The oldest message does not fit."
    shell.window.chat.composer.write("Why then?")
    wait_until(lambda: meter.words == "The oldest message does not fit.")
    assert privet.answering.outlooks[-1] == (None, "Why then?", True)
    shell.window.chat.composer.write("")
    wait_until(lambda: not meter.isVisible())


def test_the_outlook_follows_the_conversation(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    wait_until(lambda: privet.answering.outlooks and privet.answering.outlooks[-1][0] == ConversationId(1))


def test_another_version_has_an_outlook_of_its_own(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    asked(shell, privet, wait_until, "Name a tree.", "An oak.")
    privet.answering.scripts.append([Token("A beech.")])
    shell.actions["chat.again"].trigger()
    settled(shell, wait_until)
    wait_until(lambda: not shell.chat._outlook._timer.isActive() and not shell.bridge.busy)
    known = len(privet.answering.outlooks)
    shell.actions["chat.earlier"].trigger()
    wait_until(lambda: len(privet.answering.outlooks) > known)
    assert on_screen(shell) == ["Name a tree.", "An oak."]


def test_a_passage_is_pinned_and_unpinned_where_it_is_shown(
    shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    found = replace(citation(1), passage_id=PassageId(7))
    privet.answering.scripts.append([Retrieved((found,), 0.1), Token("See [1].")])
    shell.chat.set_documents(True)
    ask(shell, "Where?")
    settled(shell, wait_until)
    wait_until(lambda: shell.window.sources.cards)
    (card,) = shell.window.sources.cards
    assert card._pin.text() == "Pin"
    card._pin.click()
    wait_until(lambda: privet.answering.pinned.kept == [7] and card._pin.text() == "Unpin")
    assert shell.window.chat.notice.words == "1 passage is kept in mind in this chat."
    card._pin.click()
    wait_until(lambda: privet.answering.pinned.kept == [] and card._pin.text() == "Pin")
