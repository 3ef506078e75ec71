"""Another embedding model: what is kept is learned with it beside the one that answers, and it answers when all is."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.embedding import Embedder
from assistant.errors import ModelMissing, ModelUnreadable
from assistant.retrieval import Renewal
from assistant.values import PassageId, Rebuilding, Stop

_WINDOW: Final = 256
_BATCH: Final = 16
_REST: Final = 0.25


@dataclass(frozen=True, slots=True)
class Searcher:
    """The embedding model that searches. said: a sentence or two that the person must read, or ""."""

    folder: Path
    said: str = ""


class Renewing:
    """Leads the search from one embedding model to another."""

    def __init__(
        self, renewal: Renewal, embedder: Callable[[Path], Embedder], own: Path, wanted: Callable[[], Path]
    ) -> None:
        """embedder: of a folder. own: the folder that comes with Privet. wanted: the one that is to search, now."""
        self._renewal, self._embedder, self._own, self._wanted = renewal, embedder, own, wanted

    def at_start(self) -> Searcher:
        """The model that searches from now on: the wanted one if all is learned with it, else the one before."""
        wanted = self._kept(self._wanted())
        if wanted == self._renewal.searching:
            self._renewal.give_up()
        elif self._renewal.progress()[1] == 0:
            with suppress(ModelMissing, ModelUnreadable):  # it is said when it is to learn something
                self._renewal.begin(self._embedder(self._wanted()).name, wanted)
        if self._renewal.model and self._renewal.place == wanted:
            self._renewal.adopt()
        folder = Path(self._renewal.searching) if self._renewal.searching else self._own
        if folder == self._own:
            return Searcher(folder)
        try:
            _ = self._embedder(folder).name
        except (ModelMissing, ModelUnreadable) as error:
            return Searcher(
                self._own,
                f"{error.what} Your documents are learned anew with Privet's own model; meanwhile words find.",
            )
        return Searcher(folder)

    def due(self, searching: Path) -> bool:
        """Whether another model than the one that searches is wanted."""
        return self._wanted() != searching

    def left(self) -> tuple[int, int]:
        """How many passages were learned with the wanted model, of how many."""
        return self._renewal.progress()

    def run(self, searching: Path, stop: Stop, rest: Callable[[], bool] = lambda: False) -> Iterator[Rebuilding]:
        """Learn all passages with the wanted model; it searches from the next start on. Goes on where it was stopped.

        searching: the folder of the model that searches now; where that is the wanted one, what was begun with
        another goes. rest: nothing is done while it is true. Raises ModelMissing, ModelUnreadable, ChildDied, Stopped.
        """
        if not self.due(searching):
            self._renewal.give_up()
            return
        wanted = self._wanted()
        embedder = self._embedder(wanted)
        try:
            self._renewal.begin(embedder.name, self._kept(wanted))
            while (window := self._renewal.next(_WINDOW)) and not stop.requested:
                window.sort(key=lambda one: -len(one.text))
                for start in range(0, len(window), _BATCH):
                    some = window[start : start + _BATCH]
                    while rest() and not stop.requested:
                        time.sleep(_REST)
                    if self._wanted() != wanted:
                        return  # another wish meanwhile; the next call follows it
                    vectors = embedder.embed([one.text for one in some], stop)
                    self._renewal.learn({PassageId(one.id): vectors.row(at) for at, one in enumerate(some)})
                    yield Rebuilding(*self._renewal.progress())
        finally:
            embedder.close()
        yield from self._renewal.prepare(stop)

    def _kept(self, folder: Path) -> str:
        return "" if folder == self._own else str(folder)


def reads_less(embedder: Embedder, tokens: float) -> str:
    """A sentence where a model reads less of a passage than they usually are long. tokens: of a usual passage."""
    with suppress(ModelMissing, ModelUnreadable):
        if embedder.max_tokens < tokens:
            return (
                f"It reads the first {embedder.max_tokens} tokens of a passage, and yours have about {tokens:.0f}: what"
                " stands behind them is found by its words alone."
            )
    return ""
