"""The vault: the one encrypted database in which everything about a person is kept, and the keys to it.

May not: import a craft, a way or Qt; keep or hand out anything unencrypted; be opened without its lock.
"""

from assistant.vault.backup import About
from assistant.vault.connections import Connection
from assistant.vault.destroying import destroy
from assistant.vault.organisation import read_private_key
from assistant.vault.restoring import look, restore
from assistant.vault.rotation import Kept, kept
from assistant.vault.sealing import DamagedSeal
from assistant.vault.text import storable
from assistant.vault.unlock import BY_RECOVERY, PassphraseRequest, Unlock
from assistant.vault.vault import Vault
from assistant.vault.ways import Way, Ways, has_passphrase

__all__ = [
    "BY_RECOVERY",
    "About",
    "Connection",
    "DamagedSeal",
    "Kept",
    "PassphraseRequest",
    "Unlock",
    "Vault",
    "Way",
    "Ways",
    "destroy",
    "has_passphrase",
    "kept",
    "look",
    "read_private_key",
    "restore",
    "storable",
]
