"""`privet models`: which there are, which would run well here, and how they come and go. Needs no open vault."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final

from assistant.app import deaths_file, model_store
from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED
from assistant.engine import Deaths, Engine
from assistant.errors import BadInput, EnvironmentFault, PrivetError, Stopped
from assistant.models import Trial, try_out
from assistant.modelstore import NEEDS, Fitting, ModelStore, shown, shown_path
from assistant.settings import Folders, Settings, options
from assistant.values import (
    Copying,
    Fit,
    FoundModel,
    Imported,
    ImportFinished,
    InstalledModel,
    Kept,
    LoadPlan,
    Machine,
    ModelChoice,
    ModelFile,
    NotImported,
    Prefilling,
    Stop,
    Verdict,
)

_LANGUAGES_SHOWN: Final = 8


def run(arguments: argparse.Namespace) -> int:
    """Do what `privet models ACTION` says; returns the exit status."""
    folders = Folders.standard()
    terminal = _Terminal(folders, json=arguments.json)
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "list": terminal.listed,
        "show": terminal.show,
        "import": terminal.bring,
        "remove": terminal.remove,
        "verify": terminal.verify,
        "fit": terminal.fit,
        "retry": terminal.retry,
    }
    return actions[arguments.action](arguments)


class _Terminal:
    """The actions, in words or as JSON."""

    def __init__(self, folders: Folders, *, json: bool) -> None:
        self._json = json
        self._folders = folders
        self._store: ModelStore = model_store(folders)
        self._fitting = Fitting(folders, self._store)
        self._settings = Settings(folders)
        if self._store.rules.warning:
            output.aside(self._store.rules.warning)

    def listed(self, arguments: argparse.Namespace) -> int:
        """The installed models; or those of other programs; or those of the catalogue."""
        if arguments.choices:
            return self._choices(arguments.need)
        if arguments.elsewhere:
            return self._elsewhere()
        models = self._store.installed()
        if self._json:
            output.as_json([self._object(model) for model in models])
            return EXIT_OK
        for number, model in enumerate(models, start=1):
            size = f"{model.size / 1e9:>6.2f} GB"
            output.say(f"{number:>3}  {size}  {model.kind:<9}  {shown(model.name)}{self._marks(model)}")
        return EXIT_OK

    def show(self, arguments: argparse.Namespace) -> int:
        """All that is known about one model."""
        model = self._store.find(arguments.model)
        about = self._object(model)
        if model.kind == "chat" and model.present:
            about |= {
                "facts": asdict(self._fitting.facts(model.path)),
                "notes": list(self._store.inspect(model.path).notes),
            }
        if self._json:
            output.as_json(about)
            return EXIT_OK
        output.say(f"{shown(model.name)}{self._marks(model)}")
        output.say(f"    file       {shown_path(model.path)}")
        output.say(f"    size       {model.size / 1e9:.2f} GB, {model.kept}")
        output.say(f"    licence    {model.licence or 'its makers do not say'}")
        output.say(f"    checksum   {model.sha256 or 'not computed'}")
        for line in _facts(about.get("facts")):
            output.say(line)
        for note in self._notes(about):
            output.say(f"    {note}")
        return EXIT_OK

    def bring(self, arguments: argparse.Namespace) -> int:
        """Import, with progress; one line (or object) a model."""
        finished = ImportFinished(0, 0)
        with stopped_by_interrupt() as stop:
            for event in self._brought(arguments.paths, stop, in_place=arguments.in_place):
                match event:
                    case Copying(path, done, total, left):
                        wait = f", about {left:.0f} s left" if left is not None else ""
                        output.progress(f"{shown(path)}: {done / 1e6:,.0f} of {total / 1e6:,.0f} MB{wait}")
                    case Imported():
                        output.end_progress()
                        self._say_imported(event)
                    case NotImported():
                        output.end_progress()
                        self._say_not_imported(event)
                    case ImportFinished():
                        finished = ImportFinished(
                            finished.imported + event.imported, finished.failed + event.failed, event.stopped
                        )
        output.end_progress()
        if finished.stopped:
            return EXIT_STOPPED
        return EXIT_FAULT if finished.failed or not finished.imported else EXIT_OK

    def remove(self, arguments: argparse.Namespace) -> int:
        """Remove a model; the one that answers is not removed from under the person."""
        model = self._store.find(arguments.model)
        if self._in_use(model):
            raise BadInput(f"{shown(model.name)} is the model that answers.", "Choose another model first.")
        self._store.remove(model)
        if self._json:
            output.as_json({"removed": self._object(model)})
        elif model.kept is Kept.IN_PLACE:
            output.say(f"{shown(model.name)} is off the list; its file stays where it is.")
        else:
            output.say(f"{shown(model.name)} was removed.")
        return EXIT_OK

    def retry(self, arguments: argparse.Namespace) -> int:
        """Set no model aside any more."""
        Deaths(deaths_file(self._folders)).try_again()
        if self._json:
            output.as_json({"retried": True})
        else:
            output.say("The next question tries the language model again.")
        return EXIT_OK

    def verify(self, arguments: argparse.Namespace) -> int:
        """Compare checksums; 1 if one is not what it was."""
        models = [self._store.find(arguments.model)] if arguments.model else list(self._store.installed())
        status = EXIT_OK
        with stopped_by_interrupt() as stop:
            for model in models:
                fault = ""
                try:
                    for step in self._store.check(model, stop):
                        output.progress(f"{shown(model.name)}: {step.done / 1e6:,.0f} of {step.total / 1e6:,.0f} MB")
                except Stopped:
                    raise
                except PrivetError as error:
                    fault, status = f"{error.what} {error.do}", EXIT_FAULT
                output.end_progress()
                if self._json:
                    output.as_json({"name": model.name, "path": str(model.path), "intact": not fault, "fault": fault})
                else:
                    output.say(f"{'FAULT' if fault else 'ok   '}  {shown(model.name)}{': ' + fault if fault else ''}")
        return status

    def fit(self, arguments: argparse.Namespace) -> int:
        """Whether models would run well here; 1 if one that was named does not fit or can't be read."""
        machine = self._fitting.machine()
        status = EXIT_OK
        for path in self._named(arguments.model):
            try:
                if arguments.measure:
                    self._measure(path, machine, arguments)
                found = self._fitting.fit(path, machine, context=arguments.context, threads=arguments.threads)
            except Stopped:
                raise
            except PrivetError as error:
                if not arguments.model:
                    continue  # of what lies in the folder, only what is sound
                status = EXIT_FAULT
                output.end_progress()
                if self._json:
                    output.as_json({"path": str(path), "what": error.what, "do": error.do})
                else:
                    output.fault(error)
                continue
            self._say_fit(path.stem, str(path), found)
            if arguments.model and found.verdict is Verdict.WONT_FIT:
                status = EXIT_FAULT
        return status

    def _named(self, names: Sequence[str]) -> Iterator[Path]:
        """The files of the models named; a path need not be on the list. Without names, of all chat models."""
        if not names:
            yield from (model.path for model in self._store.installed() if model.kind == "chat" and model.present)
        for name in names:
            path = Path(name).expanduser()
            yield path.absolute() if path.is_file() else self._store.find(name).path

    def _measure(self, path: Path, machine: Machine, arguments: argparse.Namespace) -> None:
        model: ModelFile = self._store.inspect(path)
        found = self._fitting.fit(path, machine, context=arguments.context, threads=arguments.threads)
        if found.verdict is Verdict.WONT_FIT:
            raise EnvironmentFault(found.why, found.change)
        # The engine runs on the processor's cores, so that is what is measured.
        plan = LoadPlan(found.plan.context, found.plan.threads)
        engine = Engine(threads=plan.threads)
        try:
            with stopped_by_interrupt() as stop:
                for event in try_out(engine, self._fitting, model, machine, plan, stop):
                    match event:
                        case Prefilling(done, total):
                            output.progress(f"{shown(model.name)}: {done} of {total} tokens read")
                        case Trial():
                            output.end_progress()
        finally:
            engine.close()

    def _brought(
        self, names: Sequence[str], stop: Stop, *, in_place: bool
    ) -> Iterator[Copying | Imported | NotImported | ImportFinished]:
        """What is a path is brought as one; else it is the name of a model of another program."""
        paths = [Path(name) for name in names if Path(name).expanduser().exists() or ":" not in name]
        if paths:
            yield from self._store.bring(paths, stop, in_place=in_place)
        for name in names:
            if Path(name) not in paths:
                yield from self._store.bring_found(self._found(name, stop), stop, in_place=in_place)

    def _found(self, name: str, stop: Stop) -> FoundModel:
        program, _, wanted = name.partition(":")
        for model in self._store.elsewhere(stop):
            if model.program.casefold() == program.casefold() and model.name == wanted:
                return model
        raise BadInput(
            f"There is no file {name}, and no model of that name in another program.",
            "See them with: privet models list --elsewhere",
        )

    def _elsewhere(self) -> int:
        with stopped_by_interrupt() as stop:
            found = list(self._store.elsewhere(stop))
        if self._json:
            output.as_json([_found_object(model) for model in found])
            return EXIT_OK
        for model in found:
            output.say(
                f"{model.size / 1e9:>6.2f} GB  {model.program}:{shown(model.name)}  ({shown_path(model.files[0])})"
            )
        if not found:
            output.say("No other program that Privet knows keeps models here.")
        return EXIT_OK

    def _choices(self, need: str | None) -> int:
        if need is not None and need not in NEEDS:
            raise BadInput(f"{need} is no need that the list knows.", f"It may be one of {', '.join(NEEDS)}.")
        machine = self._fitting.machine()
        chosen = [choice for choice in self._fitting.choices() if need is None or need in choice.needs]
        if self._json:
            output.as_json([_choice_object(choice, self._fitting.fit_choice(choice, machine)) for choice in chosen])
            return EXIT_OK
        for choice in chosen:
            for line in _choice_lines(choice, self._fitting.fit_choice(choice, machine)):
                output.say(line)
        output.say("Privet fetches none of them. Get the file from the page, then: privet models import FILE")
        return EXIT_OK

    def _in_use(self, model: InstalledModel) -> bool:
        chosen = self._settings.get(options.CHAT_MODEL)
        path = Path(chosen) if chosen else self._store.embedded_chat()
        return model.path == path

    def _marks(self, model: InstalledModel) -> str:
        marks = [str(model.kept)] if model.kept is not Kept.COPIED else []
        marks += ["answers now"] if self._in_use(model) else []
        marks += [] if model.present else ["MISSING OR CHANGED"]
        marks += [f"from {model.program}"] if model.program else []
        return f"  ({', '.join(marks)})" if marks else ""

    def _object(self, model: InstalledModel) -> dict[str, object]:
        return asdict(model) | {
            "path": str(model.path),
            "files": [str(path) for path in model.files],
            "kept": str(model.kept),
            "in_use": self._in_use(model),
        }

    def _notes(self, about: dict[str, object]) -> list[str]:
        notes = about.get("notes")
        return [str(note) for note in notes] if isinstance(notes, list) else []

    def _say_imported(self, event: Imported) -> None:
        if self._json:
            output.as_json({"state": "known" if event.known else "imported", "model": self._object(event.model)})
            return
        model = event.model
        how = "is there already" if event.known else f"was imported ({model.kept}, {model.size / 1e9:.2f} GB)"
        output.say(f"{shown(model.name)} {how}. Licence: {model.licence or 'its makers do not say'}.")
        for note in event.notes:
            output.say(f"    {note}")

    def _say_not_imported(self, event: NotImported) -> None:
        if self._json:
            output.as_json({"state": "refused", "path": str(event.path), "what": event.what, "do": event.do})
        else:
            output.say(f"{shown(event.path)} was not imported. {event.what} {event.do}")

    def _say_fit(self, name: str, path: str, found: Fit) -> None:
        if self._json:
            output.as_json({"name": name, "path": path} | fit_object(found))
            return
        told = found.prediction
        basis = "measured here" if told.measured else "from other measurements here" if told.corrected else "estimated"
        output.say(f"{shown(name)}: {found.verdict} ({basis}; quality {found.quality})")
        output.say(f"    {found.why}")
        if found.change:
            output.say(f"    {found.change}")
        output.say(
            f"    reads {told.read:,.0f} and writes {told.write:,.0f} tokens a second; context {found.plan.context:,}, "
            f"{found.plan.threads} cores, cache {found.plan.kv_type}"
        )


def fit_object(found: Fit) -> dict[str, object]:
    """A fit as JSON prints it; bytes, seconds, tokens a second."""
    return {
        "verdict": str(found.verdict),
        "quality": str(found.quality),
        "why": found.why,
        "change": found.change,
        "plan": asdict(found.plan),
        "memory": asdict(found.prediction.memory) | {"total": found.prediction.memory.total},
        "read": found.prediction.read,
        "write": found.prediction.write,
        "first_word": found.prediction.first_word,
        "measured": found.prediction.measured,
        "corrected": found.prediction.corrected,
    }


def _found_object(model: FoundModel) -> dict[str, object]:
    return asdict(model) | {"files": [str(path) for path in model.files]}


def _choice_object(choice: ModelChoice, found: Fit | None) -> dict[str, object]:
    return asdict(choice) | {"sources": dict(choice.sources), "fit": None if found is None else fit_object(found)}


def _choice_lines(choice: ModelChoice, found: Fit | None) -> Iterator[str]:
    verdict = (
        f"{found.verdict}, writes about {found.prediction.write:.0f} tokens/s"
        if found
        else "can't be told before it is here"
    )
    yield f"{choice.name} ({choice.parameters / 1e9:.2g} billion, {choice.licence}): {verdict}"
    files = ", ".join(f"{file.quantization} {file.size / 1e9:.2f} GB" for file in choice.files) or "sizes not known"
    languages = ", ".join(choice.languages[:_LANGUAGES_SHOWN]) or "languages not known"
    needs = ", ".join(need.replace("_", " ") for need in choice.needs) or "sums and logic"
    yield f"    for {needs}; {languages}; {files}"
    if choice.note:
        yield f"    {choice.note}"
    yield f"    {choice.page}"


def _facts(facts: object) -> Iterator[str]:
    if isinstance(facts, dict):
        weights = f"{facts['parameters'] / 1e9:.2f} billion, {facts['quantization']}, {facts['bits']:.1f} bits each"
        yield f"    weights    {weights}"
        yield f"    context    {facts['context_length']:,} tokens, {facts['layers']} layers"
