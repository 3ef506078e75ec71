"""Tests of the documents: added by drop and by dialog, each with its state, and removed with a way back."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QModelIndex, QPoint, QPointF, QRectF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMenu, QWidget

from assistant.values import PageHow, PageText, QueueItem, SourceId
from tests.ui.conftest import WaitUntil
from tests.ui.fakes import ScriptedPrivet
from ui.lists import Picture, RowList, Tone
from ui.lists.pictures import paint
from ui.presenters import library_order
from ui.shell import Shell
from ui.shell.document import DocumentPage


def files(folder: Path, *names: str) -> list[Path]:
    made = [folder / name for name in names]
    for path in made:
        path.write_text("x")
    return made


def titles(shell: Shell) -> list[str]:
    return [row.title for row in shell.window.library.list.rows]


def drag(rows: RowList, chosen: tuple[int, ...], to: int) -> bool:
    """Drop rows before the `to`-th; False where the list refuses."""
    model = rows.model()
    data = model.mimeData([model.index(row, 0) for row in chosen])
    action = Qt.DropAction.MoveAction
    if not model.canDropMimeData(data, action, to, 0, QModelIndex()):
        return False
    model.dropMimeData(data, action, to, 0, QModelIndex())
    return True


def painted(picture: Picture) -> QImage:
    """A picture in black and white: what is left of it without colours."""
    image = QImage(44, 44, QImage.Format.Format_Grayscale8)
    image.fill(255)
    painter = QPainter(image)
    paint(painter, QRectF(0, 0, 44, 44), picture)
    painter.end()
    return image


def drop(shell: Shell, urls: list[QUrl], on: QWidget | None = None) -> bool:
    """Drop on the middle of the window, or on a part of it; True if the window took it."""
    target = on or shell.window
    mime = QMimeData()
    mime.setUrls(urls)
    enter = QDragEnterEvent(
        QPoint(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    enter.ignore()
    QApplication.sendEvent(target, enter)
    if not enter.isAccepted():
        return False
    event = QDropEvent(
        QPointF(300, 300), Qt.DropAction.CopyAction, mime, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    QApplication.sendEvent(target, event)
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
def test_a_file_is_taken_wherever_it_is_dropped(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    privet.documents.put(tmp_path / "there.pdf")
    shell.library._refresh()
    wait_until(lambda: titles(shell) == ["there.pdf"])
    window = shell.window
    places: list[QWidget] = [window.library.list.viewport(), window.chats.list.viewport(), window.chat.composer]
    places += [window.chat.composer.focusProxy() or window.chat.composer, window.viewer.text.viewport()]
    for number, place in enumerate(places):
        (path,) = files(tmp_path, f"{number}.pdf")
        assert drop(shell, [QUrl.fromLocalFile(str(path))], place), place
        wait_until(lambda path=path: path.name in titles(shell))  # type: ignore[misc]
    assert window.chat.composer.text == ""


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
        menu = shell.library._menus.make(lease.id)
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
    menu = shell.library._menus.make("item 2")
    assert menu is not None
    names = [action.text() for action in menu.actions()]
    assert names == ["Read next", "Read sooner", "Read later", "Read last", "Take off the list"]
    menu.actions()[0].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])
    menu.actions()[3].trigger()
    wait_until(lambda: titles(shell) == ["a.pdf", "b.pdf"])
    menu.actions()[0].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])
    privet.documents.unreadable["b.pdf"] = ("It is torn.", "Mend it.")
    shell.actions["documents.pause"].trigger()
    wait_until(lambda: titles(shell) == ["Needs attention", "b.pdf", "Documents", "a.pdf"])
    shell.actions["documents.retry"].trigger()
    wait_until(lambda: titles(shell) == ["b.pdf", "a.pdf"])


def test_files_that_wait_are_put_into_another_order_by_keys_and_by_dragging(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil, monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []  # to a screen reader
    monkeypatch.setattr(library_order, "announce", lambda widget, sentence: said.append(sentence))
    privet.documents.put(tmp_path / "read.pdf")
    shell.actions["documents.pause"].trigger()
    wait_until(lambda: shell.library.paused)
    shell.library.add(files(tmp_path, "a.pdf", "b.pdf", "c.pdf", "d.pdf"))
    wait_until(lambda: titles(shell) == ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "read.pdf"])
    rows = shell.window.library.list
    rows.select(1)  # the document: it does not wait
    shell.actions.refresh()
    assert not shell.actions["queue.sooner"].isEnabled()
    rows.select("item 3")
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Down, Qt.KeyboardModifier.ShiftModifier)
    assert rows.selected == ("item 3", "item 4") and shell.actions["queue.sooner"].isEnabled()
    QTest.keyClick(shell.window, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    wait_until(lambda: titles(shell) == ["a.pdf", "c.pdf", "d.pdf", "b.pdf", "read.pdf"])
    assert rows.selected == ("item 3", "item 4")  # so that the keys can be pressed again
    assert said[-1] == "2 files: place 2 of 4"
    QTest.keyClick(shell.window, Qt.Key.Key_End, Qt.KeyboardModifier.AltModifier)
    wait_until(lambda: titles(shell) == ["a.pdf", "b.pdf", "c.pdf", "d.pdf", "read.pdf"])
    assert drag(rows, (3,), 0)
    wait_until(lambda: titles(shell) == ["d.pdf", "a.pdf", "b.pdf", "c.pdf", "read.pdf"])
    assert drag(rows, (0, 1), 4)
    wait_until(lambda: titles(shell) == ["b.pdf", "c.pdf", "d.pdf", "a.pdf", "read.pdf"])
    assert not drag(rows, (0,), 5)  # behind the document there is no queue


def test_all_that_is_selected_is_taken_away_and_can_be_had_back(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    for name in "abc":
        privet.documents.put(tmp_path / f"{name}.pdf")
    shell.library._refresh()
    wait_until(lambda: len(titles(shell)) == 3)
    rows = shell.window.library.list
    rows.selectAll()
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    assert titles(shell) == [] and shell.window.chat.notice.words == "3 documents are removed."
    shell.actions["undo"].trigger()
    assert len(titles(shell)) == 3
    rows.selectAll()
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    shell.window.chat.notice.dismiss()
    wait_until(lambda: not privet.documents.infos and not shell.bridge.busy)


def test_each_state_has_a_picture_of_its_own_and_its_words(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    put = privet.documents.put
    put(tmp_path / "whole.pdf")
    put(tmp_path / "words.docx", unlearned=4)
    put(tmp_path / "gaps.xlsx", lost=(2,))
    put(tmp_path / "stick.eml", missing=True)
    put(tmp_path / "scan.png", ocr=(1,))
    privet.documents.unreadable["torn.zip"] = ("It is torn.", "Mend it.")
    privet.documents.gate = threading.Event()
    shell.library.add(files(tmp_path, "read.md", "later.py", "torn.zip"))
    wait_until(lambda: any("Reading" in row.detail for row in shell.window.library.list.rows))
    privet.documents.queue[2] = replace(privet.documents.queue[2], what="It is torn.", do="Mend it.")
    shell.library._refresh()
    wait_until(lambda: any("torn." in row.detail for row in shell.window.library.list.rows))
    pictures = {row.title: row.picture for row in shell.window.library.list.rows if row.picture}
    words = {title: picture.words for title, picture in pictures.items()}
    assert words == {
        "whole.pdf": "PDF, found by words and meaning",
        "words.docx": "Text document, found by its words so far",
        "gaps.xlsx": "Table, needs attention",
        "stick.eml": "Mail, its file is away",
        "scan.png": "Picture, read from pictures, found by words and meaning",
        "torn.zip": "Archive, could not be read",
        "read.md": "Text, being read",
        "later.py": "Code or data, waiting",
    }
    model = shell.window.library.list.model()
    heard = [str(model.index(row, 0).data(Qt.ItemDataRole.AccessibleTextRole)) for row in range(model.rowCount())]
    assert all(any(said in one for one in heard) for said in words.values())
    shapes = [painted(picture) for picture in pictures.values()]
    assert len({bytes(shape.constBits()) for shape in shapes}) == len(shapes)
    privet.documents.gate.set()


def test_a_collection_says_what_it_holds_and_what_of_it_is_stale(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    kept = privet.documents.collections
    lease = kept.create("Leases")
    for name, more in (("a.pdf", {}), ("b.pdf", {"lost": (3,)}), ("c.pdf", {"unlearned": 9})):
        privet.documents.put(tmp_path / name, collection=lease, **more)
    privet.documents.queue.append(QueueItem(9, tmp_path / "a.pdf", 10, "It is torn.", "Mend it.", None, lease, True))
    shell.library._refresh()
    wait_until(lambda: "Leases" in titles(shell))
    row = next(row for row in shell.window.library.list.rows if row.title == "Leases")
    assert row.detail == (
        "3 documents, 120 pages, 2 need attention, 1 is out of date, 1 is found by words only, so far"
    )


def test_a_collection_is_renamed_and_moved_to_the_trash_from_the_list(
    shell: Shell, privet: ScriptedPrivet, tmp_path: Path, wait_until: WaitUntil
) -> None:
    lease = privet.documents.collections.create("Leases")
    privet.documents.put(tmp_path / "a.pdf", collection=lease)
    shell.library._refresh()
    wait_until(lambda: titles(shell) == ["Leases", "a.pdf"])
    rows = shell.window.library.list
    rows.select("collection 1")
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_F2)
    editor = rows.viewport().findChild(QLineEdit)
    assert editor is not None and editor.accessibleName()
    editor.setText("Rents")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    wait_until(lambda: titles(shell) == ["Rents", "a.pdf"])
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    wait_until(lambda: privet.documents.collections.trashed)
    wait_until(lambda: shell.window.chat.notice.words == "“Rents” is in the trash, with its documents.")
    shell.actions["undo"].trigger()
    wait_until(lambda: titles(shell) == ["Rents", "a.pdf"])


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
    menu = shell.library._menus.make(int(info.id))
    assert menu is not None
    offered = next(action for action in menu.actions() if "*.md" in action.text())
    assert offered.text() == f"Leave out *.md in “{tmp_path.name}”"
    offered.trigger()
    wait_until(lambda: shell.window.library.list.rows[-1].detail == "3 documents, without *.md")
    menu = shell.library._menus.make("source 1")
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
