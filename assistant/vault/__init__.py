"""The vault: the one encrypted database in which everything about a person is kept, and the keys to it.

May not: import a craft, a way or Qt; keep or hand out anything unencrypted; be opened without its lock.
"""

from assistant.vault.connections import Connection
from assistant.vault.sealing import DamagedSeal
from assistant.vault.text import storable
from assistant.vault.unlock import PassphraseRequest, Unlock
from assistant.vault.vault import Vault

__all__ = ["Connection", "DamagedSeal", "PassphraseRequest", "Unlock", "Vault", "storable"]
