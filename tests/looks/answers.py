"""Puts the window into the states in which an answer is checked, and saves pictures of them to a folder.

`python -m tests.looks.answers FOLDER STYLE...`: the styles are those of `STYLES`; QT_SCALE_FACTOR makes them larger.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Final, NamedTuple

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication, QDialog, QToolTip

from assistant.privacy import seal_process
from assistant.values import (
    Checked,
    Citation,
    Claim,
    ContextUse,
    PassageId,
    Pointed,
    Retrieved,
    Sent,
    ShownTable,
    Support,
    Token,
)
from tests.looks.scenes import PASSAGES, fill, save, until
from tests.ui.fakes import ScriptedPrivet
from ui import theme
from ui.panels.viewer import PAGES, TEXT
from ui.shell import Shell
from ui.theme import Theme
from ui.window import MainWindow


class Style(NamedTuple):
    """A look of the whole window."""

    choice: str
    contrast: bool = False
    percent: int = 100
    rtl: bool = False


STYLES: Final = {
    "light": Style("light"),
    "dark": Style("dark"),
    "contrast": Style("light", contrast=True),
    "contrast-dark": Style("dark", contrast=True),
    "large": Style("light", percent=200),
    "rtl": Style("dark", rtl=True),
}
SCENES: Final = (
    "pointed", "hint", "page", "text", "cells", "mail", "saw", "wrong", "others", "whole", "table"
)  # fmt: skip

DOUBTFUL: Final = (
    "Net sales rose by 12 percent to 48.3 million euros [1]. The gross margin fell by 2.9 percentage points. "
    "Napoleon crossed the river in March."
)
SUMMARY: Final = """The main points, word for word:

- “Net sales of wood pellets rose by 12 percent to 48.3 million euros.” [1]
- “The gross margin fell by 1.4 percentage points to 31.2 percent.” [2]
- “Raw timber, price per cubic metre: Q1 61.20, Q2 64.80, Q3 70.10, Q4 74.40.” [3]

Read 209 of 212 passages, 3 pages unreadable."""
COUNTED: Final = """**€271.50** [1]

From these cells:

| Cell | Quarter | Price per m³ |
|---|---|---|
| C2 | Q1 2024 | 61.20 |
| C3 | Q2 2024 | 64.80 |
| C4 | Q3 2024 | 70.10 |
| C5 | Q4 2024 | 74.40 |

Asked of the table as:

```sql
SELECT SUM("Price per m³") FROM "Timber" WHERE "Quarter" LIKE '%2024'
```"""
LETTER: Final = """Timber for the winter

From: Aino Virtanen <aino@example.com>
To: purchasing@example.com
Date: Mon, 4 March 2024 09:12

The plant in Tampere runs at full capacity since Friday. Passage 1. Please order nothing before the prices of the
second quarter are known; the framework agreements take effect in April."""


def main(folder: Path, names: list[str]) -> None:
    """Save a picture of every scene in each of the styles, as STYLE-SCENE.png."""
    seal_process()
    application = QApplication(["privet", "-style", "fusion"])
    theme.install(application, "light", 100)
    home = Path(tempfile.mkdtemp(prefix="privet-looks-"))
    (home / "data").mkdir(mode=0o700)
    privet = ScriptedPrivet(home)
    window = MainWindow()
    theme.theme().dress()
    shell = Shell(window, lambda ask: privet, home / "data")
    window.show()
    shell.open()
    until(lambda: shell.session.assistant and shell.warm and not shell.bridge.busy)
    fill(privet)
    shell.library.attach(privet)
    shell.chats.refresh()
    for name in names:
        style = STYLES[name]
        _wear(application, theme.theme(), style)
        _draw(shell, privet, folder, name)
    gone: list[str] = []
    shell.left.connect(gone.append)
    shell.leave()
    until(lambda: gone)
    shell.bridge.close()


def _wear(application: QApplication, worn: Theme, style: Style) -> None:
    direction = Qt.LayoutDirection.RightToLeft if style.rtl else Qt.LayoutDirection.LeftToRight
    application.setLayoutDirection(direction)
    worn._more_contrast = style.contrast  # the system's wish, which a test can't make
    worn._choice = ""
    worn.choose(style.choice, style.percent)


def _draw(shell: Shell, privet: ScriptedPrivet, folder: Path, style: str) -> None:
    window = shell.window

    def at(scene: str) -> Path:
        return folder / f"{style}-{scene}.png"

    pointed = _pointed()
    claims = _claims()
    shell.chats.open(None)
    shell.chat.set_documents(True)
    _ask(shell, privet, "How did sales develop?", [Retrieved(PASSAGES, 0.2), Pointed(pointed), Token(DOUBTFUL),
         Checked(claims)])  # fmt: skip
    save(window, at("pointed"))
    _hint(shell, at("hint"))
    privet.viewing.texts[11] = f"{PASSAGES[0].text} Passage 12 goes on about the heating season."
    _look(shell, 1, pointed)
    until(lambda: window.viewer.shown == PAGES and 12 in window.viewer.pages.kept)
    save(window, at("page"))
    assert shell.desk.viewer is not None
    shell.desk.viewer.switch()
    until(lambda: window.viewer.shown == TEXT and not shell.bridge.busy)
    shell.desk.in_document("search")
    window.viewer.search.setText("heating")
    until(lambda: window.viewer.found.text() and not shell.bridge.busy)
    save(window, at("text"))
    shell.desk.in_document("close")
    privet.viewing.table = ShownTable(
        "Timber", (("Quarter", "Origin", "Price per m³"), ("Q1 2024", "Karelia", 61.2), ("Q2 2024", "Karelia", 64.8),
                   ("Q3 2024", "Savo", 70.1), ("Q4 2024", "Savo", 74.4), ("Q1 2025", None, 75.0)),
        1, 1, (2, 1, 5, 3), frozenset({5}),
    )  # fmt: skip
    _look(shell, 3, pointed)
    save(window, at("cells"))
    shell.desk.in_document("close")
    privet.viewing.table, privet.viewing.mail = None, True
    privet.viewing.texts[11] = LETTER
    _look(shell, 1, (replace(PASSAGES[0], text="Passage 1. Please order nothing before", start=0, end=10),))
    save(window, at("mail"))
    shell.desk.in_document("close")
    privet.viewing.mail = False
    _dialogs(shell, privet, at)
    shell.chats.open(None)
    shell.chat.set_documents(True)
    _ask(shell, privet, "Summarise Annual report 2024.pdf", [Retrieved(PASSAGES, 0.2), Token(SUMMARY)])
    save(window, at("whole"))
    _ask(
        shell,
        privet,
        "What do the prices of 2024 add up to?",
        [Retrieved((replace(PASSAGES[2], number=1),), 0.2), Token(COUNTED)],
    )
    save(window, at("table"))


def _dialogs(shell: Shell, privet: ScriptedPrivet, at: Callable[[str], Path]) -> None:
    privet.answering.seen = Sent(
        (("<|im_start|>", True), ("system\nAnswer from the passages.", False), ("<|im_end|>", True),
         ("\n", False), ("<|im_start|>", True), (f"user\n[1] {PASSAGES[0].text}\n\n", False),
         ("How did sales develop? <|im_end|> is not a mark here.", False), ("<|im_end|>", True)),
        "SmolLM2-135M-Instruct", ContextUse(2048, 61, 412, 0, 18, 256), ("passage 4 (Timber notes.docx, page 3)",),
        "They did not fit beside the answer.",
    )  # fmt: skip
    privet.answering.others = tuple(replace(one, passage_id=PassageId(one.number)) for one in PASSAGES)
    for what, scene in (("saw", "saw"), ("wrong", "wrong"), ("sources", "others")):
        shell.desk.on_answer(what)
        until(lambda: any(one.isVisible() for one in shell.window.findChildren(QDialog)))
        dialog = next(one for one in shell.window.findChildren(QDialog) if one.isVisible())
        save(dialog, at(scene))
        dialog.reject()
        until(lambda: not any(one.isVisible() for one in shell.window.findChildren(QDialog)))


def _hint(shell: Shell, path: Path) -> None:
    """What a person sees who points at the sentence that differs."""
    view = shell.window.chat.transcript.last_answer
    assert view is not None
    shell.window.activateWindow()
    view.body.setFocus()
    until(view.body.hasFocus)
    for _ in range(2):
        view.body.focusNextPrevChild(True)
    until(QToolTip.isVisible)
    tip = next(one for one in QApplication.topLevelWidgets() if one.inherits("QTipLabel"))
    picture = shell.window.grab()
    place = shell.window.mapFromGlobal(tip.mapToGlobal(QPoint(0, 0)))
    tip.render(picture, place)
    assert picture.save(str(path))
    QToolTip.hideText()


def _ask(shell: Shell, privet: ScriptedPrivet, question: str, script: list[object]) -> None:
    privet.answering.scripts.append(script)  # type: ignore[arg-type]
    shell.window.chat.composer.write(question)
    shell.chat.ask()
    until(lambda: not shell.chat.busy and not shell.bridge.busy)


def _look(shell: Shell, number: int, citations: tuple[Citation, ...]) -> None:
    shell.desk.show_document(number, citations)
    until(lambda: shell.window.shows_viewer and not shell.bridge.busy)


def _pointed() -> tuple[Citation, ...]:
    first, *rest = PASSAGES
    sentence = first.text[: first.text.index("Excluding") - 1]
    words = first.text.index("12 percent to 48.3 million euros")
    return (
        replace(first, start=0, end=len(sentence), span_start=words, span_end=words + 32),
        replace(rest[0], start=0, end=len(rest[0].text)),
        *rest[1:],
    )


def _claims() -> tuple[Claim, ...]:
    second, third = DOUBTFUL.index("The gross"), DOUBTFUL.index("Napoleon")
    first = Claim(0, DOUBTFUL.index(" [1]"), Support.SUPPORTED, 1, 0, 60)
    differs = Claim(second, third - 1, Support.DIFFERS, 2, 0, len(PASSAGES[1].text), ("2.9",))
    return first, differs, Claim(third, len(DOUBTFUL), Support.NOT_FOUND)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:])
