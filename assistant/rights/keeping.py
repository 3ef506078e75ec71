"""One person's data as one thing: what opens it, its backups and soundness, its trash, the ways in and out."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Protocol

from assistant.conversations import Conversations
from assistant.errors import PrivetError
from assistant.rights.exporting import export_everything
from assistant.rights.importing import import_chats
from assistant.settings import Settings
from assistant.values import (
    ChatImported,
    ChatNotImported,
    CollectionId,
    CollectionInfo,
    ConversationId,
    ConversationInfo,
    DocumentInfo,
    Exported,
    Report,
    Stop,
)
from assistant.vault import Kept, Unlock, Vault, Way, kept, look


class TrashedCollections(Protocol):
    """The collections in the trash."""

    def list(self) -> tuple[CollectionInfo, ...]:
        """All of them."""

    def restore(self, collection: CollectionId, /) -> None:
        """Bring one back."""

    def remove(self, collection: CollectionId, /) -> None:
        """Remove one for good, with its documents."""


class Keeping:
    """What the window's page about a person's data asks of the engine. Raises what the vault raises."""

    def __init__(
        self,
        vault: Vault,
        conversations: Conversations,
        documents: Callable[[], Sequence[DocumentInfo]],
        settings: Settings,
        collections: TrashedCollections,
        reports: Callable[[], Sequence[Report]] = tuple,
    ) -> None:
        self._vault = vault
        self._conversations = conversations
        self._documents = documents
        self._settings = settings
        self.collections = collections
        self._reports = reports

    @property
    def folder(self) -> Path:
        """Where it lies."""
        return self._vault.folder

    def ways(self) -> tuple[Way, ...]:
        """What opens the vault."""
        return self._vault.ways.list()

    def set_passphrase(self, passphrase: str) -> None:
        """Let a passphrase open the vault, in place of the one that did."""
        self._vault.ways.set_passphrase(passphrase)

    def use_keychain(self) -> None:
        """Let the system's keychain open the vault. Raises KeychainUnavailable."""
        self._vault.ways.use_keychain()

    def new_recovery_key(self) -> str:
        """A new recovery key, in place of the one there was: 24 words, to be shown once."""
        return self._vault.ways.new_recovery_key()

    def remove_way(self, kind: str) -> None:
        """Remove a way in. Raises BadInput for the last one that can be used at each start."""
        self._vault.ways.remove(kind)

    def rekey(self, passphrase: str) -> str:
        """Put everything under a new key and close the vault; returns the words of the new recovery key, or "".

        passphrase: the one that opens the vault, "" where none does. Raises WrongPassphrase; all is as it was then.
        """
        return self._vault.rekey(Unlock(lambda request: passphrase or None))

    def backups(self) -> tuple[Kept, ...]:
        """Those that Privet made by itself, newest first."""
        return kept(self._vault.folder)

    def back_up(self, target: Path) -> bool:
        """Write everything, encrypted, to one file; False if only this computer's keychain opens it."""
        self._vault.back_up(target)
        return self._vault.ways.has("passphrase") or self._vault.ways.has("recovery")

    def check(self) -> tuple[str, ...]:
        """Read every page of the vault and of its backups; a sentence for each that is not sound."""
        faults = [] if self._vault.file_check() else ["Your data is damaged: restore the newest backup that is sound."]
        for one in self.backups():
            try:
                look(one.path)
            except PrivetError as error:
                faults.append(error.what)
        return tuple(faults)

    def export(self, folder: Path, stop: Stop) -> Iterator[Exported]:
        """Write everything into `folder`, readable by anybody."""
        return export_everything(folder, self._conversations, self._documents(), self._settings, stop, self._reports())

    def import_chats(self, paths: Sequence[Path], stop: Stop) -> Iterator[ChatImported | ChatNotImported]:
        """Bring in conversations of other programs."""
        return import_chats(paths, self._conversations, stop)

    def trashed(self) -> tuple[ConversationInfo, ...]:
        """What is in the trash."""
        return self._conversations.trashed()

    def restore(self, conversation: ConversationId) -> None:
        """Bring a conversation back from the trash."""
        self._conversations.restore(conversation)

    def empty_trash(self) -> int:
        """Delete for good all that is in the trash; returns how many."""
        trashed = self._conversations.trashed()
        for info in trashed:
            self._conversations.delete(info.id)
        collections = self.collections.list()
        for one in collections:
            self.collections.remove(one.id)
        return len(trashed) + len(collections)
