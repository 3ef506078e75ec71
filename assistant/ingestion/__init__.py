"""Turns files nobody vouches for into clean text with positions, in a sandboxed child, and cuts it into passages.

May not: keep or index anything; believe what a file or the child that reads it says; import another craft.
"""

from assistant.ingestion.chunking import chunk
from assistant.ingestion.families import SUFFIXES, is_supported
from assistant.ingestion.locating import locate, locate_words, occurrences, word_occurrences
from assistant.ingestion.pages import PageFile, has_bytes, open_pages
from assistant.ingestion.reader import read_document
from assistant.ingestion.sentences import ends_sentence, sentence_spans, sentences
from assistant.ingestion.walking import is_left_alone, walk

__all__ = [
    "SUFFIXES",
    "PageFile",
    "chunk",
    "ends_sentence",
    "has_bytes",
    "is_left_alone",
    "is_supported",
    "locate",
    "locate_words",
    "occurrences",
    "open_pages",
    "read_document",
    "sentence_spans",
    "sentences",
    "walk",
    "word_occurrences",
]
