"""Where the models are, and what their files say about themselves."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from assistant.errors import ModelMissing, ModelUnreadable
from assistant.modelstore import families, gguf, shape
from assistant.modelstore.catalog import CatalogModel, read_catalog
from assistant.settings import Folders
from assistant.values import ModelFile

_DAMAGED: Final = (
    "“{name}” is damaged, or was made to do harm: what it says about itself makes no sense.",
    "Get it again from a source that you trust, or choose another model.",
)
# By the code of NotSound: what happened and what to do.
_SENTENCES: Final = {
    "not-gguf": ("“{name}” is not a language model file.", "Choose a file of the kind GGUF; its name ends in .gguf."),
    "cut-off": ("“{name}” is cut off: a part of it is missing.", "Get the whole file again, or choose another model."),
    "version": (
        "“{name}” was written in a version of the model format that Privet can't read.",
        "Choose a newer file of this model, or another model.",
    ),
    "weights": (
        "“{name}” keeps its numbers in a way that this version of Privet does not know.",
        "Choose another file of this model, for example one with Q4_0 or Q8_0 in its name.",
    ),
    "byte-order": ("“{name}” was made for another kind of computer.", "Choose another file of this model."),
    "not-chat": ("“{name}” is a model that can't hold a conversation.", "Choose a chat or “instruct” model."),
    "split": ("“{name}” is one part of a model in several files.", "Choose a model that is one file."),
}


class ModelStore:
    """The models that come with Privet and those that a person added."""

    def __init__(self, folders: Folders) -> None:
        self._embedded = folders.embedded_models
        self._added = folders.models

    def embedded_chat(self) -> Path:
        """The chat model that comes with Privet. Raises ModelMissing."""
        return self._first("chat")

    def embedded_embedder(self) -> Path:
        """The folder of the embedding model that comes with Privet. Raises ModelMissing."""
        return self._first("embedding")

    def inspect(self, path: Path) -> ModelFile:
        """Read and judge the header of a chat model. Raises ModelMissing, ModelUnreadable."""
        try:
            header, size = _header(path)
            context_length = shape.context_length(header)
        except gguf.NotSound as error:
            raise _unreadable(path, error) from error
        except FileNotFoundError as error:
            raise ModelMissing(
                f"There is no model file at {path}.", "Put it back, or choose another model in the settings."
            ) from error
        except OSError as error:
            reason = (error.strerror or "the disk does not answer").lower()
            raise ModelUnreadable(
                f"“{path.name}” could not be opened ({reason}).", "Check that you may read it, or choose another model."
            ) from error
        return ModelFile(
            path,
            self._name(path),
            header.text("general.architecture"),
            families.family(header),
            context_length,
            size,
        )

    def list(self) -> tuple[ModelFile, ...]:
        """The sound chat models: those that come with Privet first, then those that were added, by name."""
        paths = [self._embedded / model.path for model in self._catalog() if model.kind == "chat"]
        if self._added.is_dir():
            paths += sorted(self._added.glob("*.gguf"), key=lambda path: path.name.casefold())
        sound: list[ModelFile] = []
        for path in paths:
            try:
                sound.append(self.inspect(path))
            except (ModelMissing, ModelUnreadable):
                continue  # whoever asks for this one by its path hears why
        return tuple(sound)

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

    def _catalog(self) -> tuple[CatalogModel, ...]:
        return read_catalog(self._embedded)

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
        """The catalogue's name, or else the file's: what a header calls itself is anybody's claim."""
        try:
            known = self._known(path)
        except ModelMissing:
            known = None
        return known.name if known else path.stem


def _header(path: Path) -> tuple[gguf.Header, int]:
    """The header and the size in bytes. A pipe or a device is refused, not waited for."""
    if not stat.S_ISREG(path.stat().st_mode):
        raise gguf.NotSound("not-gguf", "no regular file")
    with path.open("rb", buffering=1 << 20) as file:
        size = os.fstat(file.fileno()).st_size
        return gguf.read_header(file, size, families.MARKS), size


def _unreadable(path: Path, error: gguf.NotSound) -> ModelUnreadable:
    what, do = _SENTENCES.get(error.code, _DAMAGED)
    return ModelUnreadable(what.format(name=path.name), do)


def _not_there(name: str, path: Path) -> ModelMissing:
    return ModelMissing(
        f"The model {name}, which comes with Privet, is not at {path}.",
        "Install Privet again, or choose another model.",
    )
