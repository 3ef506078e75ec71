"""`privet models fit`, `tune` and `bench`: what would run well here, and what is measured instead of guessed."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.main import EXIT_FAULT, EXIT_OK
from assistant.cli.models_words import (
    choice_lines,
    choice_object,
    fit_lines,
    fit_object,
    plan_object,
    plan_words,
    tuned_lines,
    tuned_object,
)
from assistant.engine import Engine
from assistant.errors import BadInput, DiskFull, EnvironmentFault, PrivetError, Stopped
from assistant.models import Plans, Trial, Tuning, measure_plan, measure_rates, try_out, tune
from assistant.modelstore import NEEDS, Fitting, ModelStore, shown, shown_path
from assistant.values import (
    Device,
    Fit,
    LayoutMaking,
    LayoutMeasured,
    LayoutMeasuring,
    LayoutPassedOver,
    LoadPlan,
    Machine,
    MeasuredPlan,
    ModelFile,
    PlanTried,
    Prefilling,
    RunPlan,
    Tuned,
    TuneEvent,
    Verdict,
)


class Measuring:
    """The actions, in words or as JSON. in_use: the file of the model that answers. devices: finds those to be used."""

    def __init__(
        self,
        store: ModelStore,
        fitting: Fitting,
        plans: Plans,
        in_use: Path,
        devices: Callable[[], tuple[Device, ...]],
        *,
        json: bool,
    ) -> None:
        self._devices = devices
        self._store, self._fitting, self._plans, self._in_use, self._json = store, fitting, plans, in_use, json

    def choices(self, need: str | None) -> int:
        """The models of the catalogue, and which would fit."""
        if need is not None and need not in NEEDS:
            raise BadInput(f"{need} is no need that the list knows.", f"It may be one of {', '.join(NEEDS)}.")
        machine = self._fitting.machine(self._devices())
        chosen = [choice for choice in self._fitting.choices() if need is None or need in choice.needs]
        if self._json:
            output.as_json([choice_object(choice, self._fitting.fit_choice(choice, machine)) for choice in chosen])
            return EXIT_OK
        for choice in chosen:
            for line in choice_lines(choice, self._fitting.fit_choice(choice, machine)):
                output.say(line)
        output.say("Privet fetches none of them. Get the file from the page, then: privet models import FILE")
        return EXIT_OK

    def fit(self, arguments: argparse.Namespace) -> int:
        """Whether models would run well here; 1 if one that was named does not fit or can't be read."""
        machine = self._machine()
        status = EXIT_OK
        for path in self._named(arguments.model):
            try:
                used = self._store.layouts.used(path)
                if arguments.measure:
                    self._measure(used, machine, arguments)
                found = self._fitting.fit(used, machine, context=arguments.context, threads=arguments.threads)
                kept = self._plans.read(used, self._fitting.here())
            except Stopped:
                raise
            except PrivetError as error:
                if not arguments.model:
                    continue  # of what lies in the folder, only what is sound
                status = EXIT_FAULT
                self._say_fault(path, error)
                continue
            self._say_fit(path, used, found, kept)
            if arguments.model and found.verdict is Verdict.WONT_FIT:
                status = EXIT_FAULT
        return status

    def tune(self, arguments: argparse.Namespace) -> int:
        """Make and measure layouts of one model; or choose one of those that are there."""
        path = next(self._named([arguments.model] if arguments.model else [str(self._in_use)]))
        if arguments.use:
            return self._use(path, arguments.use)
        tuned: Tuned | None = None
        with stopped_by_interrupt() as stop:
            wish = Tuning(arguments.context, arguments.threads)
            for event in tune(self._store, self._fitting, path, stop, wish):
                self._tell(event)
                tuned = event if isinstance(event, Tuned) else tuned
        output.end_progress()
        assert tuned is not None
        self._say_tuned(tuned)
        return EXIT_OK

    def bench(self, arguments: argparse.Namespace) -> int:
        """Measure models as they run here, and hold what was predicted against it; 1 if one can't be measured."""
        machine = self._machine()
        status = EXIT_OK
        names = arguments.model or [str(self._in_use)]
        for path in self._named(names):
            used = self._store.layouts.used(path)
            try:
                told = self._fitting.fit(used, machine, context=arguments.context, threads=arguments.threads)
                measured = self._best_plan(used, machine, arguments)
                seen = self._tried(used, machine, told, measured.plan)
            except Stopped:
                raise
            except PrivetError as error:
                status = EXIT_FAULT
                self._say_fault(used, error)
                continue
            self._say_bench(used, told, seen, measured)
        return status

    def _machine(self) -> Machine:
        """This machine; the first time, what each type of weights costs on it is measured."""
        machine = self._fitting.machine(self._devices())
        if machine.rates is not None:
            return machine
        with stopped_by_interrupt() as stop:
            try:
                for step in measure_rates(self._fitting, machine, stop):
                    output.progress(
                        f"What models cost on this processor is measured, once: {step.done} of {step.total}"
                    )
            except (DiskFull, EnvironmentFault):
                pass  # it is estimated, as before
        output.end_progress()
        return self._fitting.machine(self._devices())

    def _named(self, names: Sequence[str]) -> Iterator[Path]:
        """The files of the models named; a path need not be on the list. Without names, of all chat models."""
        if not names:
            yield from (model.path for model in self._store.installed() if model.kind == "chat" and model.present)
        for name in names:
            path = Path(name).expanduser()
            yield path.absolute() if path.is_file() else self._store.find(name).path

    def _measure(self, path: Path, machine: Machine, arguments: argparse.Namespace) -> None:
        found = self._fitting.fit(path, machine, context=arguments.context, threads=arguments.threads)
        self._tried(path, machine, found, None)

    def _tried(self, path: Path, machine: Machine, found: Fit, run: RunPlan | None) -> Trial:
        """What one trial measures; kept for the next predictions."""
        if found.verdict is Verdict.WONT_FIT:
            raise EnvironmentFault(found.why, found.change)
        model: ModelFile = self._store.inspect(path)
        # The engine runs on the processor's cores, so that is what is measured.
        plan = LoadPlan(found.plan.context, run.threads if run else found.plan.threads)
        engine = Engine(threads=plan.threads)
        trial: Trial | None = None
        try:
            with stopped_by_interrupt() as stop:
                for event in try_out(engine, self._fitting, model, machine, plan, stop, run=run):
                    match event:
                        case Prefilling(done, total):
                            output.progress(f"{shown(model.name)}: {done} of {total} tokens read")
                        case Trial():
                            trial = event
        finally:
            output.end_progress()
            engine.close()
        assert trial is not None
        return trial

    def _best_plan(self, path: Path, machine: Machine, arguments: argparse.Namespace) -> MeasuredPlan:
        """How the model runs best, measured anew and kept for when it is loaded."""
        measured: MeasuredPlan | None = None
        with stopped_by_interrupt() as stop:
            for event in measure_plan(self._store.inspect(path), machine, stop, threads=arguments.threads):
                match event:
                    case PlanTried(plan, read, write):
                        speed = f"reads {read:,.0f} and writes {write:,.0f} tokens a second"
                        output.progress(f"{plan_words(plan)}: {speed}")
                    case MeasuredPlan():
                        measured = event
        output.end_progress()
        assert measured is not None
        if not arguments.threads:
            self._plans.keep(path, self._fitting.here(), measured)
        return measured

    def _use(self, path: Path, name: str) -> int:
        tuned = self._store.layouts.choose(path, name)
        if tuned is None:
            raise BadInput(f"There is no layout {name} of this model here.", "Tune the model to see which there are.")
        if self._json:
            output.as_json(tuned_object(tuned))
        else:
            output.say(f"{shown(tuned.model)} is loaded as {name} from the next start of Privet on.")
        return EXIT_OK

    def _tell(self, event: TuneEvent) -> None:
        match event:
            case LayoutMaking(layout, done, total, left):
                wait = f", about {left:.0f} s left" if left is not None else ""
                output.progress(f"{layout} is being made: {done} of {total} weights{wait}")
            case LayoutMeasuring(layout, what, done, total):
                output.progress(f"{layout}: {what}, {done} of {total} tokens")
            case LayoutMeasured(layout, known):
                output.end_progress()
                when = "measured before" if known else "measured"
                output.aside(
                    f"{layout.name} {when}: reads {layout.read:,.0f}, writes {layout.write:,.0f} tokens a second"
                )
            case LayoutPassedOver(name, why):
                output.end_progress()
                output.aside(f"{name} was not tried. {why}")
            case Tuned():
                pass

    def _say_tuned(self, tuned: Tuned) -> None:
        if self._json:
            output.as_json(tuned_object(tuned))
            return
        cores = "1 core" if tuned.threads == 1 else f"{tuned.threads} cores"
        output.say(f"{shown(tuned.model)} on this computer, with {cores}:")
        for line in tuned_lines(tuned):
            output.say(line)
        if not tuned.best.source:
            output.say(f"    {tuned.recommended} is used from the next start of Privet on. The original stays.")

    def _say_fit(self, path: Path, used: Path, found: Fit, kept: MeasuredPlan | None) -> None:
        if self._json:
            about: dict[str, object] = {"name": path.stem, "path": str(path), "loaded": str(used)}
            output.as_json(about | fit_object(found) | {"run_plan": plan_object(kept)})
            return
        told = found.prediction
        basis = "measured here" if told.measured else "from other measurements here" if told.corrected else "estimated"
        output.say(f"{shown(path.stem)}: {found.verdict} ({basis}; quality {found.quality})")
        for line in fit_lines(found):
            output.say(line)
        if used != path:
            output.say(f"    loaded as {shown(used.name)}, which was made here")
        if kept is not None:
            output.say(f"    runs best with {plan_words(kept.plan)} (measured here)")

    def _say_bench(self, path: Path, told: Fit, seen: Trial, measured: MeasuredPlan) -> None:
        predicted = told.prediction
        if self._json:
            output.as_json(
                {
                    "name": path.stem,
                    "path": str(path),
                    "measured": {"read": seen.read, "write": seen.write, "memory": seen.memory},
                    "predicted": fit_object(told),
                    "run_plan": plan_object(measured),
                }
            )
            return
        output.say(f"{shown(path.stem)} on this computer:")
        for what, seen_value, told_value in (
            ("reads", seen.read, predicted.read),
            ("writes", seen.write, predicted.write),
        ):
            output.say(f"    {what:<7} {seen_value:>8,.0f} tokens a second (predicted {told_value:,.0f})")
        if seen.memory is not None:
            output.say(
                f"    memory  {seen.memory / 1e6:>8,.0f} MB with a question in its window"
                f" (predicted {predicted.memory.total / 1e6:,.0f} with the window full)"
            )
        output.say(f"    runs best with {plan_words(measured.plan)}")

    def _say_fault(self, path: Path, error: PrivetError) -> None:
        output.end_progress()
        if self._json:
            output.as_json({"path": str(path), "what": error.what, "do": error.do})
        else:
            output.aside(f"{shown_path(path)}:")
            output.fault(error)
