"""Models played from scripts, for the tests of their page."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from assistant.errors import PrivetError
from assistant.values import (
    Copying,
    Fit,
    FoundModel,
    ImportEvent,
    InstalledModel,
    JudgedChoice,
    JudgedModel,
    LoadPlan,
    Machine,
    Memory,
    Overriding,
    Overview,
    Prediction,
    Quality,
    RunWish,
    Stop,
    TuneEvent,
    Verdict,
)


class ScriptedModels:
    """Models in memory; `scripts` is what the next import, check or tuning tells."""

    def __init__(self) -> None:
        self.installed: list[JudgedModel] = []
        self.choices: list[JudgedChoice] = []
        self.found: list[FoundModel] = []
        self.scripts: deque[Sequence[object]] = deque()
        self.wishes: dict[Path, RunWish] = {}
        self.asked: list[tuple[str, object]] = []
        self.machine = Machine("A processor", 2, 4, frozenset({"avx2"}), 16 << 30, 9 << 30, 100 << 30)

    def overview(self) -> Overview:
        return Overview(self.machine, tuple(self.installed), tuple(self.choices))

    def use(self, model: InstalledModel) -> None:
        self.asked.append(("use", model.path))
        self.installed = [replace(one, answers=one.model == model) for one in self.installed]

    def bring(self, paths: Sequence[Path], stop: Stop) -> Iterator[ImportEvent]:
        self.asked.append(("bring", list(paths)))
        yield from self._play(stop)

    def elsewhere(self, stop: Stop) -> Iterator[FoundModel]:
        yield from self.found

    def bring_found(self, found: FoundModel, stop: Stop) -> Iterator[ImportEvent]:
        self.asked.append(("bring_found", found.name))
        yield from self._play(stop)

    def check(self, model: InstalledModel, stop: Stop) -> Iterator[Copying]:
        yield from self._play(stop)

    def tune(self, model: InstalledModel, stop: Stop) -> Iterator[TuneEvent]:
        self.asked.append(("tune", model.path))
        yield from self._play(stop)

    def remove(self, model: InstalledModel) -> None:
        self.asked.append(("remove", model.path))
        self.installed = [one for one in self.installed if one.model != model]

    def overriding(self, model: InstalledModel, wish: RunWish | None = None) -> Overriding:
        """Memory grows with the window, and more cores write faster."""
        chosen = wish or self.wishes.get(model.path, RunWish())

        def meant(one: RunWish) -> Fit:
            context, threads = one.context or 8192, one.threads or 2
            prediction = Prediction(Memory(context << 10, 0, 0, 0, 0), 300.0, 30.0 * threads, 4.4)
            plan = LoadPlan(context, threads, one.kv_type or "f16")
            return Fit(Verdict.RUNS_WELL, Quality.FAIR, f"It takes {context} and {threads}.", "", plan, prediction)

        some = {
            "context": [replace(chosen, context=tokens) for tokens in (0, 2048, 8192)],
            "threads": [replace(chosen, threads=count) for count in (0, 1, 2)],
            "kv_type": [replace(chosen, kv_type=kind) for kind in ("", "f16", "q8_0")],
            "gpu_layers": [chosen],
        }
        choices = {name: tuple((one, meant(one)) for one in each) for name, each in some.items()}
        return Overriding(chosen, meant(chosen), choices, frozenset({"threads"}))

    def override(self, model: InstalledModel, wish: RunWish) -> None:
        self.wishes[model.path] = wish

    def _play(self, stop: Stop) -> Iterator[Any]:
        for event in self.scripts.popleft() if self.scripts else ():
            if isinstance(event, threading.Event):
                while not event.wait(0.005) and not stop.requested:
                    pass
                if stop.requested:
                    return
            elif isinstance(event, PrivetError):
                raise event
            else:
                yield event
