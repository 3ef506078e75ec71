"""One document out of what its child said, what was recognised on its pictures, and the files inside it; pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import PurePath

from assistant.ingestion import caps, refusals
from assistant.ingestion.languages import language_of
from assistant.ingestion.tabling import tables_of
from assistant.ingestion.untrusted import Nonsense, Received
from assistant.values import Block, BlockKind, Part, Position, ReadDocument, Table


@dataclass(slots=True)
class Joined:
    """What came of one file. scanned: of its pictures, None where nobody looked. parts: what was inside."""

    received: Received
    scanned: Received | None = None
    scan_failed: str = ""
    parts: list[tuple[str, ReadDocument | str]] = field(default_factory=list)

    def document(self) -> ReadDocument:
        """The whole, with a sentence for each thing that is missing in it. Raises Nonsense."""
        received = self.received
        if not received.complete:
            raise Nonsense("no end")
        blocks, recognised = self._pages()
        with_text = {block.page for block in blocks}
        empty = tuple(page for page in received.empty_pages if page not in with_text)
        warnings = [sentence for note in received.notes if (sentence := refusals.warning(note)) is not None]
        if received.cut:
            warnings.append(refusals.cut_warning(received.characters))
        if received.lost_pages:
            warnings.append(refusals.lost_pages_warning(received.lost_pages, received.pages, received.unit))
        if received.pictures:
            warnings += self._of_pictures(blocks)
        elif recognised:
            warnings.append(refusals.recognised_warning(recognised, received.pages, _sureness(blocks)))
        if empty:
            warnings.append(refusals.empty_pages_warning(empty, received.pages, received.unit))
        if self.scan_failed:
            warnings.append(refusals.scan_warning(self.scan_failed))
        tables = list(received.tables or tables_of(blocks, caps.MAX_CELLS))
        parts = self._add_parts(blocks, tables, warnings)
        return ReadDocument(
            received.title,
            tuple(blocks),
            received.pages,
            empty,
            tuple(warnings),
            received.unit,
            recognised,
            received.lost_pages,
            language_of(block.text for block in blocks),
            tuple(tables),
            parts,
        )

    def _pages(self) -> tuple[list[Block], tuple[int, ...]]:
        """The blocks in the order of pages; a page that was recognised has what was recognised on it."""
        blocks = list(self.received.blocks)
        if self.received.pictures:
            blocks = self._with_pictures()
        elif self.scanned is not None and self.scanned.blocks:
            better = {block.page for block in self.scanned.blocks}
            kept = [block for block in blocks if block.page not in better]
            blocks = sorted([*kept, *self.scanned.blocks], key=lambda block: block.page or 0)
        recognised = {block.page for block in blocks if block.position.ocr is not None and block.page is not None}
        return blocks, tuple(sorted(recognised))

    def _with_pictures(self) -> list[Block]:
        """The blocks, with the text of pictures where these stand; it heads nothing of the text around it."""
        received = self.received
        texts: dict[int, list[Block]] = {}
        for block in self.scanned.blocks if self.scanned is not None else ():
            texts.setdefault(block.page or 0, []).append(block)
        blocks: list[Block] = []
        at = 0
        for number, place in enumerate(received.pictures, 1):
            blocks += received.blocks[at : place.before]
            at = place.before
            for block in texts.get(number, ()):
                position = replace(place.position, ocr=block.position.ocr)
                kind = BlockKind.PARAGRAPH if block.kind is BlockKind.HEADING else block.kind
                blocks.append(Block(kind, block.text, place.page, 0, position))
        return blocks + received.blocks[at:]

    def _of_pictures(self, blocks: Sequence[Block]) -> list[str]:
        """The sentences for the pictures in a document that were looked at."""
        looked = self.scanned if self.scanned is not None else Received()
        read, lost = len({block.page for block in looked.blocks}), len(looked.lost_pages)
        warnings = []
        if read:
            warnings.append(refusals.pictures_warning(read, len(self.received.pictures), _sureness(blocks)))
        if lost:
            warnings.append(refusals.lost_pictures_warning(lost))
        return warnings

    def _add_parts(self, blocks: list[Block], tables: list[Table], warnings: list[str]) -> tuple[Part, ...]:
        """Put what was read inside behind the file's own; returns how each part went."""
        parts: list[Part] = []
        for name, read in self.parts:
            if isinstance(read, str):
                parts.append(Part(name, refused=read))
                continue
            parts.append(Part(name, read.pages))
            parts += [replace(each, name=f"{name}/{each.name}") for each in read.parts]
            if read.blocks and not read.blocks[0].position.part:  # else the files inside that one say their names
                blocks.append(Block(BlockKind.HEADING, name, level=1, position=Position(part=name)))
            blocks += [_inside(block, name) for block in read.blocks]
            tables += [
                replace(table, position=replace(table.position, part=_path(name, table.position.part)))
                for table in read.tables
            ]
            warnings += [f"{name}: {sentence}" for sentence in read.warnings[:2]]
        refused = [part for part in parts if part.refused]
        if refused:
            warnings.append(refusals.refused_parts_warning([(part.name, part.refused) for part in refused], len(parts)))
        return tuple(parts[: caps.MAX_PARTS])


def _inside(block: Block, name: str) -> Block:
    position = replace(block.position, part=_path(name, block.position.part))
    return replace(block, level=min(block.level + 1, 9) if block.level else 0, position=position)


def _path(name: str, inner: str) -> str:
    return f"{name}/{inner}" if inner else name


def _sureness(blocks: Sequence[Block]) -> float:
    """The mean confidence of what was recognised, each letter counting alike."""
    sure = [(block.position.ocr, len(block.text)) for block in blocks if block.position.ocr is not None]
    letters = sum(length for _, length in sure)
    return sum(ocr * length for ocr, length in sure) / letters if letters else 0.0


def shown_name(name: str) -> str:
    """A part's name as it can be shown and kept: no letters that hide others, no way out of a folder."""
    named = "".join(letter if letter.isprintable() else "\N{REPLACEMENT CHARACTER}" for letter in name)
    parts = [part for part in PurePath(named.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return "/".join(parts)[: caps.MAX_NAME] or "unnamed"
