"""Reads CommonMark and tables with markdown-it-py, into blocks; HTML stays text, pictures become their words."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from ui.i18n import tr
from ui.text.blocks import Block, Kind, Span
from ui.text.doubt import PIECE, Doubt
from ui.text.seen import visible, with_marked_hosts

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

_CITATION: Final = re.compile(r"\[(\d{1,2})\]")
_LONGEST: Final = 4_000
"""Characters of one paragraph; the time to read its brackets and stars grows with their square, so a longer one stays
as it is written."""
_DEEPEST: Final = 6  # lists and quotations nested deeper than this are drawn at this depth


def parse(text: str, citations: Collection[int] = (), doubts: Sequence[Doubt] = ()) -> tuple[Block, ...]:
    """`text` as blocks. citations: the numbers whose [n] is a pointer; any other [n] stays plain text.

    doubts: those whose marks are in it.
    """
    blocks = tuple(_Walk(_parser().parse(text), frozenset(citations), doubts).blocks())
    if not blocks and text.strip():
        # Nested so deep that markdown-it gave up: nothing that was written goes unseen.
        return (Block(Kind.PARAGRAPH, (Span(with_marked_hosts(visible(text.strip()))),)),)
    return blocks


@lru_cache(maxsize=1)
def _parser() -> MarkdownIt:
    # Imported late: the first paint of the window must not wait for it.
    from markdown_it import MarkdownIt

    # Without "reference", a line "[1]: http://..." can't turn a citation into a link.
    parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"]).disable(["reference"])
    parser.core.ruler.at("inline", _inline)
    return parser


def _inline(state: StateCore) -> None:
    """As markdown-it's own rule, but for paragraphs that are too long."""
    from markdown_it.token import Token

    for token in state.tokens:
        if token.type == "inline" and len(token.content) > _LONGEST:
            token.children = [Token("text", "", 0, content=token.content)]
        elif token.type == "inline":
            token.children = token.children or []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


@dataclass
class _List:
    ordered: bool
    number: int


class _Walk:
    """One pass over markdown-it's flat list of tokens."""

    def __init__(self, tokens: Sequence[Token], citations: frozenset[int], doubts: Sequence[Doubt]) -> None:
        self._tokens = tokens
        self._citations = citations
        self._doubts = doubts
        self._lists: list[_List] = []
        self._quote = 0
        self._line = 0
        self._marker = ""

    def blocks(self) -> Iterator[Block]:
        table: list[list[tuple[Span, ...]]] | None = None
        heading = 0
        for token in self._tokens:
            if token.level == 0 and token.map:
                self._line = token.map[0]
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    self._lists.append(_List(token.type.startswith("ordered"), int(token.attrGet("start") or 1)))
                case "bullet_list_close" | "ordered_list_close":
                    self._lists.pop()
                case "list_item_open":
                    self._begin_item()
                case "blockquote_open":
                    self._quote += 1
                case "blockquote_close":
                    self._quote -= 1
                case "heading_open":
                    heading = int(token.tag[1])
                case "heading_close":
                    heading = 0
                case "table_open":
                    table = []
                case "tr_open" if table is not None:
                    table.append([])
                case "table_close" if table is not None:
                    yield self._block(Kind.TABLE, rows=tuple(tuple(row) for row in table))
                    table = None
                case "inline":
                    spans = tuple(_spans(token.children or [], self._citations, self._doubts))
                    if table is not None:
                        table[-1].append(spans)
                    else:
                        kind = Kind.HEADING if heading else Kind.PARAGRAPH
                        yield self._block(kind, spans=spans, level=heading)
                case "fence" | "code_block":
                    language = (token.info or "").strip().split(" ")[0][:20]
                    code = Span(visible(token.content.rstrip("\n")), code=True)
                    yield self._block(Kind.CODE, spans=(code,), language=language)
                case "hr":
                    yield self._block(Kind.RULE)

    def _begin_item(self) -> None:
        innermost = self._lists[-1]
        self._marker = f"{innermost.number}." if innermost.ordered else "•"
        innermost.number += 1

    def _block(
        self,
        kind: Kind,
        *,
        spans: tuple[Span, ...] = (),
        level: int = 0,
        language: str = "",
        rows: tuple[tuple[tuple[Span, ...], ...], ...] = (),
    ) -> Block:
        marker, self._marker = self._marker, ""
        return Block(
            kind,
            spans,
            self._line,
            level,
            min(len(self._lists), _DEEPEST),
            min(self._quote, _DEEPEST),
            marker,
            bool(marker),
            language,
            rows,
        )


def _spans(tokens: Sequence[Token], citations: frozenset[int], doubts: Sequence[Doubt]) -> Iterator[Span]:
    style = Span("")
    target = ""
    label = ""
    for token in tokens:
        match token.type:
            case "text":
                label += token.content
                for span in _with_doubt(replace(style, text=token.content), doubts):
                    style = style if span.note else replace(style, doubtful=span.doubtful, hint=span.hint)
                    seen = replace(span, text=with_marked_hosts(visible(span.text)))
                    yield from (seen,) if span.note else _with_citations(seen, citations)
            case "code_inline":
                label += token.content
                yield replace(style, text=with_marked_hosts(visible(PIECE.sub("", token.content))), code=True)
            case "strong_open" | "strong_close":
                style = replace(style, bold=token.nesting > 0)
            case "em_open" | "em_close":
                style = replace(style, italic=token.nesting > 0)
            case "s_open" | "s_close":
                style = replace(style, struck=token.nesting > 0)
            case "softbreak":
                yield replace(style, text=" ")
            case "hardbreak":
                yield replace(style, text="\u2028")
            case "image":
                yield replace(
                    style, text=tr("[picture: {words}]", words=visible(token.content) or tr("no description"))
                )
            case "link_open":
                target, label = str(token.attrGet("href") or ""), ""
            case "link_close":
                # A link leads nowhere here; where it would lead is said in full, so that nothing hides behind a word.
                if target and target != label and target.removeprefix("mailto:") != label:
                    yield replace(style, text=f" ({with_marked_hosts(visible(target))})")
                target = ""
            case _:
                pass


def _with_doubt(span: Span, doubts: Sequence[Doubt]) -> Iterator[Span]:
    """The parts of a span before, within and behind what is doubted; the last tells how what follows begins."""
    place, doubtful, hint = 0, span.doubtful, span.hint
    for mark in PIECE.finditer(span.text):
        if mark.start() > place:
            yield replace(span, text=span.text[place : mark.start()], doubtful=doubtful, hint=hint)
        place = mark.end()
        number = int(mark["begin"] or mark["why"] or len(doubts))
        doubt = doubts[number] if number < len(doubts) else None
        if mark["why"] is None:
            doubtful, hint = mark["begin"] is not None, doubt.more if doubt else ""
        elif doubt is not None:
            yield replace(
                span,
                text=f" {doubt.why}",
                doubtful=False,
                note=True,
                citation=doubt.citation or None,
                hint=doubt.more,
            )
    yield replace(span, text=span.text[place:], doubtful=doubtful, hint=hint)


def _with_citations(span: Span, citations: frozenset[int]) -> Iterator[Span]:
    place = 0
    for mark in _CITATION.finditer(span.text):
        number = int(mark[1])
        if number not in citations:
            continue
        if mark.start() > place:
            yield replace(span, text=span.text[place : mark.start()])
        yield replace(span, text=mark[0], citation=number)
        place = mark.end()
    if place < len(span.text):
        yield replace(span, text=span.text[place:])
