"""`make bench`: measures Privet against the raw libraries, side by side in one run, and prints a table."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable
from functools import partial
from pathlib import Path
from typing import Final

from tests.bench import (
    annual,
    answers,
    documents,
    embedding,
    engine,
    ingestion,
    injection,
    models,
    named,
    peers,
    retrieval,
    tables,
    waits,
    window,
)
from tests.bench.figure import Figure

_BENCHES: Final[dict[str, Callable[[], Iterable[Figure]]]] = {
    "window": window.figures,
    **{f"engine.{part}": partial(engine.figures, part) for part in engine.PARTS},
    **{f"waits.{part}": partial(waits.figures, part) for part in waits.PARTS},
    "models": models.figures,
    "tuning": models.tuning,
    "embedding": embedding.figures,
    "ingestion": ingestion.figures,
    "documents": documents.figures,
    "growing": documents.growing,
    "tables": tables.figures,
    **{f"injection.{part}": partial(injection.figures, part) for part in injection.PARTS},
    "retrieval.built": retrieval.built,
    "retrieval.xquad": retrieval.xquad,
    "retrieval.cranfield": retrieval.cranfield_figures,
    "retrieval.languages": retrieval.languages,
    "retrieval.reports": retrieval.report_figures,
    "retrieval.annual": annual.figures,
    "retrieval.named": named.figures,
    "retrieval.speed": retrieval.speed,
    "retrieval.gpt4all": peers.gpt4all,
    "retrieval.anythingllm": peers.anythingllm,
    "retrieval.refusal": answers.refusal,
    "retrieval.quotes": answers.quotes,
    "retrieval.support": answers.support,
    "retrieval.plain": answers.plain,
}
_REPORT: Final = Path(__file__).absolute().parents[2] / "build" / "bench.json"


def main() -> int:
    """Run the benches named on the command line, or all; write build/bench.json. 1 if a bar does not hold.

    "retrieval" names all that begin with it.
    """
    wanted = sys.argv[1:]
    chosen = [name for name in _BENCHES if not wanted or name in wanted or name.split(".")[0] in wanted]
    figures: list[Figure] = []
    print(f"{'figure':<58} {'value':>10} {'unit':<12} {'baseline':>10} {'ratio':>7}  bar")
    for name in chosen:
        for figure in _BENCHES[name]():
            figures.append(figure)
            print(figure.line(), flush=True)
    _REPORT.parent.mkdir(exist_ok=True)
    _REPORT.write_text(json.dumps([figure.row() for figure in figures], indent=2) + "\n", encoding="utf-8")
    return 0 if all(figure.holds is not False for figure in figures) else 1


if __name__ == "__main__":
    sys.exit(main())
