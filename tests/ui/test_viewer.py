"""A citation opens its document where it points, marked; one can step, search, zoom and copy, with the keyboard too."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAccessible, QDesktopServices, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from assistant.settings import options
from assistant.values import Checked, Claim, PageHow, PageText, Retrieved, ShownTable, ShownText, Support, Token
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet, citation
from ui.panels.viewer import CELLS, PAGES, TEXT, ViewerView
from ui.shell import Shell
from ui.text import InertText
from ui.theme import theme

ANSWER = "Hedges [1]. More [2]. Once more [1]."
CITED = (
    replace(citation(1, "Passage 12. speaks of", page=12), end=11),
    replace(citation(2, "Passage 20.", page=20), end=11),
    replace(citation(3, page=3), document_id=None),
)


@pytest.fixture
def asked(shell: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> Shell:
    """A window with an answer whose sentences rest on passages."""
    claims = (
        Claim(0, 6, Support.SUPPORTED, 1, 0, 11),
        Claim(12, 16, Support.SUPPORTED, 2, 0, 11),
        Claim(22, 31, Support.SUPPORTED, 1, 12, 21),
    )
    privet.answering.scripts.append([Retrieved(CITED, 0.1), Token(ANSWER), Checked(claims)])
    shell.window.chat.composer.write("Hedges?")
    shell.chat.ask()
    wait_until(lambda: not shell.chat.busy and not shell.bridge.busy)
    return shell


def at(body: InertText, mark: str, last: bool = False) -> None:
    """Put the cursor on a mark, as Tab would."""
    text = body.toPlainText()
    start = text.rindex(mark) if last else max(0, text.find(mark))
    cursor = body.textCursor()
    cursor.setPosition(start)
    cursor.setPosition(min(start + len(mark), len(text)), cursor.MoveMode.KeepAnchor)
    body.setTextCursor(cursor)


def cite(shell: Shell, number: int) -> None:
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    at(view.body, f"[{number}]")
    view.body.anchorClicked.emit(QUrl(f"cite:{number}"))


def opened(shell: Shell, wait_until: WaitUntil, number: int = 1) -> ViewerView:
    cite(shell, number)
    wait_until(lambda: shell.window.shows_viewer and not shell.bridge.busy and settled(shell))
    return shell.window.viewer


def settled(shell: Shell) -> bool:
    pages = shell.window.viewer.pages
    return shell.window.viewer.shown != PAGES or (not pages._asking.isActive() and pages.current in pages.kept)


def test_a_citation_opens_its_page_with_the_passage_in_sight(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    view = opened(asked, wait_until)
    assert not asked.window.shows_sources and asked.window.sources.marked == 1
    assert view.shown == PAGES and view.pages.current == 12
    assert view.title.text() == "Annual report 2024.pdf"
    assert view.place.text().startswith("Page 12 of 30") and view.place.text().endswith("source 1 of 2")
    wait_until(lambda: 12 in view.pages._marks)
    marks = view.pages._marks[12]
    assert marks.passage and marks.quote
    place = view.pages._place(12)
    top = place.top() + marks.quote[0].top * place.height()
    assert 0 <= top < view.pages.viewport().height()
    assert all(name.startswith("privet-viewer") for _, _, name in privet.viewing.drawn)
    # Of thirty pages only those around the twelfth were drawn.
    assert {page for page, _, _ in privet.viewing.drawn} <= set(range(10, 15)) | {1, 2, 3}
    assert "Passage 12." in view.pages.accessibleDescription()


def test_a_mark_shows_what_its_own_sentence_rests_on(asked: Shell, wait_until: WaitUntil) -> None:
    chosen: list[object] = []
    asked.chat.cited.connect(lambda number, citations: chosen.append(citations[number - 1]))
    view = asked.window.chat.transcript.last_answer
    assert view is not None
    at(view.body, "[1]", last=True)
    QTest.keyClick(view.body, Qt.Key.Key_Return)
    wait_until(lambda: chosen and not asked.bridge.busy)
    (found,) = chosen
    assert isinstance(found, type(CITED[0]))
    assert (found.number, found.text[found.start : found.end]) == (1, "speaks of")


def test_one_steps_through_the_citations_whose_documents_are_there(asked: Shell, wait_until: WaitUntil) -> None:
    view = opened(asked, wait_until)
    assert not view.button("before").isEnabled()
    asked.actions["viewer.next"].trigger()
    wait_until(lambda: view.pages.current == 20 and not asked.bridge.busy)
    assert asked.window.sources.marked == 2
    assert not view.button("after").isEnabled()
    asked.actions["viewer.previous"].trigger()
    wait_until(lambda: view.pages.current == 12)


def test_a_search_counts_and_goes_to_each_place(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    view = opened(asked, wait_until)
    asked.actions["viewer.search"].trigger()
    QTest.keyClicks(view.search, "hedges")
    wait_until(lambda: view.found.text() == "12 of 30")
    QTest.keyClick(view.search, Qt.Key.Key_Return)
    wait_until(lambda: view.found.text() == "13 of 30" and view.pages.current == 13 and not asked.bridge.busy)
    wait_until(lambda: 13 in view.pages._marks and bool(view.pages._marks[13].found))
    asked.actions["viewer.found.before"].trigger()
    wait_until(lambda: view.found.text() == "12 of 30")
    view.search.setText("elsewhere")
    wait_until(lambda: view.found.text() == "Not in this document")
    QTest.keyClick(view.search, Qt.Key.Key_Escape)
    assert not view.searching
    QTest.keyClick(view.pages, Qt.Key.Key_Escape)
    assert not asked.window.shows_viewer and asked.window.shows_sources


def test_zoom_asks_for_the_page_in_its_new_size_and_keeps_the_place(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    view = opened(asked, wait_until)
    before, page = view.pages.zoom, view.pages.current
    QTest.keyClick(view.pages, Qt.Key.Key_Plus)
    larger = view.pages.zoom
    assert larger > before
    wait_until(lambda: any(abs(width - 8 * larger) < 8 for _, width, _ in privet.viewing.drawn))
    assert view.pages.current == page
    asked.actions["viewer.smaller"].trigger()
    asked.actions["viewer.fit"].trigger()
    assert view.pages.zoom == before
    assert f"{before} percent" in view.place.text()


def test_memory_stays_bounded_however_far_one_scrolls(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ui.panels.viewer.pages._KEPT_BYTES", 6_000_000)
    view = opened(asked, wait_until)
    for page in range(1, 31, 3):
        view.pages.turn_to(page)
        wait_until(lambda page=page: page in view.pages.kept and not asked.bridge.busy)  # type: ignore[misc]
    held = sum(one.image.sizeInBytes() for one in view.pages._kept.values())
    largest = max(one.image.sizeInBytes() for one in view.pages._kept.values())
    assert held <= 6_000_000 + 4 * largest and len(view.pages.kept) < 12


def test_a_copy_carries_title_and_page(asked: Shell, wait_until: WaitUntil) -> None:
    view = opened(asked, wait_until)
    asked.actions["viewer.copy"].trigger()
    assert QGuiApplication.clipboard().text() == "“Passage 12.” (Annual report 2024.pdf, page 12)"
    view.pages._selected = (12, 0, 1)
    view.button("copy").click()
    assert QGuiApplication.clipboard().text() == "“Page 12” (Annual report 2024.pdf, page 12)"


def test_the_text_can_be_read_instead_and_is_plain(asked: Shell, wait_until: WaitUntil) -> None:
    view = opened(asked, wait_until)
    asked.actions["viewer.text"].trigger()
    wait_until(lambda: view.text.toPlainText() == "Page 12 speaks of hedges. Passage 12.")
    assert view.shown == TEXT
    assert "page 12" in view.text.accessibleName()
    marked = [one.cursor.selectedText() for one in view.text.extraSelections()]
    assert "Passage 12." in marked
    view.turned.emit(1)
    wait_until(lambda: view.text.toPlainText().startswith("Page 13"))
    asked.actions["viewer.text"].trigger()
    wait_until(lambda: view.shown == PAGES and view.pages.current == 13)


@pytest.mark.parametrize("how", ["gone", "undrawable"])
def test_without_the_file_the_vaults_text_is_shown_and_why(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, how: str
) -> None:
    if how == "gone":
        privet.viewing.why = "The file is not where it was. This is its text, as Privet read it."
    else:
        privet.viewing.unreadable = True
    cite(asked, 1)
    view = asked.window.viewer
    wait_until(lambda: view.text.toPlainText().startswith("Page 12"))
    assert view.shown == TEXT and view.why.text() and not view.why.isHidden()


def test_cells_are_shown_and_marked(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    rows = tuple((f"a{row}", row, None) for row in range(10, 40))
    privet.viewing.table = ShownTable("Budget", rows, 10, 2, (15, 2, 18, 4), frozenset({16}))
    view = opened(asked, wait_until)
    assert view.shown == CELLS
    model = view.cells.model()
    assert (
        model.headerData(0, Qt.Orientation.Horizontal) == "B" and model.headerData(5, Qt.Orientation.Vertical) == "15"
    )
    tints = [model.data(model.index(row, 0), Qt.ItemDataRole.BackgroundRole) for row in (4, 5, 6, 8, 9)]
    assert [tint is not None for tint in tints] == [False, True, True, True, False]
    assert tints[2] != tints[1]
    assert view.cells.currentIndex().row() == 6
    assert model.data(model.index(6, 0), Qt.ItemDataRole.AccessibleDescriptionRole) == "answers"


def test_a_removed_document_is_a_sentence(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.viewing.gone = True
    cite(asked, 1)
    wait_until(lambda: "no longer there" in asked.window.chat.fault.words)
    assert not asked.window.shows_viewer
    cite(asked, 3)  # its document was removed: the passage's card is what is left
    wait_until(lambda: not asked.bridge.busy)
    assert asked.window.shows_sources and asked.window.sources.marked == 3


def test_another_program_opens_it_only_when_that_is_asked_for_twice(
    asked: Shell, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[QUrl] = []

    def begin(url: QUrl) -> bool:
        begun.append(url)
        return True

    monkeypatch.setattr(QDesktopServices, "openUrl", begin)
    monkeypatch.setattr("pathlib.Path.is_file", lambda self: True)
    view = opened(asked, wait_until)
    asked.actions["viewer.outside"].trigger()
    assert begun == [] and "/documents/Annual report 2024.pdf" in view.ask.words and "network" in view.ask.words
    view.ask.press()
    assert begun == [QUrl.fromLocalFile("/documents/Annual report 2024.pdf")]


@pytest.mark.parametrize(("choice", "percent", "rtl"), [("dark", 100, False), ("light", 200, True)])
def test_it_is_named_and_fits_in_every_look(
    asked: Shell, qt_app: QApplication, wait_until: WaitUntil, choice: str, percent: int, rtl: bool
) -> None:
    try:
        theme().choose(choice, percent)
        qt_app.setLayoutDirection(Qt.LayoutDirection.RightToLeft if rtl else Qt.LayoutDirection.LeftToRight)
        view = opened(asked, wait_until)
        for widget in view.findChildren(type(view.button("copy"))):
            assert QAccessible.queryAccessibleInterface(widget).text(QAccessible.Text.Name)
        assert asked.window.shows_document_alone == (percent == 200)
        shown = [view.button(name) for name in ("before", "after", "larger", "copy", "outside", "close")]
        assert all(view.rect().contains(button.geometry()) for button in shown)
        asked.actions["go.composer"].trigger()
        assert asked.window.chat.isVisible()
    finally:
        qt_app.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        theme().choose("light", 100)


def test_a_page_that_is_not_drawn_is_its_text_and_the_others_stay_pages(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.viewing.torn = {13, 20}  # beside the first citation's page, and the second's own
    view = opened(asked, wait_until)
    wait_until(lambda: view.pages.refused)
    assert view.shown == PAGES and view.pages.current == 12 and 12 in view.pages.kept
    assert set(view.pages.refused) == {13} and "could not be drawn" in view.pages.refused[13]
    asked.actions["viewer.next"].trigger()
    wait_until(lambda: view.shown == TEXT and "Page 20" in view.text.toPlainText())
    assert "could not be drawn" in view.why.text()
    asked.actions["viewer.previous"].trigger()
    wait_until(lambda: view.shown == PAGES and view.pages.current == 12 and not asked.bridge.busy)
    assert view.why.isHidden()


def test_a_citation_is_not_left_for_what_is_searched(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    view = opened(asked, wait_until)
    asked.actions["viewer.search"].trigger()
    view.search.setText("Page 5 ")
    wait_until(lambda: view.pages.current == 5)
    asked.actions["viewer.next"].trigger()
    wait_until(lambda: view.pages.current == 20 and not asked.bridge.busy and view.found.text() == "1 of 1")
    assert view.pages.current == 20 and view.searching
    asked.actions["viewer.found"].trigger()
    wait_until(lambda: view.pages.current == 5)
    asked.actions["viewer.close"].trigger()
    assert not view.searching and view.search.text() == ""


def test_page_and_text_stand_beside_each_other_and_go_in_step(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.viewing.texts[11] = "\n".join(["Passage 12. speaks of", *(f"line {number}" for number in range(400))])
    asked.window.resize(1900, 900)
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    wait_until(lambda: view.text.toPlainText().startswith("Passage 12.") and not asked.bridge.busy)
    assert view.shown == PAGES and view.beside
    assert view.pages.isVisible() and view.text.isVisible()
    assert view.parting.orientation() == Qt.Orientation.Horizontal
    # Marked in both.
    wait_until(lambda: 12 in view.pages._marks and bool(view.pages._marks[12].passage))
    assert "Passage 12. speaks of" in [one.cursor.selectedText() for one in view.text.extraSelections()]
    # What the person scrolls, the other follows: the text within the page, and to the next one.
    page, text = view.pages.verticalScrollBar(), view.text.verticalScrollBar()
    text.triggerAction(text.SliderAction.SliderToMaximum)
    assert view.pages.current == 12 and view.pages.share > 0.9
    page.triggerAction(page.SliderAction.SliderSingleStepSub)
    assert text.value() < text.maximum()
    view.turned.emit(1)
    wait_until(lambda: view.text.toPlainText().startswith("Page 13") and view.pages.current == 13)
    # The next citation, and a search, in both.
    asked.actions["viewer.next"].trigger()
    wait_until(lambda: view.pages.current == 20 and view.text.toPlainText().startswith("Page 20") and settled(asked))
    assert view.beside
    asked.actions["viewer.search"].trigger()
    QTest.keyClicks(view.search, "Page 21")
    wait_until(lambda: view.found.text() == "1 of 1" and view.text.toPlainText().startswith("Page 21"))
    wait_until(lambda: view.pages.current == 21 and not asked.bridge.busy)
    assert any(one.cursor.selectedText() == "Page 21" for one in view.text.extraSelections())


def test_the_same_document_is_opened_again_at_the_other_citation(asked: Shell, wait_until: WaitUntil) -> None:
    asked.window.resize(1500, 900)
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    asked.actions["viewer.next"].trigger()
    wait_until(lambda: view.pages.current == 20 and not asked.bridge.busy)
    asked.actions["viewer.close"].trigger()
    assert not asked.window.shows_viewer
    cite(asked, 1)
    wait_until(lambda: view.text.toPlainText().startswith("Page 12") and not asked.bridge.busy and settled(asked))
    assert view.pages.current == 12 and view.place.text().startswith("Page 12 of 30")


def test_side_by_side_is_remembered_and_so_is_the_border(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    asked.window.resize(1900, 900)
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    border = view.parting.handle(1)
    assert QAccessible.queryAccessibleInterface(border).text(QAccessible.Text.Name)
    border.setFocus()
    QTest.keyClick(border, Qt.Key.Key_Right)
    assert view.parting.percent == 60
    first, second = view.parting.sizes()
    assert 55 < 100 * first / (first + second) < 65
    wait_until(lambda: privet.settings.get(options.VIEWER_SHARE) == 60)
    assert privet.settings.get(options.VIEWER_BESIDE) is True
    asked.desk.viewer = None  # as after a restart
    cite(asked, 2)
    wait_until(lambda: view.beside and view.text.toPlainText().startswith("Page 20"))
    asked.actions["viewer.text"].trigger()
    wait_until(lambda: privet.settings.get(options.VIEWER_BESIDE) is False)


def test_where_there_is_little_room_the_text_stands_below(asked: Shell, wait_until: WaitUntil) -> None:
    view = opened(asked, wait_until)
    view.button("beside").click()
    asked.window.resize(600, 800)
    wait_until(lambda: view.parting.orientation() == Qt.Orientation.Vertical)
    assert view.pages.isVisible() and view.text.isVisible()
    assert view.pages.width() > 500


@pytest.mark.parametrize(
    ("how", "text", "confidence", "said"),
    [
        (PageHow.EMPTY, "", None, "There is no text on this page."),
        (PageHow.LOST, "", None, "This page could not be read. Nothing that stands on it is found."),
        (PageHow.OCR, "Hedges", 0.87, "Read from a picture of the page, 87 % sure."),
    ],
)
def test_what_became_of_a_page_is_said_in_its_place(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch,
    how: PageHow, text: str, confidence: float | None, said: str,
) -> None:  # fmt: skip
    monkeypatch.setattr(
        privet.viewing, "text", lambda document, number, citation: ShownText(PageText(number, how, text, confidence))
    )
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    wait_until(lambda: said in (view.how.text(), view.text.toPlainText()))
    assert view.text.isVisible() and view.how.isVisible() == (how is PageHow.OCR)
    assert how is not PageHow.OCR or view.text.accessibleDescription() == said


def test_where_the_original_is_away_that_is_said_instead(
    asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil
) -> None:
    privet.viewing.why = "The file is not where it was. This is its text, as Privet read it."
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    assert view.shown == TEXT and not view.beside
    assert view.ask.words == privet.viewing.why


def test_cells_stand_beside_their_text_too(asked: Shell, privet: ScriptedPrivet, wait_until: WaitUntil) -> None:
    privet.viewing.table = ShownTable("Sales", tuple((f"row {n}", n) for n in range(200)), 1, 1, (3, 1, 4, 2))
    view = opened(asked, wait_until)
    asked.actions["viewer.beside"].trigger()
    wait_until(lambda: view.text.toPlainText().startswith("Page 12"))
    assert view.shown == CELLS and view.cells.isVisible() and view.text.isVisible()


def test_a_document_is_opened_from_the_list_from_its_beginning(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    info = privet.documents.put(tmp_path / "report.pdf")
    shell.library._refresh()
    rows = shell.window.library.list
    wait_until(lambda: rows.rows)
    rows.select(int(info.id))
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Return)
    wait_until(lambda: shell.window.shows_viewer and not shell.bridge.busy and settled(shell))
    view = shell.window.viewer
    assert view.shown == PAGES and view.pages.current == 1
    assert not view.button("after").isEnabled() and not view.button("before").isEnabled()
    QGuiApplication.clipboard().setText("before")
    shell.actions["viewer.copy"].trigger()
    assert QGuiApplication.clipboard().text() == "before"  # nothing is cited, and nothing is selected
