"""Conversations of other programs brought in: found out by content, read whole, kept once however often it is asked."""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from assistant.conversations import Conversations
from assistant.errors import PrivetError
from assistant.rights.foreign import NotAChat, read_chats
from assistant.values import ChatImported, ChatNotImported, Stop

_log = logging.getLogger("privet.rights")

_UNREADABLE: Final = "No conversations that Privet understands were found in it."
_WHICH: Final = (
    "Name an export of ChatGPT or Open WebUI, a folder of Jan's threads or LM Studio's conversations, "
    "or .chat files of GPT4All."
)


def import_chats(
    paths: Sequence[Path], conversations: Conversations, stop: Stop
) -> Iterator[ChatImported | ChatNotImported]:
    """Bring in what lies at `paths`, files or folders; one event a conversation, or a path that holds none."""
    for path in paths:
        found = False
        try:
            for chat in read_chats(path):
                if stop.requested:
                    return
                found = True
                info, known = conversations.bring_in(chat)
                yield ChatImported(chat.program, info, known)
        except NotAChat as error:
            yield ChatNotImported(path, str(error) or _UNREADABLE, _WHICH)
            continue
        except PrivetError as error:
            yield ChatNotImported(path, error.what, error.do)
            continue
        except OSError as error:
            _log.info("chats not read: %s", type(error).__name__)
            yield ChatNotImported(path, "It could not be read.", "See whether it is there and may be read by you.")
            continue
        if not found:
            yield ChatNotImported(path, _UNREADABLE, _WHICH)
