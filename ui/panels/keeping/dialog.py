"""The page itself: sections with a few words and buttons each, and a line that says what came of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final, TypeVar

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QFileDialog, QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from assistant.errors import PrivetError
from assistant.values import ChatImported, ChatNotImported, CollectionInfo, ConversationInfo, Exported
from ui.bridge import Bridge, Lane
from ui.i18n import counted, tr
from ui.panels.keeping.asking import EraseDialog, PassphraseDialog
from ui.panels.keeping.words import RecoveryDialog
from ui.ports import Backup, Keeping, Way
from ui.theme import theme
from ui.widgets import Banner, ProgressLine, TextButton, label

T = TypeVar("T")
_SUFFIX: Final = ".privet"


class KeepingDialog(QDialog):
    """`restoring`: a backup (Path) is to take the place of everything. `changed`: chats came or came back.

    `erasing`: everything is to go, with a certificate at this Path. `rekeyed`: everything lies under a new key, and is
    to be opened anew.
    """

    restoring = Signal(object)
    erasing = Signal(object)
    rekeyed = Signal()
    changed = Signal()

    def __init__(self, bridge: Bridge, keeping: Keeping, parent: QWidget) -> None:
        super().__init__(parent)
        px = theme().px
        self._bridge, self._keeping = bridge, keeping
        self._buttons: list[TextButton] = []
        self._imported = self._missed = 0
        self.said = Banner("quiet")
        self.fault = Banner("warn")
        self.progress = ProgressLine(tr("Progress"))
        self.setWindowTitle(tr("Your data"))
        self.resize(px(620), px(700))
        inner = QWidget()
        inner.setObjectName("canvas")
        self._form = QVBoxLayout(inner)
        self._form.setContentsMargins(px(28), px(22), px(28), px(20))
        self._form.setSpacing(px(6))
        self._ways = self._rows()
        self._trash = self._rows()
        self._backups = label("", "caption", wrap=True)
        self._build()
        self._form.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setWidget(inner)
        done = TextButton(tr("Done"), "primary")
        done.clicked.connect(self.accept)
        foot = QVBoxLayout()
        foot.setContentsMargins(px(28), px(10), px(28), px(16))
        foot.setSpacing(px(10))
        for part in (self.progress, self.said, self.fault):
            foot.addWidget(part)
        foot.addWidget(done, 0, Qt.AlignmentFlag.AlignRight)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(area, 1)
        layout.addLayout(foot)
        self.refresh()

    # --- how it is built --------------------------------------------------------------------

    def _build(self) -> None:
        where = tr("It lies in {folder}, encrypted.", folder=self._keeping.folder)
        self._section(tr("What opens your data"), where)
        self._form.addLayout(self._ways)
        self._row(
            (tr("Change passphrase…"), self._change_passphrase),
            (tr("New recovery key…"), self._new_recovery_key),
            (tr("Use the keychain"), self._use_keychain),
        )
        self._section(tr("Backups"), "")
        self._form.addWidget(self._backups)
        self._row(
            (tr("Back up to…"), self._back_up),
            (tr("Restore from…"), self._restore),
            (tr("Check everything"), self._check),
        )
        self._section(
            tr("A new key"),
            tr("Encrypts everything anew, for when somebody may have the key. Backups under the old key go."),
        )
        self._row((tr("Encrypt anew…"), self._rekey))
        self._section(tr("Take along and bring in"), tr("What is exported is not encrypted."))
        self._row((tr("Export everything…"), self._export), (tr("Import chats…"), self._import))
        self._section(tr("Trash"), "")
        self._form.addLayout(self._trash)
        self._row((tr("Empty the trash"), self._empty_trash))
        self._section(tr("Erase"), tr("Everything that Privet keeps, with a certificate of what was erased."))
        self._row((tr("Erase everything…"), self._erase))

    def _section(self, title: str, words: str) -> None:
        self._form.addSpacing(theme().px(12))
        self._form.addWidget(label(title, "title"))
        if words:
            self._form.addWidget(label(words, "caption", wrap=True))

    def _row(self, *buttons: tuple[str, Callable[[], None]]) -> None:
        row = QHBoxLayout()
        row.setSpacing(theme().px(8))
        for words, act in buttons:
            button = TextButton(words)
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
            self._buttons.append(button)
        row.addStretch(1)
        self._form.addLayout(row)

    def _rows(self) -> QVBoxLayout:
        rows = QVBoxLayout()
        rows.setSpacing(theme().px(2))
        return rows

    def button(self, words: str) -> TextButton:
        """The button with these words."""
        return next(button for button in self.findChildren(TextButton) if button.text() == words)

    # --- what is shown ----------------------------------------------------------------------

    def refresh(self) -> None:
        """Ask the vault again; what was said stays."""
        keeping = self._keeping

        def found() -> tuple[Sequence[Way], Sequence[Backup], Sequence[ConversationInfo], Sequence[CollectionInfo]]:
            return keeping.ways(), keeping.backups(), keeping.trashed(), keeping.collections.list()

        self._bridge.call(found, lambda what: self._show(*what), self._failed)

    def _show(
        self,
        ways: Sequence[Way],
        backups: Sequence[Backup],
        trashed: Sequence[ConversationInfo],
        collections: Sequence[CollectionInfo],
    ) -> None:
        _clear(self._ways)
        _clear(self._trash)
        for way in ways:
            remove = None if way.kind == "organisation" else partial(self._remove_way, way.kind)
            self._ways.addWidget(self._line(way.words[:1].upper() + way.words[1:], tr("Remove"), remove))
        for info in trashed:
            back = partial(self._bring_back, info)
            self._trash.addWidget(self._line(info.title or tr("New chat"), tr("Bring back"), back))
        for one in collections:
            words = tr("The collection {name}, with its documents", name=one.name)
            self._trash.addWidget(self._line(words, tr("Bring back"), partial(self._bring_back_collection, one)))
        if not trashed and not collections:
            self._trash.addWidget(label(tr("The trash is empty."), "caption"))
        self._backups.setText(
            tr("{n} made by Privet itself when it closed, the newest of {day}.", n=len(backups), day=backups[0].day)
            if backups
            else tr("None yet: one is made when Privet closes.")
        )

    def _line(self, words: str, action: str, act: Callable[[], None] | None) -> QWidget:
        line = QFrame()
        row = QHBoxLayout(line)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(label(words, wrap=True), 1)
        if act is not None:
            button = TextButton(action, "link")
            button.setAccessibleName(f"{action}: {words}")
            button.setAutoDefault(False)
            button.clicked.connect(act)
            row.addWidget(button)
        return line

    # --- what is done -----------------------------------------------------------------------

    def _change_passphrase(self) -> None:
        words = tr("It opens your data from now on. A backup made before still opens by the old one.")
        dialog = PassphraseDialog(tr("Choose a passphrase"), words, self, new=True)
        dialog.accepted.connect(
            lambda: self._do(lambda: self._keeping.set_passphrase(dialog.passphrase), tr("The passphrase is changed."))
        )
        dialog.open()

    def _new_recovery_key(self) -> None:
        self._ask(self._keeping.new_recovery_key, self._show_words)

    def _show_words(self, words: str) -> None:
        RecoveryDialog(words, self).open()
        self.refresh()

    def _use_keychain(self) -> None:
        self._do(self._keeping.use_keychain, tr("The system's keychain opens your data now."))

    def _remove_way(self, kind: str) -> None:
        self._do(lambda: self._keeping.remove_way(kind), tr("This way in is removed."))

    def _back_up(self) -> None:
        name = f"privet-{datetime.now(UTC).astimezone():%Y-%m-%d}{_SUFFIX}"
        file, _ = QFileDialog.getSaveFileName(self, tr("Back up to"), name, f"{tr('Backups')} (*{_SUFFIX})")
        if file:
            self.back_up_to(Path(file))

    def back_up_to(self, file: Path) -> None:
        """Write a backup to `file`."""
        self._ask(
            lambda: self._keeping.back_up(file),
            lambda portable: self._backed_up(file, portable),
            tr("Copying and reading back…"),
        )

    def _backed_up(self, file: Path, portable: bool) -> None:
        said = tr("Everything is in {file}, encrypted, and was read back.", file=file.name)
        alone = tr("Only this computer's keychain opens it: make a recovery key for another one.")
        self.said.say(said, "" if portable else alone)

    def _restore(self) -> None:
        file, _ = QFileDialog.getOpenFileName(self, tr("Restore from"), "", f"{tr('Backups')} (*{_SUFFIX})")
        if file:
            self.restoring.emit(Path(file))

    def _check(self) -> None:
        self._ask(self._keeping.check, self._checked, tr("Reading every page…"))

    def _checked(self, faults: tuple[str, ...]) -> None:
        if faults:
            self.fault.say(" ".join(faults))
        else:
            self.said.say(tr("Every page of your data and of its backups is as it was written."))

    def _rekey(self) -> None:
        words = tr("Your passphrase stays the same and is needed once. A recovery key is replaced by a new one.")
        dialog = PassphraseDialog(tr("Encrypt everything anew"), words, self, new=False)
        dialog.accepted.connect(lambda: self._rekey_with(dialog.passphrase))
        dialog.open()

    def _rekey_with(self, passphrase: str) -> None:
        self._ask(
            lambda: self._keeping.rekey(passphrase),
            self._encrypted_anew,
            tr("Encrypting everything anew…"),
            refreshes=False,
        )

    def _encrypted_anew(self, words: str) -> None:
        if not words:
            self.rekeyed.emit()
            return
        dialog = RecoveryDialog(words, self)
        dialog.finished.connect(lambda _: self.rekeyed.emit())
        dialog.open()

    def _export(self) -> None:
        folder = QFileDialog.getExistingDirectory(self, tr("Export into an empty folder"))
        if folder:
            self.export_to(Path(folder))

    def export_to(self, folder: Path) -> None:
        """Write everything into `folder`."""
        self._begin(tr("Writing…"))
        done = tr("Everything is in {folder}. It is not encrypted there.", folder=folder)
        self._bridge.stream(
            lambda stop: self._keeping.export(folder, stop),
            self._exported,
            self._failed,
            lambda: self._ended(done),
            Lane.DOCUMENTS,
        )

    def _exported(self, event: Exported) -> None:
        words = tr("{done} of {total} chats are written.", done=event.done, total=event.total)
        self.progress.show_progress(words, event.done / max(1, event.total))

    def _import(self) -> None:
        files, _ = QFileDialog.getOpenFileNames(
            self, tr("Chats of ChatGPT, Open WebUI, LM Studio, Jan or GPT4All"), "", f"{tr('All files')} (*)"
        )
        if files:
            self.import_from([Path(file).parent if Path(file).name == "thread.json" else Path(file) for file in files])

    def import_from(self, paths: list[Path]) -> None:
        """Bring in the chats at `paths`."""
        self._imported = self._missed = 0
        self._begin(tr("Reading…"))
        self._bridge.stream(
            lambda stop: self._keeping.import_chats(paths, stop),
            self._brought_in,
            self._failed,
            self._all_brought_in,
            Lane.DOCUMENTS,
        )

    def _brought_in(self, event: ChatImported | ChatNotImported) -> None:
        if isinstance(event, ChatImported):
            self._imported += not event.known
        else:
            self._missed += 1
            self.fault.say(f"{event.path.name}: {event.what}", event.do)

    def _all_brought_in(self) -> None:
        self.changed.emit()
        self._ended("" if self._missed else counted(self._imported, "{n} chat is new here.", "{n} chats are new here."))

    def _bring_back(self, info: ConversationInfo) -> None:
        self._do(lambda: self._keeping.restore(info.id), tr("“{title}” is back.", title=info.title or tr("New chat")))
        self.changed.emit()

    def _bring_back_collection(self, info: CollectionInfo) -> None:
        self._do(lambda: self._keeping.collections.restore(info.id), tr("“{title}” is back.", title=info.name))
        self.changed.emit()

    def _empty_trash(self) -> None:
        self._do(self._keeping.empty_trash, tr("The trash is empty."))

    def _erase(self) -> None:
        dialog = EraseDialog(self)
        dialog.accepted.connect(self._choose_certificate)
        dialog.open()

    def _choose_certificate(self) -> None:
        file, _ = QFileDialog.getSaveFileName(self, tr("The certificate goes to"), "privet-erased.txt")
        if file:
            self.erasing.emit(Path(file))

    # --- how it is done ---------------------------------------------------------------------

    def _do(self, work: Callable[[], object], said: str) -> None:
        self._ask(work, lambda _: self.said.say(said))

    def _ask(
        self, work: Callable[[], T], then: Callable[[T], None], words: str = "", *, refreshes: bool = True
    ) -> None:
        self._begin(words)

        def came(result: T) -> None:
            self._wait(False)
            then(result)
            if refreshes:
                self.refresh()

        self._bridge.call(work, came, self._failed)

    def _begin(self, words: str = "") -> None:
        self.fault.dismiss()
        self.said.dismiss()
        self._wait(True)
        if words:
            self.progress.show_progress(words)

    def _failed(self, error: PrivetError) -> None:
        self._wait(False)
        self.fault.say(error.what, error.do)

    def _ended(self, said: str) -> None:
        self._wait(False)
        if said and not self.fault.words:
            self.said.say(said)

    def _wait(self, waiting: bool) -> None:
        for button in self._buttons:
            button.setEnabled(not waiting)
        if not waiting:
            self.progress.hide()


def _clear(rows: QVBoxLayout) -> None:
    while (item := rows.takeAt(0)) is not None:
        widget = item.widget()
        if widget is not None:
            widget.hide()
            widget.deleteLater()
