"""`privet models`: which there are, which would run well here, and how they come and go. Needs no open vault."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from assistant.app import deaths_file, model_plans, model_store
from assistant.cli import output
from assistant.cli.ask import stopped_by_interrupt
from assistant.cli.main import EXIT_FAULT, EXIT_OK, EXIT_STOPPED
from assistant.cli.models_measuring import Measuring
from assistant.cli.models_words import (
    facts_lines,
    found_object,
    overriding_lines,
    overriding_object,
    plan_object,
    plan_words,
    tuned_lines,
    tuned_object,
)
from assistant.engine import Deaths, look
from assistant.errors import BadInput, PrivetError, Stopped
from assistant.models import Collection, usable_devices, use_embedder, use_reranker
from assistant.modelstore import Fitting, ModelStore, shown, shown_path
from assistant.policy import read_policy
from assistant.settings import Folders, Settings, options
from assistant.values import (
    Copying,
    FoundModel,
    Imported,
    ImportFinished,
    InstalledModel,
    Kept,
    NotImported,
    Stop,
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
        "fit": terminal.measuring.fit,
        "tune": terminal.measuring.tune,
        "bench": terminal.measuring.bench,
        "retry": terminal.retry,
        "run": terminal.run,
        "embedder": terminal.embedder,
        "reranker": terminal.reranker,
    }
    return actions[arguments.action](arguments)


class _Terminal:
    """The actions, in words or as JSON."""

    def __init__(self, folders: Folders, *, json: bool) -> None:
        self._json = json
        self._folders = folders
        self._store: ModelStore = model_store(folders)
        self._fitting = Fitting(folders, self._store)
        self._settings = Settings(folders, read_policy().options)
        self._plans = model_plans(folders, self._fitting)
        if self._store.rules.warning:
            output.aside(self._store.rules.warning)

    @property
    def measuring(self) -> Measuring:
        """What is measured, and what is predicted from it."""
        return Measuring(
            self._store,
            self._fitting,
            self._plans,
            self._chosen(),
            lambda: usable_devices(self._settings, look),
            json=self._json,
        )

    def listed(self, arguments: argparse.Namespace) -> int:
        """The installed models; or those of other programs; or those of the catalogue."""
        if arguments.choices:
            return self.measuring.choices(arguments.need)
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
        tuned, plan = None, None
        if model.kind == "chat" and model.present:
            about |= {
                "facts": asdict(self._fitting.facts(model.path)),
                "notes": list(self._store.inspect(model.path).notes),
            }
            tuned = self._store.layouts.read(model.path)
            plan = self._plans.read(self._store.layouts.used(model.path), self._fitting.here())
            about |= {"tuned": None if tuned is None else tuned_object(tuned), "run_plan": plan_object(plan)}
        if self._json:
            output.as_json(about)
            return EXIT_OK
        output.say(f"{shown(model.name)}{self._marks(model)}")
        output.say(f"    file       {shown_path(model.path)}")
        output.say(f"    size       {model.size / 1e9:.2f} GB, {model.kept}")
        output.say(f"    licence    {model.licence or 'its makers do not say'}")
        output.say(f"    checksum   {model.sha256 or 'not computed'}")
        for line in facts_lines(about.get("facts")):
            output.say(line)
        for note in self._notes(about):
            output.say(f"    {note}")
        if plan is not None:
            output.say(f"    runs best with {plan_words(plan.plan)} (measured here)")
        for line in tuned_lines(tuned) if tuned is not None else ():
            output.say(line)
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
            what = {"chat": "answers", "reranker": "orders passages"}.get(model.kind, "searches")
            raise BadInput(f"{shown(model.name)} is the model that {what}.", "Choose another model first.")
        self._store.remove(model)
        if self._json:
            output.as_json({"removed": self._object(model)})
        elif model.kept is Kept.IN_PLACE:
            output.say(f"{shown(model.name)} is off the list; its file stays where it is.")
        else:
            output.say(f"{shown(model.name)} was removed.")
        return EXIT_OK

    def embedder(self, arguments: argparse.Namespace) -> int:
        """Say which embedding model is to search, or choose it; what is kept is learned with it in the background."""
        if arguments.model:
            use_embedder(self._store, self._settings, self._store.find(arguments.model))
        chosen = self._settings.get(options.EMBEDDING_MODEL)
        path = Path(chosen) if chosen else self._store.embedded_embedder()
        model = next((one for one in self._store.installed() if one.path == path), None)
        name = path.name if model is None else model.name
        if self._json:
            output.as_json({"name": name, "path": str(path), "own": not chosen})
            return EXIT_OK
        output.say(f"{shown(name)} is the model that searches your documents by meaning.")
        if arguments.model:
            output.say("They are learned with it in pauses while Privet is open, or at once with: privet index rebuild")
            output.say("Until it has all of them, the model before it searches; it takes over at the start after that.")
        return EXIT_OK

    def reranker(self, arguments: argparse.Namespace) -> int:
        """Say which model orders what is found, or choose one, or none."""
        if arguments.model:
            use_reranker(
                self._store, self._settings, None if arguments.model == "none" else self._store.find(arguments.model)
            )
        chosen = self._settings.get(options.RERANKER)
        model = next((one for one in self._store.installed() if str(one.path) == chosen), None)
        name = model.name if model is not None else Path(chosen).stem
        if self._json:
            output.as_json({"name": name, "path": chosen})
        elif chosen:
            output.say(f"{shown(name)} puts the passages that a search finds in order.")
        else:
            output.say("No model puts the passages that a search finds in order: the search has an order of its own.")
        return EXIT_OK

    def run(self, arguments: argparse.Namespace) -> int:
        """Say what each way to run a model would mean, and keep what is chosen."""
        model = self._store.find(arguments.model or str(self._chosen()))
        collection = Collection(self._store, self._fitting, self._settings, lambda path: None)
        given = {"context": arguments.context, "threads": arguments.threads, "gpu_layers": arguments.layers}
        given |= {"kv_type": None if arguments.kv is None else arguments.kv.replace("auto", "")}
        wanted = {name: value for name, value in given.items() if value is not None}
        found = collection.overriding(model)
        if wanted:
            collection.override(model, replace(found.wish, **wanted))
            found = collection.overriding(model)
        if self._json:
            output.as_json(overriding_object(found))
            return EXIT_OK
        output.say(f"{shown(model.name)}: {found.fit.why}")
        for line in overriding_lines(found):
            output.say(line)
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
            output.as_json([found_object(model) for model in found])
            return EXIT_OK
        for model in found:
            output.say(
                f"{model.size / 1e9:>6.2f} GB  {model.program}:{shown(model.name)}  ({shown_path(model.files[0])})"
            )
        if not found:
            output.say("No other program that Privet knows keeps models here.")
        return EXIT_OK

    def _chosen(self) -> Path:
        """The file of the model that answers."""
        chosen = self._settings.get(options.CHAT_MODEL)
        return Path(chosen) if chosen else self._store.embedded_chat()

    def _in_use(self, model: InstalledModel) -> bool:
        chosen = self._settings.get(options.EMBEDDING_MODEL)
        if model.kind == "embedding":
            return model.path == (Path(chosen) if chosen else self._store.embedded_embedder())
        if model.kind == "reranker":
            return str(model.path) == self._settings.get(options.RERANKER)
        return model.path == self._chosen()

    def _marks(self, model: InstalledModel) -> str:
        marks = [str(model.kept)] if model.kept is not Kept.COPIED else []
        marks += (
            [{"chat": "answers now", "reranker": "orders"}.get(model.kind, "searches")] if self._in_use(model) else []
        )
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
