"""Tests of the documents: added by drop and by dialog, each with its state, and removed with a way back."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QMenu

from assistant.values import PageHow, PageText, SourceId
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.lists import Tone
from ui.shell import Shell
from ui.shell.document import DocumentPage


def files(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for path in made:
        path.write_text("x")
    return made


def titles(shell: Shell) -> list[str]:
    return [row.title for row in shell.window.library.list.rows]


def drop(shell: Shell, urls: list[QUrl]) -> bool:
    """Drop on the middle of the window; True if the window took it."""
    mime = QMimeData()
    mime.setUrls(urls)
    enter = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(shell.window, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(shell.window, event)
    return event.isAccepted()


@pytest.mark.filterwarnings("ignore:Function.*QDragEnterEvent:DeprecationWarning")
def test_a_dropped_file_is_added_and_the_chat_goes_to_the_documents(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    assert drop(shell, [QUrl.fromLocalFile(str(path)) for path in files(tmp_path, "a.pdf")])
    wait_until(lambda: not shell.library.adding and not shell.bridge.busy)
    assert [row.title for row in shell.window.library.list.rows] == ["a.pdf"]
    assert shell.window.library.list.rows[0].detail == "40 pages"
    assert shell.window.chat.composer.switch.value == 1
    assert shell.window.chat.notice.words.startswith("Your questions in this chat now go to your documents.")


@pytest.mark.filterwarnings("ignore:Function.*QDragEnterEvent:DeprecationWarning")
def test_what_lies_on_another_computer_is_not_taken(shell: Shell) -> None:
    assert not drop(shell, [QUrl("file://server/share/a.pdf"), QUrl("http://example.com/a.pdf")])


def test_each_file_says_how_far_it_is(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    privet.documents.gate = threading.Event()
    shell.library.add(files(tmp_path, "a.pdf", "b.pdf"))
    wait_until(lambda: [row.detail for row in shell.window.library.list.rows] == ["Reading page 12 of 40", "Waiting"])
    first, _ = shell.window.library.list.rows
    assert first.progress is not None and 0 < first.progress < 1
    privet.documents.gate.set()
    wait_until(lambda: not shell.library.adding and not shell.bridge.busy)
    assert {row.tone for row in shell.window.library.list.rows} == {Tone.PLAIN}


def test_a_file_that_cannot_be_read_says_so_until_it_is_dismissed(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    privet.documents.unreadable["scan.pdf"] = ("It holds no text.", "Add one with text.")
    scan, good = files(tmp_path, "scan.pdf", "good.pdf")
    shell.library.add([scan, good])
    wait_until(lambda: not shell.library.adding and not shell.bridge.busy)
    rows = shell.window.library.list.rows
    assert [(row.title, row.tone) for row in rows] == [
        ("Needs attention", Tone.SECTION),
        ("scan.pdf", Tone.WARN),
        ("Documents", Tone.SECTION),
        ("good.pdf", Tone.PLAIN),
    ]
    assert rows[1].detail == "It holds no text. Add one with text."
    shell.library.remove(rows[1].key)
    wait_until(lambda: titles(shell) == ["good.pdf"])


def test_adding_can_be_stopped(shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil) -> None:
    privet.documents.gate = threading.Event()
    shell.library.add(files(tmp_path, "a.pdf"))
    wait_until(lambda: shell.library.adding)
    assert shell.window.library.stop.isVisible()
    shell.actions["documents.stop"].trigger()
    wait_until(lambda: not shell.library.adding and not shell.bridge.busy)
    assert shell.window.library.list.rows == ()
    assert not shell.window.library.stop.isVisible()


def test_a_removed_document_can_be_had_back_and_else_is_gone(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    shell.library.add(files(tmp_path, "a.pdf"))
    wait_until(lambda: not shell.library.adding and not shell.bridge.busy)
    key = shell.window.library.list.rows[0].key
    shell.library.remove(key)
    assert titles(shell) == []
    shell.actions["undo"].trigger()
    assert titles(shell) == ["a.pdf"]
    shell.window.library.list.select(key)
    shell.actions.refresh()
    shell.actions["documents.remove"].trigger()
    shell.window.chat.notice.dismiss()
    wait_until(lambda: not privet.documents.infos and not shell.bridge.busy)
    assert titles(shell) == []


def test_what_needs_attention_comes_first_and_says_why(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    privet.documents.put(tmp_path / "whole.pdf")
    privet.documents.put(tmp_path / "gaps.pdf", empty=(3, 4), lost=(7,))
    privet.documents.put(tmp_path / "learning.pdf", unlearned=160)
    shell.library._refresh()
    wait_until(lambda: len(titles(shell)) == 5)
    rows = shell.window.library.list.rows
    assert [row.title for row in rows] == ["Needs attention", "gaps.pdf", "Documents", "learning.pdf", "whole.pdf"]
    assert rows[1].detail == "40 pages. 1 page could not be read, 2 pages have no text"
    assert rows[3].detail == "40 pages, found by its words so far"


def test_documents_stand_under_the_names_they_are_put_under(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    lease = privet.documents.put(tmp_path / "lease.pdf")
    privet.documents.put(tmp_path / "other.pdf")
    shell.library._refresh()
    wait_until(lambda: titles(shell) == ["other.pdf", "lease.pdf"])

    def action(name: str) -> QAction:
        menu = shell.library._menu(lease.id)
        assert menu is not None
        inside = [one for child in menu.findChildren(QMenu) for one in child.actions()]
        return next(one for one in (*menu.actions(), *inside) if one.text() == name)

    action(f"A new one: “{tmp_path.name}”").trigger()
    wait_until(lambda: titles(shell) == ["other.pdf", tmp_path.name, "lease.pdf"])
    action("Take out of its collection").trigger()
    wait_until(lambda: titles(shell) == ["other.pdf", "lease.pdf"])
    action(tmp_path.name).trigger()
    wait_until(lambda: titles(shell) == ["other.pdf", tmp_path.name, "lease.pdf"])


def test_the_queue_can_be_paused_reordered_and_retried(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    shell.actions["documents.pause"].trigger()
    wait_until(lambda: shell.library.paused)
    shell.library.add(files(tmp_path, "a.pdf", "b.pdf"))
    wait_until(lambda: titles(shell) == ["a.pdf", "b.pdf"])
    assert shell.window.library._status.text() == "Paused: 2 files to read"
    menu = shell.library._menu("item 2")
    assert menu is not None
    assert [action.text() for action in menu.actions()] == ["Read this next", "Read this last", "Take off the list"]
    menu.actions()[0].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])
    menu.actions()[1].trigger()
    wait_until(lambda: titles(shell) == ["a.pdf", "b.pdf"])
    menu.actions()[0].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])
    privet.documents.unreadable["b.pdf"] = ("It is torn.", "Mend it.")
    shell.actions["documents.pause"].trigger()
    wait_until(lambda: titles(shell) == ["Needs attention", "b.pdf", "Documents", "a.pdf"])
    shell.actions["documents.retry"].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])


def test_a_folder_is_watched_and_let_go(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    shell.library.watch(tmp_path)
    wait_until(lambda: titles(shell) == ["Watched folders", tmp_path.name])
    assert shell.window.library.list.rows[1].detail == "3 documents"
    shell.library.remove("source 1")
    wait_until(lambda: titles(shell) == [])


def test_files_like_one_are_left_out_of_its_folder(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    shell.library.watch(tmp_path)
    wait_until(lambda: titles(shell) == ["Watched folders", tmp_path.name])
    info = privet.documents.put(tmp_path / "draft.md", source=SourceId(1))
    shell.library._refresh()
    wait_until(lambda: "draft.md" in titles(shell))
    menu = shell.library._menu(int(info.id))
    assert menu is not None
    offered = next(action for action in menu.actions() if "*.md" in action.text())
    assert offered.text() == f"Leave out *.md in “{tmp_path.name}”"
    offered.trigger()
    wait_until(lambda: shell.window.library.list.rows[-1].detail == "3 documents, without *.md")
    menu = shell.library._menu("source 1")
    assert menu is not None
    menu.actions()[0].trigger()
    wait_until(lambda: shell.window.library.list.rows[-1].detail == "3 documents")


def test_a_document_is_looked_at_page_by_page(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    info = privet.documents.put(tmp_path / "report.pdf", empty=(2,), ocr=(3,))
    privet.documents.pages = (
        PageText(1, PageHow.TEXT, "The first page."),
        PageText(2, PageHow.EMPTY, ""),
        PageText(3, PageHow.OCR, "A picture of words.", 0.93),
    )
    shell.library._refresh()
    wait_until(lambda: "report.pdf" in titles(shell))
    shell.window.library.list.select(int(info.id))
    shell.actions.refresh()
    shell.actions["documents.look"].trigger()
    wait_until(lambda: shell.window.findChild(DocumentPage))
    page = shell.window.findChild(DocumentPage)
    assert isinstance(page, DocumentPage)
    assert [row.detail for row in page.list.rows] == ["3 words", "no text", "4 words, read from a picture, 93 % sure"]
    assert page.text.toPlainText() == "The first page."
    wait_until(page.original.isVisible)  # the page of the file, beside it
    assert page.picture.pixmap().width() > 300
    privet.viewing.unreadable = True
    page.list.chosen.emit(3)
    assert page.text.toPlainText() == "A picture of words."
    wait_until(lambda: not page.original.isVisible())
    assert [number for number, _, _ in privet.viewing.drawn] == [1, 3]
    page.close()


def test_a_document_without_pages_is_text_alone(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    info = privet.documents.put(tmp_path / "notes.txt", pages=0)
    privet.documents.pages = (PageText(1, PageHow.TEXT, "All of it."),)
    shell.library._refresh()
    wait_until(lambda: "notes.txt" in titles(shell))
    shell.window.library.list.select(int(info.id))
    shell.actions.refresh()
    shell.actions["documents.look"].trigger()
    wait_until(lambda: shell.window.findChild(DocumentPage))
    page = shell.window.findChild(DocumentPage)
    assert isinstance(page, DocumentPage)
    assert page.text.toPlainText() == "All of it." and not page.original.isVisible()
    assert privet.viewing.drawn == []
    page.close()
