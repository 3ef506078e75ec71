"""What a person may do with their data as a whole: take it with them, bring it in, let it lapse, erase it.

May not: read a document's bytes; send anything anywhere; write a copy of anything but where the person said.
"""

from assistant.rights.erasing import Certificate, erase_everything
from assistant.rights.exporting import export_everything
from assistant.rights.importing import import_chats
from assistant.rights.keeping import Keeping
from assistant.rights.lapsing import let_lapse
from assistant.rights.taking import Taking
from assistant.rights.written import Form

__all__ = [
    "Certificate",
    "Form",
    "Keeping",
    "Taking",
    "erase_everything",
    "export_everything",
    "import_chats",
    "let_lapse",
]
