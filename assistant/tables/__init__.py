"""Tables to count with: cells as numbers and dates under named columns, asked in SQL that can read and nothing else.

May not: keep a table; know documents, models or prompts; run a statement that writes, attaches or takes long.
"""

from assistant.tables.cells import Number, date_of, number_of
from assistant.tables.frame import ITEM, ROW_NUMBER, SECTION, Column, Frame, frame_of
from assistant.tables.grammar import OPERATIONS, Choices, grammar_of
from assistant.tables.query import Refused, Result, run

__all__ = [
    "ITEM",
    "OPERATIONS",
    "ROW_NUMBER",
    "SECTION",
    "Choices",
    "Column",
    "Frame",
    "Number",
    "Refused",
    "Result",
    "date_of",
    "frame_of",
    "grammar_of",
    "number_of",
    "run",
]
