"""Shows the conversations, newest first, under the day they were last used."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QVBoxLayout, QWidget

from ui.i18n import tr
from ui.theme import theme
from ui.widgets import Row, RowList, Tone, label

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from assistant.values import ConversationId, ConversationInfo


class ConversationsView(QWidget):
    """The list, and a sentence where there is none."""

    def __init__(self) -> None:
        super().__init__()
        self.list = RowList(tr("Chats"))
        self._empty = label(tr("Your chats will be listed here. They are kept encrypted."), "caption", wrap=True)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self.list, 1)
        layout.addStretch(0)
        pad = theme().px(10)
        self._empty.setContentsMargins(pad, pad, pad, 0)
        self.list.setVisible(False)

    def show_conversations(
        self,
        conversations: Sequence[ConversationInfo],
        current: ConversationId | None,
        busy: Collection[ConversationId],
        today: date,
    ) -> None:
        """Show them. busy: those in which an answer is being written."""
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
    day = datetime.fromtimestamp(changed, UTC).astimezone().date()
    if day >= today:
        return tr("Today")
    if day == today - timedelta(days=1):
        return tr("Yesterday")
    return tr("The last seven days") if day > today - timedelta(days=7) else tr("Earlier")
