"""Shows the conversations, newest first, under the day they were last used."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import date

    from assistant.values import ConversationId, ConversationInfo
    from ui.lists import RowList


class ConversationsView(QWidget):
    """The list, and a sentence where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self._list: RowList | None = None
        self._empty = label(tr("Your chats will be listed here. They are kept encrypted."), "caption", wrap=True)
        layout = self._layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addStretch(0)  # the list comes before it
        pad = theme().px(10)
        self._empty.setContentsMargins(pad, pad, pad, 0)

    @property
    def list(self) -> RowList:
        """The rows; made when first asked for, which the first paint need not wait for."""
        if self._list is None:
            from ui.lists import RowList

            self._list = RowList(tr("Chats"))
            self._list.hide()
            self._layout.insertWidget(1, self._list, 1)
        return self._list

    def show_conversations(
        self,
        conversations: Sequence[ConversationInfo],
        current: ConversationId | None,
        busy: Collection[ConversationId],
        today: date,
    ) -> None:
        """Show them. busy: those in which an answer is being written."""
        from ui.lists import Row, Tone  # as for the list itself

        rows: list[Row] = []
        section = ""
        for info in conversations:
            name = _section(info.changed, today)
            if name != section:
                rows.append(Row(f"section {name}", name, tone=Tone.SECTION))
                section = name
            detail = tr("Answering…") if info.id in busy else ""
            title = info.title or tr("New chat")
            rows.append(Row(int(info.id), title, detail, end="trash", editable=True))
        self.list.show_rows(rows)
        self.list.select(None if current is None else int(current))
        self._empty.setVisible(not rows)
        self.list.setVisible(bool(rows))


def _section(changed: float, today: date) -> str:
    from datetime import UTC, datetime, timedelta  # not needed for the first paint

    day = datetime.fromtimestamp(changed, UTC).astimezone().date()
    if day >= today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    return tr("The last seven days") if day > today - timedelta(days=7) else tr("Earlier")
