"""Tune for this laptop: layouts of a model are made, measured on this machine, and one of them is recommended."""

from __future__ import annotations

import shutil
import statistics
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from assistant.engine import Engine
from assistant.errors import Bug, DiskFull, EnvironmentFault, ModelUnreadable, Stopped
from assistant.models.choosing import (
    ANSWER,
    RULE,
    candidates,
    exact_is_affordable,
    has_memory,
    recommended,
    size_of,
    why,
)
from assistant.models.trial import READ, Trial, try_out
from assistant.modelstore import Fitting, ModelStore
from assistant.quantizing import LAYOUTS, Bench, Layout
from assistant.values import (
    Closeness,
    Facts,
    LayoutMaking,
    LayoutMeasured,
    LayoutMeasuring,
    LayoutPassedOver,
    LoadPlan,
    Machine,
    MeasuredLayout,
    ModelFile,
    Prefilling,
    Stop,
    Tuned,
    TuneEvent,
    WeightsApart,
)

_TEXT: Final = Path(__file__).with_name("text.txt")
_EXACT: Final = "exact"
_DISK_SPARE: Final = 256 << 20
_QUALITY_SECONDS: Final = 10.0  # that a model may read for each judgement
_LEAST_TEXT: Final = 1024
_MOST_TEXT: Final = 2048
_ROUNDS: Final = 3
_LAST_ROUNDS: Final = 2
"""In turns: what slows a machine down for a while slows every layout down, and the middle trial of each counts."""
_QUICK: Final = 12.0  # seconds; where a trial takes longer, the last rounds alone are in turns
_REST: Final = 0.1

Rest = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class Tuning:
    """How a model is tuned. context, threads: the person's own, 0 for Privet's choice.

    gentle: at low priority. rest: nothing is at work while it is true; it is asked several times a second.
    """

    context: int = 0
    threads: int = 0
    gentle: bool = False
    rest: Rest = lambda: False


class _Either(Stop):
    """Requested when the person stops, and when somebody else needs the machine."""

    def __init__(self, stop: Stop, rest: Rest) -> None:
        super().__init__()
        self._stop, self._rest = stop, rest

    @property
    def requested(self) -> bool:
        return self._stop.requested or self._rest()


def tune(store: ModelStore, fitting: Fitting, path: Path, stop: Stop, wish: Tuning = Tuning()) -> Iterator[TuneEvent]:
    """Make layouts of a chat model, measure each here, and keep the recommended one beside the original.

    What was made and measured stays when it is stopped, and the next call goes on with it. The recommended layout is
    used from the next load on. The last event is `Tuned`. Raises DiskFull, ModelMissing, ModelUnreadable, ChildDied,
    EnvironmentFault, and Stopped within a moment.
    """
    if store.layouts.frozen:
        raise EnvironmentFault(
            "On this computer a list says which model files may be used, and one that is made here is not on it.",
            "Ask whoever manages this computer for a faster layout of the model.",
        )
    work = _Work(store, fitting, path, stop, wish)
    try:
        yield from work.run()
    finally:
        work.close()


class _Work:
    """One tuning."""

    def __init__(self, store: ModelStore, fitting: Fitting, path: Path, stop: Stop, wish: Tuning) -> None:
        self._store, self._fitting, self._stop, self._wish = store, fitting, stop, wish
        self._file: ModelFile = store.inspect(path)
        self._facts: Facts = fitting.facts(path)
        self._machine: Machine = fitting.machine()
        chosen = fitting.plan(path, self._machine)
        self._plan = LoadPlan(wish.context or chosen.context, wish.threads or chosen.threads)
        self._folder = store.layouts.folder(path)
        self._bench = Bench(threads=self._plan.threads, gentle=wish.gentle, rest=wish.rest, folder=self._folder)
        exact = exact_is_affordable(self._facts, self._machine) and self._has_disk(LAYOUTS["F32"])
        self._tuned = Tuned(
            model=self._file.name,
            source=path,
            context=self._plan.context,
            threads=self._plan.threads,
            machine=fitting.here(),
            exact=exact,
            layouts=(),
            rule=RULE,
        )
        self._known = self._measured_before()
        self._trials: dict[str, list[Trial]] = {}

    def close(self) -> None:
        """End the child, and remove what is only of use while it runs."""
        self._bench.close()
        with suppress(OSError):
            self._exact.unlink(missing_ok=True)

    @property
    def _exact(self) -> Path:
        return self._folder / f"{_EXACT}.gguf"

    def run(self) -> Iterator[TuneEvent]:
        """All of it."""
        source = self._tuned.source
        name = self._facts.quantization or "original"
        if self._known:
            yield LayoutMeasured(self._known[0], known=True)
            self._keep(self._known[0])
        missing = [layout for layout in candidates(self._facts, self._machine) if not self._is_known(layout.name)]
        if missing or not self._known:
            speed = None if self._known else (yield from self._speed(name, source))
            read = speed.read if speed else self._known[0].read
            yield from self._reference(source, name, read)
            if speed is not None:
                closeness = yield from self._bench.compare(source, name, self._stop)
                self._keep(self._measured(name, source, speed, closeness, source=True))
                yield LayoutMeasured(self._tuned.original)
        for layout in candidates(self._facts, self._machine):
            yield from self._candidate(layout)
        yield from self._in_turns()
        yield self._finished()

    def _in_turns(self) -> Iterator[TuneEvent]:
        """Every layout again, one after the other; then what would be recommended and the source once more so."""
        layouts = self._tuned.layouts
        if len(layouts) == 1:
            return
        if READ / self._tuned.original.read <= _QUICK:
            for number in range(_ROUNDS - 1):
                yield from self._again(layouts[::-1] if number % 2 else layouts)
        best = recommended(self._tuned.layouts)
        if not best.source:
            for number in range(_LAST_ROUNDS):
                pair = (self._tuned.original, best)
                yield from self._again(pair[::-1] if number % 2 else pair)

    def _again(self, layouts: Sequence[MeasuredLayout]) -> Iterator[TuneEvent]:
        """Measure each once more, and keep the middle of all its trials."""
        for layout in layouts:
            trial = yield from self._speed(layout.name, layout.path or self._tuned.source)
            trials = self._trials.setdefault(layout.name, [Trial(layout.read, layout.write, layout.memory)])
            trials.append(trial)
            middle = Trial(
                statistics.median(one.read for one in trials),
                statistics.median(one.write for one in trials),
                max((one.memory for one in trials if one.memory is not None), default=None),
            )
            self._replace(_timed(layout, middle))

    def _reference(self, source: Path, name: str, read: float) -> Iterator[TuneEvent]:
        tokens = round(min(max(read * _QUALITY_SECONDS, _LEAST_TEXT), _MOST_TEXT))
        text = _TEXT.read_text(encoding="utf-8")
        if not self._tuned.exact:
            yield from self._bench.read_reference(source, name, text, tokens, self._stop)
            return
        for event in self._bench.make(source, self._exact, LAYOUTS["F32"], self._stop):
            yield replace(event, layout=_EXACT)
        yield from self._bench.read_reference(self._exact, _EXACT, text, tokens, self._stop)

    def _candidate(self, layout: Layout) -> Iterator[TuneEvent]:
        known = next((each for each in self._known if each.name == layout.name), None)
        if known is not None:
            self._keep(known)
            yield LayoutMeasured(known, known=True)
            return
        if not has_memory(self._facts, layout, self._machine):
            yield LayoutPassedOver(layout.name, "There is not enough free memory to load it.")
            return
        target = self._folder / f"{self._tuned.source.stem}.{layout.name}.gguf"
        try:
            yield from self._made(layout, target)
            self._store.inspect(target)
            speed = yield from self._speed(layout.name, target)
            closeness = yield from self._bench.compare(target, layout.name, self._stop)
            apart = yield from self._weights(target, layout.name)
        except ModelUnreadable as error:
            _remove(target)
            yield LayoutPassedOver(layout.name, error.what)
            return
        self._keep(replace(self._measured(layout.name, target, speed, closeness), apart=apart))
        yield LayoutMeasured(self._tuned.layouts[-1])

    def _weights(self, path: Path, name: str) -> Generator[LayoutMeasuring, None, WeightsApart | None]:
        """How far a layout's weights are from the source's; of a large model that is not worth the time."""
        if not self._tuned.exact:
            return None
        return (yield from self._bench.hold_weights(self._tuned.source, path, name, self._stop))

    def _made(self, layout: Layout, target: Path) -> Iterator[LayoutMaking]:
        if target.is_file():
            return  # whole, since it has its name
        if not self._has_disk(layout):
            raise DiskFull(
                f"The layout {layout.name} needs about {size_of(self._facts, layout) / 1e9:.1f} GB on the disk, and"
                " less is free.",
                "Free some room and try again; what was measured so far is kept.",
            )
        yield from self._bench.make(self._tuned.source, target, layout, self._stop)

    def _speed(self, name: str, path: Path) -> Generator[LayoutMeasuring, None, Trial]:
        """One trial, begun anew if somebody else needed the machine meanwhile."""
        model = self._store.inspect(path)
        while True:
            self._wait()
            engine = Engine(threads=self._plan.threads)
            try:
                return (yield from self._trial(engine, model, name))
            except Stopped:
                if self._stop.requested:
                    raise
            finally:
                engine.close()

    def _trial(self, engine: Engine, model: ModelFile, name: str) -> Generator[LayoutMeasuring, None, Trial]:
        stop = _Either(self._stop, self._wish.rest)
        for event in try_out(engine, self._fitting, model, self._machine, self._plan, stop):
            match event:
                case Prefilling(done, total):
                    yield LayoutMeasuring(name, "speed", done, total)
                case Trial():
                    return event
        raise Bug("a trial has no result.")

    def _wait(self) -> None:
        while self._wish.rest() and not self._stop.requested:
            time.sleep(_REST)
        if self._stop.requested:
            raise Stopped

    def _measured(
        self, name: str, path: Path, speed: Trial, closeness: Closeness, *, source: bool = False
    ) -> MeasuredLayout:
        size = self._file.size if source else path.stat().st_size
        layout = MeasuredLayout(name, size, 1.0, 1.0, 1.0, 1.0, None, closeness, source, path)
        return _timed(layout, speed)

    def _replace(self, layout: MeasuredLayout) -> None:
        layouts = tuple(layout if each.name == layout.name else each for each in self._tuned.layouts)
        self._tuned = replace(self._tuned, layouts=layouts)

    def _keep(self, layout: MeasuredLayout) -> None:
        self._tuned = replace(self._tuned, layouts=(*self._tuned.layouts, layout))
        if layout.name not in [each.name for each in self._known]:
            self._store.layouts.write(self._tuned)

    def _finished(self) -> Tuned:
        """The choice. Only the recommended layout's file stays: the others are made again in seconds if wanted."""
        best = recommended(self._tuned.layouts)
        done = replace(self._tuned, recommended=best.name, why=why(self._tuned, best), when=time.time())
        done = self._store.layouts.keep_only(done, frozenset({best.name}))
        self._store.layouts.write(done)
        return done

    def _measured_before(self) -> Sequence[MeasuredLayout]:
        """What a tuning that was broken off has measured already, under the same conditions; the source first."""
        before = self._store.layouts.read_unfinished(self._tuned.source)
        if before is None or replace(before, layouts=()) != self._tuned:
            return ()
        return [layout for layout in before.layouts if layout.source or layout.path is not None]

    def _is_known(self, name: str) -> bool:
        return any(layout.name == name for layout in self._known)

    def _has_disk(self, layout: Layout) -> bool:
        try:
            return shutil.disk_usage(self._folder).free >= size_of(self._facts, layout) + _DISK_SPARE
        except OSError:
            return False


def _timed(layout: MeasuredLayout, trial: Trial) -> MeasuredLayout:
    """The same layout, as a trial or the middle of some found it."""
    first = READ / trial.read + 1 / trial.write
    return replace(
        layout,
        read=trial.read,
        write=trial.write,
        first_word=first,
        answer=first + ANSWER / trial.write,
        memory=trial.memory,
    )


def _remove(path: Path) -> None:
    with suppress(OSError):
        path.unlink(missing_ok=True)
