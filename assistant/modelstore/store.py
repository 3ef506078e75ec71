"""Where the models are, what their files say about themselves, and how they come and go."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator, Sequence
from contextlib import suppress
from pathlib import Path

from assistant.errors import EnvironmentFault, ModelMissing, ModelUnreadable, NotFound
from assistant.modelstore import allowed, discovery, gguf, headers, ready, refusals, shape
from assistant.modelstore.adapters import hold_to_model
from assistant.modelstore.catalog import CatalogModel, read_catalog
from assistant.modelstore.copying import Progress, SourceChanged, checksum
from assistant.modelstore.importing import Import, LookAtEmbedder, Wish, wish_for
from assistant.modelstore.layouts import Layouts
from assistant.modelstore.names import shown_path
from assistant.modelstore.shelf import Entry, Mark, Shelf, mark
from assistant.modelstore.speech import speech
from assistant.settings import Folders
from assistant.values import Copying, FoundModel, ImportEvent, InstalledModel, Kept, ModelFile, Stop


class ModelStore:
    """The models that come with Privet and those that a person added."""

    def __init__(
        self, folders: Folders, look_at_embedder: LookAtEmbedder | None = None, rules: allowed.Rules | None = None
    ) -> None:
        """look_at_embedder: judges an embedding model's folder. rules: instead of those that this computer has."""
        self._embedded = folders.embedded_models
        self._shelf = Shelf(folders.models)
        self._look_at_embedder = look_at_embedder
        self._rules = rules if rules is not None else allowed.read_rules(allowed.standard_place())
        self._layouts = Layouts(folders.models, frozen=self._rules.allowed is not None)
        self._sums: dict[tuple[str, int, int], str] = {}

    @property
    def rules(self) -> allowed.Rules:
        """What whoever manages this computer says about models."""
        return self._rules

    @property
    def layouts(self) -> Layouts:
        """What was made of models on this machine."""
        return self._layouts

    @property
    def folder(self) -> Path:
        """Where the models lie that were added; it may not be there yet."""
        return self._shelf.folder

    def embedded_chat(self) -> Path:
        """The chat model that comes with Privet. Raises ModelMissing."""
        return self._first("chat")

    def embedded_embedder(self) -> Path:
        """The folder of the embedding model that comes with Privet. Raises ModelMissing."""
        return self._first("embedding")

    def inspect(self, path: Path) -> ModelFile:
        """Read and judge the header of a chat model before it is loaded. Raises ModelMissing, ModelUnreadable.

        One that was checked when it was added and changed since, or whose checksum is not allowed, is refused.
        """
        self._hold_to_shelf(path)
        model = self._judged(path)[1]
        self._hold_to_rules(path)
        return model

    def list(self) -> tuple[ModelFile, ...]:
        """The sound chat models: those that come with Privet first, then those that were added, by name."""
        sound: list[ModelFile] = []
        for model in self.installed():
            if model.kind != "chat":
                continue
            with suppress(ModelMissing, ModelUnreadable):  # whoever asks for this one by its path hears why
                sound.append(self.inspect(model.path))
        return tuple(sound)

    def installed(self) -> tuple[InstalledModel, ...]:
        """All that is listed, without opening a file: what comes with Privet first, then the others, by name.

        The others were added, or lie in the folder that the rules name, where they are used in place.
        """
        embedded = [self._came_with(model) for model in self._catalog()]
        added = [entry.model() for entry in self._shelf.entries()]
        known = {path for model in added for path in model.files}
        with suppress(OSError):
            # A file that somebody put into the folder by hand is there too, unchecked.
            for path in self.folder.glob("*.gguf"):
                if path not in known and (discovery.part_of(path) or ("", 1, 1))[1] == 1:
                    added.append(_by_hand(path))
        added += [model for model in self._ready() if not known.intersection(model.files)]
        return (*embedded, *sorted(added, key=lambda model: model.name.casefold()))

    def find(self, named: str) -> InstalledModel:
        """The model with this number (from 1, as listed), path or name. Raises NotFound."""
        listed = self.installed()
        if named.isdecimal() and 1 <= int(named) <= len(listed):
            return listed[int(named) - 1]
        path = Path(named).expanduser().absolute()
        named_so = [model for model in listed if path in (model.path, *model.files) or model.name == named]
        named_so = named_so or [model for model in listed if model.name.casefold() == named.casefold()]
        if len(named_so) != 1:
            how = "several models are" if named_so else "no model is"
            raise NotFound(
                f"In Privet's list {how} called “{shown_path(Path(named))}”.", "List the models to see them."
            )
        return named_so[0]

    def bring(self, paths: Sequence[Path], stop: Stop, *, in_place: bool = False) -> Iterator[ImportEvent]:
        """Add files and folders to the list: copied, shared with another program, or left where they are.

        Raises BadInput where another import is under way, EnvironmentFault.
        """
        yield from self._importer().bring(paths, stop, Wish(in_place))

    def bring_found(self, found: FoundModel, stop: Stop, *, in_place: bool = True) -> Iterator[ImportEvent]:
        """Add a model of another program under the name that it has there. Raises as `bring` does."""
        yield from self._importer().bring([found.files[0]], stop, wish_for(found, in_place))

    def elsewhere(self, stop: Stop, home: Path | None = None) -> Iterator[FoundModel]:
        """The models of other programs, and those that lie ready where the rules say; nothing is opened for it."""
        places = list(discovery.programs(home or Path.home(), dict(os.environ)))
        if self._rules.folder is not None:
            places.insert(0, (ready.WHOSE, self._rules.folder))
        yield from discovery.find(places, stop)

    def remove(self, model: InstalledModel) -> None:
        """Take a model off the list; what lies in Privet's folder goes, what lies elsewhere stays.

        Raises BadInput while an import is under way, EnvironmentFault for what comes with Privet or lies ready.
        """
        if model.kept is Kept.EMBEDDED:
            raise EnvironmentFault(
                f"{model.name} comes with Privet and is not removed.", "Choose another model instead."
            )
        if self._lies_ready(model):
            raise EnvironmentFault(
                f"{model.name} lies ready for everybody who uses this computer.", "Choose another model instead."
            )
        with self._shelf.locked():
            self._layouts.forget(model.path)
            self._shelf.drop(str(model.path))
            for path in model.files:
                # Asked of the path itself, not of what it may link to.
                if path.is_relative_to(self.folder) and ".." not in path.parts:
                    with suppress(OSError):
                        path.unlink()
                        _remove_empty(path.parent, self.folder)

    def checksum(self, path: Path) -> str:
        """SHA-256 of a model's file (of the first of several), from a list where it stands on one, else computed once.

        Raises ModelUnreadable.
        """
        model = self._known(path)
        if model is not None and model.files:
            return model.files[0].sha256
        entry = self._shelf.at(path)
        if entry is not None and entry.files and entry.files[0].still():
            return entry.files[0].sha256
        return self._sum(path)

    def verify(self, path: Path) -> bool:
        """Hold a model's files against the catalogue: False where the catalogue does not know it, True if all match.

        path: of a file or of a folder, as `embedded_chat` and `embedded_embedder` give it. Takes as long as
        reading the files does. Raises ModelMissing, and ModelUnreadable where a file is another.
        """
        model = self._known(path)
        if model is None:
            return False
        for file in model.files:
            place = self._embedded / file.path
            try:
                matches = file.matches(place)
            except OSError as error:
                raise _not_there(model.name, place) from error
            if not matches:
                raise ModelUnreadable(
                    f"“{place.name}” of the model {model.name} is not the file that came with Privet.",
                    "Install Privet again, or choose another model.",
                )
        return True

    def check(self, model: InstalledModel, stop: Stop) -> Iterator[Copying]:
        """Read a model's files through again and hold them against the checksums of when it was added.

        A file with another time but the same content counts as the same from then on. Raises ModelUnreadable,
        ModelMissing, Stopped.
        """
        if model.kept is Kept.EMBEDDED:
            self.verify(model.path)
            return
        if self._lies_ready(model):
            yield from ready.check(model, self._rules.allowed, stop)
            return
        entry = self._shelf.at(model.path)
        if entry is None:
            raise NotFound(f"{model.name} was put into the folder by hand.", "Import it, so that it can be checked.")
        marks: list[Mark] = []
        progress = Progress(entry.size)
        for known in entry.files:
            path = Path(known.path)
            try:
                sha256 = yield from checksum(path, progress, stop)
                if sha256 != known.sha256:
                    raise refusals.changed(path)
                marks.append(mark(path, sha256))
            except FileNotFoundError as error:
                raise refusals.not_there(path) from error
            except OSError as error:
                raise refusals.of(error, path) from error
            except SourceChanged as error:
                raise refusals.changed(path) from error
        self._shelf.renew(entry, tuple(marks))

    def header(self, path: Path) -> gguf.Header:
        """The header of a chat model, all parts together. Raises ModelMissing, ModelUnreadable."""
        return self._judged(path)[0]

    def hold_adapter(self, adapter: Path, model: Path) -> None:
        """Raises ModelMissing, ModelUnreadable for an adapter that can't be used beside a chat model."""
        self._hold_to_shelf(adapter)
        self._hold_to_rules(adapter)
        hold_to_model(adapter, model, self.header(model))

    def hold_reranker(self, path: Path) -> None:
        """Raises ModelMissing, ModelUnreadable for a model that can't order passages, or is not what it was."""
        self._hold_to_shelf(path)
        try:
            header = headers.whole(path)[0]
            if not headers.is_reranker(header):
                raise refusals.no_reranker(path)
            headers.hold_reranker(header)
        except (gguf.NotSound, OSError) as error:
            raise headers.fault(path, error) from error
        self._hold_to_rules(path)

    def hold_embedder(self, folder: Path) -> None:
        """Raises ModelMissing, ModelUnreadable for an embedding model that may not be used, or is not what it was."""
        if not (folder / "modules.json").is_file():
            raise ModelMissing(
                f"There is no embedding model at {shown_path(folder)}.", "Put it back, or choose another one."
            )
        self._hold_to_shelf(folder)
        if self._rules.allowed is None or self._known(folder) is not None:
            return
        for path in sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith(".")):
            if self._sum(path) not in self._rules.allowed:
                raise refusals.not_allowed(path)

    def _ready(self) -> tuple[InstalledModel, ...]:
        return ready.models(self._rules.folder) if self._rules.folder is not None else ()

    def _lies_ready(self, model: InstalledModel) -> bool:
        return self._shelf.at(model.path) is None and model.program == ready.WHOSE

    def _importer(self) -> Import:
        return Import(self._shelf, self._look, self._look_at_embedder, self._rules.allowed)

    def _look(self, path: Path) -> tuple[str, tuple[str, ...]]:
        header, model = self._judged(path)
        return header.text("general.license"), model.notes

    def _judged(self, path: Path) -> tuple[gguf.Header, ModelFile]:
        try:
            header, size = headers.whole(path)
            context_length = shape.context_length(header)
            name = self._name(path)
            spoken = speech(name, header, lambda wanted, tokens: headers.read(path, wanted, tokens)[0])
        except FileNotFoundError as error:
            raise ModelMissing(
                f"There is no model file at {shown_path(path)}.",
                "Put it back, or choose another model in the settings.",
            ) from error
        except (gguf.NotSound, OSError) as error:
            raise headers.fault(path, error) from error
        architecture = header.text("general.architecture")
        model = ModelFile(
            path, name, architecture, spoken.family, context_length, size, spoken.spelled, spoken.format, spoken.notes
        )
        return header, model

    def _hold_to_shelf(self, path: Path) -> None:
        entry = self._shelf.at(path)
        for known in entry.files if entry is not None else ():
            if Path(known.path).exists() and not known.still():
                raise refusals.changed(path)

    def _hold_to_rules(self, path: Path) -> None:
        """Refuse what is not on the list. What came with Privet was put there by whoever installed it."""
        if self._rules.allowed is None or self._known(path) is not None:
            return
        entry = self._shelf.at(path)
        marks = {known.path: known for known in entry.files} if entry is not None else {}
        for part in discovery.parts_of(path):
            known = marks.get(str(part))
            sha256 = known.sha256 if known is not None and known.still() else self._sum(part)
            if sha256 not in self._rules.allowed:
                raise refusals.not_allowed(part)

    def _sum(self, path: Path) -> str:
        """The checksum of a file that is on no shelf, computed once while Privet runs."""
        try:
            seen = path.stat()
            key = (str(path), seen.st_size, seen.st_mtime_ns)
            if key not in self._sums:
                with path.open("rb") as file:
                    self._sums[key] = hashlib.file_digest(file, "sha256").hexdigest()
            return self._sums[key]
        except OSError as error:
            raise headers.fault(path, error) from error

    def _catalog(self) -> tuple[CatalogModel, ...]:
        return read_catalog(self._embedded)

    def _came_with(self, model: CatalogModel) -> InstalledModel:
        files = tuple(self._embedded / file.path for file in model.files)
        return InstalledModel(
            name=model.name,
            kind=model.kind,
            path=self._embedded / model.path,
            files=files,
            size=sum(file.size for file in model.files),
            kept=Kept.EMBEDDED,
            sha256=model.files[0].sha256 if len(files) == 1 else "",
            licence=model.licence,
            present=all(path.is_file() for path in files),
        )

    def _first(self, kind: str) -> Path:
        for model in self._catalog():
            if model.kind == kind:
                path = self._embedded / model.path
                if not path.exists():
                    raise _not_there(model.name, path)
                return path
        raise ModelMissing("Privet came without a model for this.", "Install Privet again.")

    def _known(self, path: Path) -> CatalogModel | None:
        wanted = path.absolute()
        return next((model for model in self._catalog() if self._embedded / model.path == wanted), None)

    def _name(self, path: Path) -> str:
        """The catalogue's name, or else the list's, or the file's: what a header calls itself is anybody's claim."""
        try:
            known: CatalogModel | Entry | None = self._known(path) or self._shelf.at(path)
        except ModelMissing:
            known = None
        return known.name if known else path.stem


def _by_hand(path: Path) -> InstalledModel:
    with suppress(OSError):
        return InstalledModel(path.stem, "chat", path, (path,), path.stat().st_size, Kept.IN_PLACE)
    return InstalledModel(path.stem, "chat", path, (path,), 0, Kept.IN_PLACE, present=False)


def _remove_empty(folder: Path, models: Path) -> None:
    """Remove the folders of an embedder that is gone, up to the models folder."""
    while folder != models and folder.is_relative_to(models) and not os.listdir(folder):
        folder.rmdir()
        folder = folder.parent


def _not_there(name: str, path: Path) -> ModelMissing:
    return ModelMissing(
        f"The model {name}, which comes with Privet, is not at {path}.",
        "Install Privet again, or choose another model.",
    )
