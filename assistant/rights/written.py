"""An answer or a conversation as a document to take along: Markdown, HTML, Word, each claim with its source; pure.

What was marked on the screen stays marked: a sentence that the documents do not say never leaves without that word.
"""

from __future__ import annotations

import html
import re
from collections.abc import Sequence
from enum import StrEnum

from assistant.rights.marked import BEGIN, HOLD, as_letters, inactive, note_number, parser, source
from assistant.rights.pieces import Note, pieces
from assistant.rights.word import Said, document
from assistant.values import Role, Turn


class Form(StrEnum):
    """What a text can be written as."""

    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    DOCX = "docx"


def text(turns: Sequence[Turn], markup: bool = False) -> str:
    """As plain text, with the references under each answer. markup: as Markdown, with footnotes."""
    lines: list[str] = []
    notes: list[Note] = []
    for turn in turns:
        if len(turns) > 1:
            lines += [f"## {_speaker(turn)}" if markup else f"{_speaker(turn)}:", ""]
        said, first = "", len(notes) + 1
        for piece in pieces(turn):
            if isinstance(piece, Note):
                notes.append(piece)
                said += f"[^{len(notes)}]" if markup else f" [{len(notes)}]"
            elif markup and turn.role is Role.ASSISTANT:
                said += inactive(piece.text)
            else:
                said += piece.text
        lines += [said.strip(), ""]
        if turn.note:
            lines += [f"*{as_letters(turn.note)}*" if markup else f"({turn.note})", ""]
        if not markup and len(notes) >= first:
            lines += [f"[{number}] {_line(note)}" for number, note in enumerate(notes[first - 1 :], first)] + [""]
    if markup:
        lines += [f"[^{number}]: {as_letters(_line(note))}" for number, note in enumerate(notes, 1)]
    return "\n".join(lines).strip() + "\n"


def page(turns: Sequence[Turn], title: str) -> str:
    """As an HTML page that needs nothing else: no script, no style from elsewhere, no picture."""
    body: list[str] = []
    notes: list[Note] = []
    for turn in turns:
        if len(turns) > 1:
            body.append(f"<h2>{_speaker(turn)}</h2>")
        said = source(list(pieces(turn)), notes)
        if turn.role is Role.ASSISTANT:
            said = parser().render(said).replace("<table>", '<table border="1" cellspacing="0" cellpadding="4">')
        else:
            said = f"<p>{html.escape(said.strip()).replace(chr(10), '<br>')}</p>"
        body.append(HOLD.sub(_held, said))
        if turn.note:
            body.append(f"<p><em>{html.escape(turn.note)}</em></p>")
    if notes:
        rows = "".join(f'<li id="n{number}">{html.escape(_line(note))}</li>' for number, note in enumerate(notes, 1))
        body.append(f"<h2>References</h2><ol>{rows}</ol>")
    name = html.escape(title or "Privet")
    return (
        f'<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>{name}</title>'
        "<style>body{font:12pt/1.5 serif;max-width:42em;margin:2em auto}.doubt{color:#666}"
        "pre{white-space:pre-wrap}</style></head>"
        f"<body><h1>{name}</h1>{''.join(body)}</body></html>\n"
    )


def _held(hold: re.Match[str]) -> str:
    """What stands in the place that is held: a doubt's border, or the mark of a note."""
    if number := note_number(hold[0]):
        return f'<sup id="r{number}"><a href="#n{number}">[{number}]</a></sup>'
    return '<em class="doubt">' if hold[0] == BEGIN else "</em>"


def _line(note: Note) -> str:
    return f"{note.reference}: “{note.quote}”" if note.quote else note.reference


def _speaker(turn: Turn) -> str:
    return "You" if turn.role is Role.USER else "Privet"


def written(turns: Sequence[Turn], form: Form, title: str) -> bytes:
    """These turns as a file of this form."""
    match form:
        case Form.TEXT:
            return text(turns).encode("utf-8", "replace")
        case Form.MARKDOWN:
            return text(turns, markup=True).encode("utf-8", "replace")
        case Form.HTML:
            return page(turns, title).encode("utf-8", "replace")
        case Form.DOCX:
            several = len(turns) > 1
            said = [
                Said(_speaker(turn) if several else "", list(pieces(turn)), turn.note, turn.role is Role.ASSISTANT)
                for turn in turns
            ]
            return document(said, title)
