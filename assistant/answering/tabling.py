"""Questions that a table answers: the table found, asked, and its result told with the cells that it rests on."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from assistant.answering.composing import Composed, compose_query
from assistant.answering.linking import Linked, link, looks_countable
from assistant.answering.telling import told
from assistant.engine import Engine, LoadedModel
from assistant.errors import BadInput, PrivetError
from assistant.retrieval import Retrieval
from assistant.tables import Frame, Refused, frame_of, run
from assistant.values import (
    Citation,
    Claim,
    DocumentId,
    Hit,
    KeptTable,
    Passage,
    PassageId,
    Queried,
    Stop,
    Support,
    TableChoice,
    TableId,
)

_PASSAGES: Final = 8  # of a search, whose tables are looked at
_MOST_TABLES: Final = 40
_MOST_CELLS: Final = 400_000
_TAKEN: Final = 0.9
"""The share of a question's words that a table has to have; else the question is not one for it."""
_CITED: Final = 4  # passages

Embed = Callable[[str], bytes]


@dataclass(frozen=True, slots=True)
class FromTable:
    """An answer out of a table. text, claims, citations: as they are kept; queried: as it is told to a face."""

    text: str
    claims: tuple[Claim, ...]
    citations: tuple[Citation, ...]
    queried: Queried


@dataclass(frozen=True, slots=True)
class _Candidate:
    kept: KeptTable
    frame: Frame
    linked: Linked
    rank: int

    @property
    def worth(self) -> float:
        best = self.linked.readings[0].score if self.linked.readings else 0.3
        return best * self.linked.taken - 0.02 * self.rank


class Tabling:
    """Asks tables. Raises what the vault raises."""

    def __init__(self, retrieval: Retrieval, engine: Engine, load: Callable[[], LoadedModel], embed: Embed) -> None:
        """load: has the chosen model in memory. embed: a question's vector, b"" where meaning can't be told."""
        self._load = load
        self._retrieval = retrieval
        self._engine = engine
        self._embed = embed

    def tables(self, documents: Collection[DocumentId]) -> tuple[KeptTable, ...]:
        """The tables of documents."""
        return self._retrieval.tabulated.tables(documents)

    def answer(
        self, question: str, stop: Stop, within: Collection[DocumentId] | None = None, *, model: bool = True
    ) -> FromTable | None:
        """What a table says to `question`; None where it is no question for a table, or none has the answer.

        within: only tables of these documents; None for all. model: whether the model may write the query.
        """
        if not looks_countable(question):
            return None
        holders = self._retrieval.tabulated.holders()
        holders = holders if within is None else holders & frozenset(within)
        if not holders:
            return None
        hits = self._retrieval.search(question, self._embed(question), _PASSAGES, holders)
        for candidate in self._candidates(question, hits)[:3]:
            if stop.requested or candidate.linked.taken < _TAKEN:
                return None
            composed = self._composed(question, candidate.frame, candidate.linked, stop, model=model)
            if composed is not None:
                return self._told(candidate.kept, candidate.frame, composed)
        return None

    def ask(self, question: str, chosen: TableChoice, stop: Stop, *, model: bool = True) -> FromTable | None:
        """What one table, chosen by the person, says; with a query of theirs, exactly that. Raises BadInput."""
        kept = self._kept(chosen.document, chosen.table)
        frame = frame_of(kept.table)
        if frame is None:
            raise BadInput("There is nothing to count with in this table.", "Choose another one.")
        if chosen.sql:
            try:
                return self._told(kept, frame, Composed(chosen.sql, run(frame, chosen.sql)))
            except Refused as refused:
                names = ", ".join(f'"{column.name}"' for column in frame.columns)
                raise BadInput(
                    f"The query was not run: {refused}.",
                    f"Write one SELECT of the table data with its columns {names}.",
                ) from refused
        linked = link(question, frame)
        composed = self._composed(question, frame, linked, stop, model=model) if linked else None
        return self._told(kept, frame, composed) if composed else None

    def _composed(self, question: str, frame: Frame, linked: Linked, stop: Stop, *, model: bool) -> Composed | None:
        """The query and its result; the model is loaded only where it is asked, and done without where it can't be."""
        if not model or linked.sure:
            return compose_query(question, frame, linked, None, stop)
        try:
            self._load()
        except PrivetError:
            return compose_query(question, frame, linked, None, stop)
        return compose_query(question, frame, linked, self._engine, stop)

    def _kept(self, document: DocumentId, table: TableId | None) -> KeptTable:
        found = [one for one in self.tables([document]) if table in (None, one.id)]
        if not found:
            raise BadInput("There is no such table.", "See which there are with: privet tables")
        return found[0]

    def _candidates(self, question: str, hits: Sequence[Hit]) -> list[_Candidate]:
        """The tables on the pages of the hits that the question speaks of, best first."""
        found: dict[TableId, _Candidate] = {}
        cells = 0
        for rank, hit in enumerate(hits):
            page = hit.passage.page
            pages = None if page is None else range(page, (hit.passage.last_page or page) + 1)
            for kept in self._retrieval.tabulated.tables([hit.document_id], pages):
                cells += len(kept.table.rows) * len(kept.table.rows[0])
                if kept.id in found or len(found) >= _MOST_TABLES or cells > _MOST_CELLS:
                    continue
                frame = frame_of(kept.table)
                linked = link(question, frame) if frame else None
                if frame and linked:
                    found[kept.id] = _Candidate(kept, frame, linked, rank)
        return sorted(found.values(), key=lambda one: -one.worth)

    def _told(self, kept: KeptTable, frame: Frame, composed: Composed) -> FromTable:
        cited = self._citations(kept, frame, composed)
        text, claims = told(kept, frame, composed.sql, composed.result, bool(cited))
        cells = tuple(frame.place(row, column) for row, column in composed.result.cells[:50])
        place = kept.table.position.name or (cited[0].place if cited else "")
        rows = tuple(tuple("" if value is None else str(value) for value in row) for row in composed.result.rows[:50])
        queried = Queried(composed.sql, kept.document, place, composed.result.columns, rows, cells, composed.by_model)
        return FromTable(text, claims, cited, queried)

    def _citations(self, kept: KeptTable, frame: Frame, composed: Composed) -> tuple[Citation, ...]:
        """The passages in which the cells stand, each with the first of its rows marked."""
        rows: dict[int, list[int]] = {}
        for row, column in composed.result.cells:
            rows.setdefault(row, []).append(column)
        found: list[Citation] = []
        used: dict[PassageId, int] = {}
        ids = self._retrieval.passage_ids(kept.document_id)
        passages = list(zip(ids, self._retrieval.passages_of(kept.document_id), strict=True))
        near = [one for one in passages if kept.table.page is None or _covers(one[1], kept.table.page)]
        for row, columns in list(rows.items())[:60]:
            placed = _place_of(row, frame, near)
            if placed is None:
                continue
            id_, passage, start, end = placed
            names = [frame.place(row, column) for column in columns]
            if id_ in used:
                at = used[id_]
                if found[at].place.count(",") < 8:
                    found[at] = replace(found[at], place=f"{found[at].place}, {', '.join(names)}")
            elif len(found) < _CITED:
                used[id_] = len(found)
                where = ", ".join(filter(None, (_base(passage), *names)))
                found.append(
                    Citation(
                        len(found) + 1, kept.document, where, passage.page, passage.text, 1.0, kept.document_id, id_,
                        start, end,
                    )
                )  # fmt: skip
        return tuple(found)


def _covers(passage: Passage, page: int) -> bool:
    return passage.page is None or passage.page <= page <= (passage.last_page or passage.page)


def _base(passage: Passage) -> str:
    """Where a passage stands, without its range of cells: the cells themselves are told."""
    return replace(passage, position=replace(passage.position, cells="")).place


def _place_of(
    row: int, frame: Frame, passages: Sequence[tuple[PassageId, Passage]]
) -> tuple[PassageId, Passage, int, int] | None:
    """The passage that has a row, and where in it."""
    wanted = [
        " ".join(frame.shown(row, at).split()).replace("|", "\\|")
        for at, column in enumerate(frame.columns)
        if column.at >= 0
    ]
    cells = [cell for cell in wanted if cell]
    best: tuple[int, PassageId, Passage, int, int] | None = None
    for id_, passage in passages:
        for start, end in _lines(passage.text):
            line = [cell.strip() for cell in re.split(r"(?<!\\)\|", passage.text[start:end])]
            held = sum(cell in line for cell in cells)
            if held and (best is None or held > best[0]):
                best = (held, id_, passage, start, end)
    return best[1:] if best is not None and best[0] * 2 > len(cells) else None


def _lines(text: str) -> Iterator[tuple[int, int]]:
    start = 0
    for line in text.split("\n"):
        if line.startswith("|"):
            yield start, start + len(line)
        start += len(line) + 1


def supported(start: int, end: int, number: int | None) -> Claim:
    """A stretch of an answer that a table says."""
    return Claim(start, end, Support.SUPPORTED, number)
