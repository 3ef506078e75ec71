"""A question, followed from retrieval to the last word: search, compose, generate, cite, keep.

May not: know where an answer is shown; touch a file; let a word be shown that is not kept.
"""

from assistant.answering.ask import Answering
from assistant.answering.cite import Marker
from assistant.answering.sending import parts

__all__ = ["Answering", "Marker", "parts"]
