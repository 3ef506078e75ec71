"""Documents kept and found again: passages by meaning and by words, fused into one list of hits.

May not: read a file; turn text into vectors; decide what is said about a hit; give text to the index's files.
"""

from assistant.retrieval.framing import embedded_text, frames, is_row
from assistant.retrieval.fusion import cosine, reciprocal_rank_fusion
from assistant.retrieval.keeping import NewDocument, Stored
from assistant.retrieval.languages import STOP_WORDS, language
from assistant.retrieval.learning import Unlearned
from assistant.retrieval.library import Around, Known
from assistant.retrieval.renewal import Renewal
from assistant.retrieval.search import Retrieval
from assistant.retrieval.searching import Query
from assistant.retrieval.terms import terms
from assistant.retrieval.words import content_words

__all__ = [
    "STOP_WORDS",
    "Around",
    "Known",
    "NewDocument",
    "Query",
    "Renewal",
    "Retrieval",
    "Stored",
    "Unlearned",
    "content_words",
    "cosine",
    "embedded_text",
    "frames",
    "is_row",
    "language",
    "reciprocal_rank_fusion",
    "terms",
]
