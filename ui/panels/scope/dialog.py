"""The dialog that says which documents are asked: a workspace, collections, documents, types and days."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QGridLayout,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QVBoxLayout,
    QWidget,
)

from assistant.values import (
    DOCUMENT_TYPES,
    EVERYTHING,
    CollectionId,
    CollectionInfo,
    DocumentId,
    DocumentInfo,
    Scope,
    WorkspaceId,
    WorkspaceInfo,
)
from ui.i18n import tr
from ui.theme import theme
from ui.widgets import Banner, TextButton, label

_MOST_ROWS: Final = 500
"""Documents that are listed at once; the rest is found by typing."""
_ID: Final = Qt.ItemDataRole.UserRole
_TYPES_A_ROW: Final = 4


@dataclass(frozen=True, slots=True)
class Offered:
    """What there is to choose from."""

    workspaces: Sequence[WorkspaceInfo] = ()
    collections: Sequence[CollectionInfo] = ()
    documents: Sequence[DocumentInfo] = ()

    def belongs(self, document: DocumentInfo, workspace: WorkspaceId) -> bool:
        """Whether a document is in a workspace."""
        homes = {one.id: one.workspace for one in self.collections}
        first = self.workspaces[0].id if self.workspaces else workspace
        return (homes.get(document.collection, first) if document.collection else first) == workspace


class ScopeDialog(QDialog):
    """`chosen`: ask these from now on (WorkspaceId, Scope). `wanted`: a new workspace of this name is to be made."""

    chosen = Signal(object, object)
    wanted = Signal(str)

    def __init__(self, offered: Offered, workspace: WorkspaceId, scope: Scope, begun: bool, parent: QWidget) -> None:
        """begun: whether the chat has begun, and stays in its workspace."""
        super().__init__(parent)
        self._offered = offered
        self._picked: set[DocumentId] = set(scope.documents)
        self._collections: set[CollectionId] = set(scope.collections)
        self.setWindowTitle(tr("Which documents are asked"))
        self.resize(theme().px(520), theme().px(620))
        self.fault = Banner("warn")
        self.workspace = QComboBox()
        self.workspace.setAccessibleName(tr("Workspace"))
        self.name = QLineEdit()
        self.name.setPlaceholderText(tr("Name of a new workspace"))
        self.name.setAccessibleName(tr("Name of a new workspace"))
        self.make = TextButton(tr("Make it"))
        self.collections = self._list(tr("Collections"))
        self.filter = QLineEdit()
        self.filter.setPlaceholderText(tr("Find a document by its name"))
        self.filter.setAccessibleName(tr("Find a document by its name"))
        self.documents = self._list(tr("Documents"))
        self.types = {kind: QCheckBox(_TYPES.get(kind, kind)) for kind in DOCUMENT_TYPES}
        self.since, self.until = self._day(tr("First day"), scope.since), self._day(tr("Last day"), scope.until)
        for kind, box in self.types.items():
            box.setChecked(kind in scope.types)
        for info in offered.workspaces:
            self.workspace.addItem(info.name, int(info.id))
        self.workspace.setCurrentIndex(max(0, self.workspace.findData(int(workspace))))
        for part in (self.workspace, self.name, self.make):
            part.setEnabled(not begun)
        self._arrange(begun)
        self._show_rows()
        self.workspace.currentIndexChanged.connect(self._other_workspace)
        self.filter.textChanged.connect(self._show_rows)
        for rows in (self.collections, self.documents):
            rows.itemChanged.connect(self._checked)
        self.make.setAutoDefault(False)
        self.make.clicked.connect(self._want)

    def _arrange(self, begun: bool) -> None:
        px = theme().px
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(18), px(24), px(16))
        layout.setSpacing(px(8))
        stays = tr("This chat began here and stays here: nothing of another workspace is ever searched in it.")
        keeps = tr("Chats and documents of one workspace are never searched in another.")
        layout.addWidget(label(tr("Workspace"), "title"))
        layout.addWidget(label(stays if begun else keeps, "caption", wrap=True))
        layout.addWidget(self.workspace)
        row = QHBoxLayout()
        row.addWidget(self.name, 1)
        row.addWidget(self.make)
        layout.addLayout(row)
        layout.addWidget(label(tr("Only these, or all where none is ticked"), "title"))
        layout.addWidget(self.collections, 1)
        layout.addWidget(self.filter)
        layout.addWidget(self.documents, 2)
        kinds = QGridLayout()
        for place, box in enumerate(self.types.values()):
            kinds.addWidget(box, place // _TYPES_A_ROW, place % _TYPES_A_ROW)
        layout.addLayout(kinds)
        days = QHBoxLayout()
        days.addWidget(label(tr("Changed from"), "caption"))
        days.addWidget(self.since, 1)
        days.addWidget(label(tr("to"), "caption"))
        days.addWidget(self.until, 1)
        layout.addLayout(days)
        layout.addWidget(self.fault)
        foot = QHBoxLayout()
        everything, done = TextButton(tr("Ask all of them")), TextButton(tr("Done"), "primary")
        everything.setAutoDefault(False)
        everything.clicked.connect(lambda: self._take(EVERYTHING))
        done.setDefault(True)
        done.clicked.connect(lambda: self._take(self.scope))
        foot.addWidget(everything)
        foot.addStretch(1)
        foot.addWidget(done)
        layout.addLayout(foot)

    @property
    def chosen_workspace(self) -> WorkspaceId:
        """The workspace that is chosen."""
        return WorkspaceId(int(self.workspace.currentData()))

    @property
    def scope(self) -> Scope:
        """What is ticked and written."""
        return Scope(
            tuple(sorted(self._collections)),
            tuple(sorted(self._picked)),
            tuple(kind for kind, box in self.types.items() if box.isChecked()),
            self.since.text().strip(),
            self.until.text().strip(),
        )

    def refuse(self, words: str, do: str) -> None:
        """Say why it can't be taken; it stays open."""
        self.fault.say(words, do)

    def _want(self) -> None:
        if self.name.text().strip():
            self.wanted.emit(self.name.text())

    def _take(self, scope: Scope) -> None:
        self.fault.dismiss()
        self.chosen.emit(self.chosen_workspace, scope)

    def _other_workspace(self) -> None:
        self._picked.clear()
        self._collections.clear()
        self._show_rows()

    def _show_rows(self) -> None:
        here, words = self.chosen_workspace, self.filter.text().casefold()
        collections = [one for one in self._offered.collections if one.workspace == here]
        matching = (
            one for one in self._offered.documents if words in one.title.casefold() and self._offered.belongs(one, here)
        )
        documents = [one for _, one in zip(range(_MOST_ROWS), matching, strict=False)]
        _fill(self.collections, [(int(one.id), one.name, one.id in self._collections) for one in collections])
        _fill(self.documents, [(int(one.id), one.title, one.id in self._picked) for one in documents])
        self.collections.setVisible(bool(collections))

    def _checked(self, item: QListWidgetItem) -> None:
        ticked, key = item.checkState() is Qt.CheckState.Checked, int(item.data(_ID))
        if item.listWidget() is self.collections:
            (self._collections.add if ticked else self._collections.discard)(CollectionId(key))
        else:
            (self._picked.add if ticked else self._picked.discard)(DocumentId(key))

    def _list(self, name: str) -> QListWidget:
        rows = QListWidget()
        rows.setObjectName("ticks")
        rows.setAccessibleName(name)
        rows.setUniformItemSizes(True)
        return rows

    def _day(self, name: str, value: str) -> QLineEdit:
        field = QLineEdit(value)
        field.setPlaceholderText(tr("as 2026-11-25"))
        field.setAccessibleName(name)
        return field


def _fill(rows: QListWidget, values: Sequence[tuple[int, str, bool]]) -> None:
    rows.blockSignals(True)
    rows.clear()
    for key, words, ticked in values:
        item = QListWidgetItem(words)
        item.setFlags(Qt.ItemFlag.ItemIsEnabled | Qt.ItemFlag.ItemIsSelectable | Qt.ItemFlag.ItemIsUserCheckable)
        item.setCheckState(Qt.CheckState.Checked if ticked else Qt.CheckState.Unchecked)
        item.setData(_ID, key)
        rows.addItem(item)
    rows.blockSignals(False)


_TYPES: Final = {
    "pdf": "PDF",
    "word": tr("Texts"),
    "slides": tr("Slides"),
    "tables": tr("Tables"),
    "mail": tr("Mail"),
    "web": tr("Web and books"),
    "text": tr("Plain text"),
    "pictures": tr("Pictures"),
}
