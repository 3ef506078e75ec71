"""A file or folder, followed from its bytes to where questions find it; and out again, without a trace.

May not: read a file's bytes itself, except to tell whether it changed; know where progress is shown.
"""

from assistant.documents.documents import Documents
from assistant.documents.renewing import Renewing, Searcher, reads_less
from assistant.documents.viewing import Viewing

__all__ = ["Documents", "Renewing", "Searcher", "Viewing", "reads_less"]
