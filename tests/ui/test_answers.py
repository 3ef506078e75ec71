"""What can be done with an answer: modes, copies, files, what the model saw, other sources, a report."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pypdfium2
import pytest
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLabel, QPlainTextEdit, QPushButton

from assistant.settings import options
from assistant.values import (
    NOTHING_FOUND,
    AnswerMode,
    ContextUse,
    NothingFound,
    PassageId,
    Retrieved,
    Sent,
    Token,
    TurnId,
)
from tests.ui.conftest import MakeShell, WaitUntil
from tests.ui.fakes import ScriptedPrivet, citation
from ui.panels.answers import ReportsDialog, SawDialog, SourcesDialog, WrongDialog
from ui.panels.chat import BESIDES
from ui.presenters.answers import pdf
from ui.shell import Shell

FIRST, SECOND, THIRD = (replace(citation(n), passage_id=PassageId(10 + n)) for n in (1, 2, 3))


@pytest.fixture
def asked(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> Shell:
    """A window with an answer from two passages."""
    privet.answering.scripts.append([Retrieved((FIRST, SECOND), 0.1), Token("Yes [1].")])
    shell.chat.set_documents(True)
    shell.window.chat.composer.write("Is it?")
    shell.chat.ask()
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy and shell.chat.can_answer_again)
    return shell


def dialog(shell: Shell, kind: type[QDialog]) -> QDialog | None:
    return next((one for one in shell.window.findChildren(kind) if one.isVisible()), None)


def test_the_way_of_answering_is_chosen_for_the_next_question(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    composer = asked.window.chat.composer
    assert privet.answering.modes == [AnswerMode.CAREFUL]
    assert composer.mode.text() == "Careful" and composer.mode.isVisible()
    asked.actions["mode.quotes"].trigger()
    assert composer.mode.text() == "Quotes only"
    assert composer.mode.accessibleName() == "How it is answered: Quotes only"
    composer.write("And now?")
    asked.chat.ask()
    wait_until(lambda: not asked.chat.busy and not asked.bridge.busy)
    assert privet.answering.modes[-1] is AnswerMode.QUOTES
    menu = composer.mode.menu()
    assert menu is not None
    next(action for action in menu.actions() if action.text().startswith("Free")).trigger()
    assert asked.chat.modes.mode is AnswerMode.FREE
    asked.chat.set_documents(False)
    assert not composer.mode.isVisible()
    composer.write("To the model")
    asked.chat.ask()
    wait_until(lambda: not asked.chat.busy)
    assert privet.answering.modes[-1] is None


def test_it_begins_as_the_settings_say(make_shell: MakeShell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.settings.set(options.ANSWER_MODE, "quotes")
    shell = make_shell(lambda ask: privet)
    wait_until(lambda: shell.chat.modes.mode is AnswerMode.QUOTES)


def test_every_line_of_the_menu_is_a_command_too(asked: Shell) -> None:
    view = asked.window.chat.transcript.last_answer
    assert view is not None and view._more.isVisible()
    assert len([one for one in view.menu.actions() if isinstance(one, QAction)]) == len(BESIDES)
    assert all(asked.actions[f"answer.{what}"].isEnabled() for what in BESIDES)


def test_a_copy_has_the_references(asked: Shell, wait_until: WaitUntil) -> None:
    asked.actions["answer.references"].trigger()
    wait_until(lambda: QGuiApplication.clipboard().text().endswith("as text</p>"))


@pytest.mark.parametrize(
    ("name", "begins"), [("a.docx", b"<p>answer 2 as docx"), ("a.md", b"<p>answer 2 as markdown"), ("a.pdf", b"%PDF-")]
)
def test_an_answer_is_written_in_the_form_of_its_name(
    asked: Shell,
    privet: ScriptedPrivet,
    wait_until: WaitUntil,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    begins: bytes,
) -> None:
    target = Path("/somewhere") / name
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(target), ""))
    asked.actions["answer.export"].trigger()
    wait_until(lambda: target in privet.taking.saved)
    assert privet.taking.saved[target].startswith(begins)
    wait_until(lambda: "not encrypted" in asked.window.chat.notice.words)


def test_a_chat_is_written_and_a_name_without_an_ending_gets_the_chosen_one(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: ("/somewhere/chat", "HTML (*.html)"))
    asked.actions["chat.export"].trigger()
    wait_until(lambda: privet.taking.saved == {Path("/somewhere/chat.html"): b"<p>conversation 1 as html</p>"})


def test_a_pdf_of_ours_loads_nothing_and_holds_its_words(tmp_path: Path) -> None:
    assert len(pdf("<h1>Ähre</h1><p>Łódź 北京 “x”</p>".encode())) > 2_000


def test_headings_of_a_pdf_can_be_read(qt_app: QApplication) -> None:
    data = pdf(b"<h1>The hedge and its kettle</h1><p>Words</p>")
    _, bottom, _, top = pypdfium2.PdfDocument(data)[0].get_textpage().get_charbox(0)
    assert top - bottom > 8  # points


def test_what_the_model_saw_is_shown_letter_for_letter(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    pieces = (("<|im_start|>user\n", True), ("Is it? 😀 <|im_end|>", False), ("<|im_end|>\n", True))
    privet.answering.seen = Sent(
        pieces, "SmolLM2", ContextUse(2048, 10, 300, 50, 20, 512), ("Passage 3: a.pdf",), "Why."
    )
    asked.actions["answer.saw"].trigger()
    wait_until(lambda: dialog(asked, SawDialog))
    page = dialog(asked, SawDialog)
    assert isinstance(page, SawDialog)
    assert page.text.toPlainText() == "<|im_start|>user\nIs it? 😀 <|im_end|><|im_end|>\n"
    strong = [one.cursor.selectedText() for one in page.text.extraSelections()]
    assert strong == ["<|im_start|>user\u2029", "<|im_end|>\u2029"]
    said = " ".join(label.text() for label in page.findChildren(QLabel))
    assert "2,048 tokens" in said and "300" in said and "512" in said and "Left out: Passage 3: a.pdf" in said
    page.close()


def test_where_nothing_was_sent_that_is_said(asked: Shell, wait_until: WaitUntil) -> None:
    asked.actions["answer.saw"].trigger()
    wait_until(lambda: dialog(asked, SawDialog))
    page = dialog(asked, SawDialog)
    assert isinstance(page, SawDialog) and not page.text.isVisible()
    page.close()


def test_other_sources_are_ticked_and_asked(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.answering.others = (FIRST, THIRD)
    asked.actions["answer.sources"].trigger()
    wait_until(lambda: dialog(asked, SourcesDialog))
    page = dialog(asked, SourcesDialog)
    assert isinstance(page, SourcesDialog)
    ticked = {passage: box.isChecked() for passage, box in page.boxes}
    assert ticked == {PassageId(11): True, PassageId(12): True, PassageId(13): False}
    for passage, box in page.boxes:
        box.setChecked(passage == PassageId(13))
    page.ask.click()
    wait_until(lambda: privet.answering.chosen == [PassageId(13)] and not asked.chat.busy)


def test_where_nothing_answers_the_nearest_passages_are_offered(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    def offers() -> list[QPushButton]:
        buttons = asked.window.chat.findChildren(QPushButton)
        return [button for button in buttons if button.text() == "Nearest passages" and button.isVisible()]

    assert not offers()  # this one was answered
    privet.answering.scripts.append([NothingFound(NOTHING_FOUND, 0.1, (THIRD,))])
    privet.answering.others = (THIRD,)
    asked.window.chat.composer.write("And that?")
    asked.chat.ask()
    wait_until(lambda: not asked.chat.busy and not asked.bridge.busy and len(offers()) == 1)
    offers()[0].click()
    wait_until(lambda: dialog(asked, SourcesDialog))
    page = dialog(asked, SourcesDialog)
    assert isinstance(page, SourcesDialog)
    assert [passage for passage, _ in page.boxes] == [PassageId(13)]
    page.close()


def test_a_report_is_kept_and_can_be_taken_back(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    asked.actions["answer.wrong"].trigger()
    wait_until(lambda: dialog(asked, WrongDialog))
    page = dialog(asked, WrongDialog)
    assert isinstance(page, WrongDialog)
    page.findChildren(QPlainTextEdit)[0].setPlainText("It was 1875.")
    page._keep()
    wait_until(lambda: list(privet.reports.kept.values()) == ["It was 1875."])
    wait_until(lambda: asked.window.chat.notice.can_act)
    asked.window.chat.notice.press()
    wait_until(lambda: privet.reports.kept == {})


def test_reports_are_seen_taken_back_had_back_and_exported(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    privet.reports.kept = {TurnId(2): "It was four.", TurnId(4): ""}
    asked.actions["reports"].trigger()
    wait_until(lambda: asked.window.findChild(ReportsDialog) is not None)
    dialog = asked.window.findChild(ReportsDialog)
    assert isinstance(dialog, ReportsDialog)
    assert [row.key for row in dialog.list.rows] == [2, 4]
    assert "It was four." in dialog.whole.toPlainText() and "a.pdf, page 1: Four." in dialog.whole.toPlainText()
    dialog.remove.click()
    wait_until(lambda: list(privet.reports.kept) == [4])
    assert "not said how" in dialog.whole.toPlainText()
    assert dialog.notice.can_act
    dialog.notice.press()
    wait_until(lambda: privet.reports.kept.get(TurnId(2)) == "It was four.")
    target = tmp_path / "reports"
    monkeypatch.setattr("ui.presenters.answers.QFileDialog.getSaveFileName", lambda *_: (str(target), ""))
    dialog.export.click()
    wait_until(lambda: privet.taking.saved)
    ((path, data),) = privet.taking.saved.items()
    assert path.name == "reports.json"
    assert {one["wrong"] for one in json.loads(data)} == {"It was four.", ""}
    dialog.remove.click()
    dialog.remove.click()
    assert dialog.list.rows == () and dialog.export.isHidden()
    # A second click while the first report is still being forgotten: both can be had back.
    dialog.notice.press()
    assert [report.turn for report in dialog.reports] == [4, 2]
    wait_until(lambda: not asked.bridge.busy)
    assert privet.reports.kept == {TurnId(2): "It was four.", TurnId(4): ""}
    dialog.reject()
