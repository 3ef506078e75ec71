"""The page about a person's data: what opens it, its backups, its trash, taking it along, and erasing it.

May not: import another panel; show a recovery key twice.
"""

from ui.panels.keeping.asking import EraseDialog, PassphraseDialog
from ui.panels.keeping.dialog import KeepingDialog
from ui.panels.keeping.words import RecoveryDialog

__all__ = ["EraseDialog", "KeepingDialog", "PassphraseDialog", "RecoveryDialog"]
