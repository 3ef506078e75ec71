"""Bring models in: looked at first, then copied, linked or left where they lie, and listed only when they are whole."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Generator, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentFault, ModelUnreadable, PrivetError, Stopped
from assistant.modelstore import copying, discovery, headers, refusals
from assistant.modelstore.copying import Progress, SourceChanged
from assistant.modelstore.gguf import NotSound
from assistant.modelstore.names import safe_name, shown
from assistant.modelstore.shelf import Entry, Mark, Shelf, mark
from assistant.values import Copying, FoundModel, Imported, ImportEvent, ImportFinished, Kept, NotImported, Stop

_SPARE: Final = 256 << 20  # bytes of the disk that a copy leaves free
_MOST_EMBEDDER_FILES: Final = 200
_NUMBERED: Final = len("-00001-of-00001.gguf")

_ORDERS: Final = (
    "It puts the passages that were found in order; it can't chat. Choose it with: privet models reranker, or in the"
    " preferences."
)

Look = Callable[[Path], tuple[str, tuple[str, ...]]]
"""Judges a model's header; gives its licence and notes. Raises ModelMissing, ModelUnreadable."""
LookAtEmbedder = Callable[[Path], str]
"""Judges an embedding model's folder; gives its name. Raises ModelUnreadable, ModelMissing."""


@dataclass(frozen=True, slots=True)
class Wish:
    """How a model is to be kept. in_place: where it lies. program: whose it was, as "Ollama". name: as it has it."""

    in_place: bool = False
    program: str = ""
    name: str = ""


@dataclass(frozen=True, slots=True)
class _Task:
    """One model to bring in. loaded: which of `files` a loader is given; of an embedder, the folder."""

    kind: str
    name: str
    loaded: Path
    files: tuple[Path, ...]
    licence: str
    notes: tuple[str, ...]


class Import:
    """Brings models onto a shelf.

    allowed: checksums that may come in, None for all. look, look_at_embedder: judge what is brought.
    """

    def __init__(
        self, shelf: Shelf, look: Look, look_at_embedder: LookAtEmbedder | None, allowed: frozenset[str] | None
    ) -> None:
        self._shelf = shelf
        self._look = look
        self._look_at_embedder = look_at_embedder
        self._allowed = allowed

    def bring(self, paths: Sequence[Path], stop: Stop, wish: Wish) -> Iterator[ImportEvent]:
        """Bring in files and folders, one model after the other; what is refused does not keep the others out.

        Raises BadInput where another import is under way.
        """
        imported = failed = 0
        stopped = False
        with self._shelf.locked():
            copying.clean(self._shelf.folder, time.time())
            for path in dict.fromkeys(path.expanduser().absolute() for path in paths):
                for one in self._models_at(path, stop):
                    if isinstance(one, NotImported):
                        yield one
                        failed += 1
                        continue
                    try:
                        yield from self._one(one, stop, wish)
                        imported += 1
                    except Stopped:
                        stopped = True
                        break
                    except PrivetError as error:
                        failed += 1
                        yield NotImported(one, error.what, error.do)
                if stop.requested or stopped:
                    stopped = True
                    break
        yield ImportFinished(imported, failed, stopped)

    def _models_at(self, path: Path, stop: Stop) -> Iterator[Path | NotImported]:
        """What a person named: a file, an embedder's folder, or a folder with files, each model once."""
        if not path.is_dir() or (path / "modules.json").is_file():
            yield path
            return
        found = False
        for model in discovery.in_folder(path, stop):
            found = True
            yield model.files[0]
        if not found and not stop.requested:
            error = refusals.nothing_in(path)
            yield NotImported(path, error.what, error.do)

    def _one(self, path: Path, stop: Stop, wish: Wish) -> Iterator[Copying | Imported]:
        try:
            task = self._embedder(path) if path.is_dir() else self._file(path, wish)
            known = yield from self._known(task, stop)
            if known is None:
                entry = yield from self._kept(task, stop, wish)
                self._shelf.put(entry)
                yield Imported(entry.model(), notes=task.notes)
            else:
                yield Imported(known.model(), known=True, notes=task.notes)
        except SourceChanged as error:
            raise ModelUnreadable(
                f"“{shown(path)}” was written to while it was read.", "Wait until it is whole, then try again."
            ) from error
        except OSError as error:
            raise refusals.of(error, path) from error

    def _file(self, path: Path, wish: Wish) -> _Task:
        if path.suffix.lower() in refusals.PICKLES:
            raise refusals.pickle(path)
        if path.suffix.lower() == ".safetensors":
            raise refusals.safetensors(path)
        files = discovery.parts_of(path)
        try:
            header, _ = headers.read(files[0])
            if headers.is_adapter(header):
                headers.hold_adapter(header)
                return _Task("adapter", wish.name or path.stem, path, (path,), header.text("general.license"), ())
            if headers.is_reranker(header):
                headers.hold_reranker(headers.whole(files[0])[0])
                licence = header.text("general.license")
                return _Task("reranker", wish.name or path.stem, files[0], files, licence, (_ORDERS,))
        except NotSound as error:
            raise headers.unreadable(files[0], error) from error
        except FileNotFoundError as error:
            raise (
                refusals.part_missing(files[0], len(files)) if len(files) > 1 else refusals.not_there(path)
            ) from error
        licence, notes = self._look(files[0])
        split = discovery.part_of(files[0])
        name = wish.name or (split[0] if split else path.stem)
        return _Task("chat", name, files[0], files, licence or _licence_beside(path), notes)

    def _embedder(self, folder: Path) -> _Task:
        if self._look_at_embedder is None:
            raise refusals.nothing_in(folder)
        name = self._look_at_embedder(folder)
        files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.startswith("."))
        if len(files) > _MOST_EMBEDDER_FILES or any(path.is_symlink() for path in files):
            raise ModelUnreadable(
                f"“{shown(folder)}” holds more than an embedding model.", "Choose the folder of one model alone."
            )
        return _Task("embedding", name, folder, tuple(files), _licence_beside(folder / "model"), ())

    def _known(self, task: _Task, stop: Stop) -> Generator[Copying, None, Entry | None]:
        """The entry that is the same model, or None. Yields progress where that takes reading it through."""
        total = sum(path.stat().st_size for path in task.files)
        alike = [entry for entry in self._shelf.entries() if entry.kind == task.kind and entry.size == total]
        alike = [entry for entry in alike if len(entry.files) == len(task.files)]
        for entry in alike:
            if entry.loaded == str(task.loaded) and all(one.still() for one in entry.files):
                return entry
        if not alike:
            return None
        progress = Progress(total)
        sums: list[str] = []
        for path in task.files:
            found = yield from copying.checksum(path, progress, stop)
            sums.append(found)
        same = (entry for entry in alike if [one.sha256 for one in entry.files] == sums)
        return next((entry for entry in same if all(one.still() for one in entry.files)), None)

    def _kept(self, task: _Task, stop: Stop, wish: Wish) -> Generator[Copying, None, Entry]:
        """Bring the files to where they stay; the entry for the shelf."""
        total = sum(path.stat().st_size for path in task.files)
        if wish.in_place or task.loaded.is_relative_to(self._shelf.folder):
            progress = Progress(total)
            marks: list[Mark] = []
            for path in task.files:
                sha256 = yield from copying.checksum(path, progress, stop)
                marks.append(mark(path, self._permitted(path, sha256)))
            return self._entry(task, task.loaded, tuple(marks), Kept.IN_PLACE, wish)
        targets = self._targets(task)
        if _linkable(task.files, targets):
            return (yield from self._linked(task, targets, Progress(total), stop, wish))
        free = shutil.disk_usage(self._shelf.folder).free
        if free < total + _SPARE:
            raise refusals.no_room(task.loaded, total + _SPARE, free)
        return (yield from self._copied(task, targets, Progress(total), stop, wish))

    def _copied(
        self, task: _Task, targets: tuple[Path, ...], progress: Progress, stop: Stop, wish: Wish
    ) -> Generator[Copying, None, Entry]:
        """Copy all files to parts, and give them their names only when all are there."""
        parts = [self._shelf.folder / copying.part_name(path) for path in task.files]
        sums: list[str] = []
        try:
            for path, part in zip(task.files, parts, strict=True):
                sums.append((yield from copying.copy(path, part, progress, stop)))
                self._permitted(path, sums[-1])
        except (SourceChanged, ModelUnreadable):
            _remove(parts)
            raise
        except OSError as error:
            if refusals.is_full(error):
                _remove(parts)
            raise
        try:
            for part, target in zip(parts, targets, strict=True):
                target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                os.replace(part, target)
            loaded = _loaded(task, targets)
            if task.kind == "chat":
                self._look(loaded)  # what is judged again is what stays: the source may have been another by then
            marks = tuple(mark(target, sha256) for target, sha256 in zip(targets, sums, strict=True))
        except BaseException:
            _undo(targets, self._shelf.folder)
            raise
        return self._entry(task, loaded, marks, Kept.COPIED, wish)

    def _linked(
        self, task: _Task, targets: tuple[Path, ...], progress: Progress, stop: Stop, wish: Wish
    ) -> Generator[Copying, None, Entry]:
        marks: list[Mark] = []
        try:
            for target in targets:
                sha256 = yield from copying.checksum(target, progress, stop)
                marks.append(mark(target, self._permitted(target, sha256)))
            return self._entry(task, _loaded(task, targets), tuple(marks), Kept.LINKED, wish)
        except BaseException:
            _undo(targets, self._shelf.folder)
            raise

    def _targets(self, task: _Task) -> tuple[Path, ...]:
        """Names of ours for the files, none of which is taken; parts keep the numbers that llama.cpp looks for."""
        for number in range(1, 10_000):
            again = "" if number == 1 else f" ({number})"
            if task.kind == "embedding":
                root = self._shelf.folder / "embedders" / (safe_name(task.name, "") + again)
                targets = tuple(root / path.relative_to(task.loaded) for path in task.files)
                taken = root.exists()
            else:
                stem = safe_name(task.name, "") + again
                ends = (
                    [""]
                    if len(task.files) == 1
                    else [path.name[-len("-00001-of-00001.gguf") : -5] for path in task.files]
                )
                targets = tuple(self._shelf.folder / f"{stem}{end}.gguf" for end in ends)
                taken = any(target.exists() for target in targets)
            if not taken:
                return targets
        raise EnvironmentFault("There are too many models of this name.", "Remove some of them.")

    def _permitted(self, path: Path, sha256: str) -> str:
        if self._allowed is not None and sha256 not in self._allowed:
            raise refusals.not_allowed(path)
        return sha256

    def _entry(self, task: _Task, loaded: Path, marks: tuple[Mark, ...], kept: Kept, wish: Wish) -> Entry:
        return Entry(task.name, task.kind, str(loaded), marks, kept.value, task.licence, wish.program)


def wish_for(found: FoundModel, in_place: bool) -> Wish:
    """The wish for a model of another program."""
    return Wish(in_place, found.program, found.name)


def _linkable(files: Sequence[Path], targets: Sequence[Path]) -> bool:
    """Link all files, or none of them."""
    for number, (path, target) in enumerate(zip(files, targets, strict=True)):
        target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if not copying.link(path, target):
            for made in targets[:number]:
                made.unlink(missing_ok=True)
            return False
    return True


def _loaded(task: _Task, targets: Sequence[Path]) -> Path:
    if task.kind != "embedding":
        return targets[0]
    depth = len(task.files[0].relative_to(task.loaded).parts)
    return targets[0].parents[depth - 1]


def _undo(targets: Sequence[Path], folder: Path) -> None:
    """Remove whole files of a model that is not whole; half of one stays as a .part to be gone on with."""
    for target in targets:
        try:
            target.unlink(missing_ok=True)
            if target.parent != folder and not os.listdir(target.parent):
                target.parent.rmdir()
        except OSError:
            continue  # the disk is gone; nothing is listed


def _remove(parts: Sequence[Path]) -> None:
    for part in parts:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _licence_beside(path: Path) -> str:
    """The first line of a licence file in the same folder, or ""."""
    for name in ("LICENSE", "LICENSE.txt", "LICENSE.md", "LICENCE"):
        try:
            with path.with_name(name).open(encoding="utf-8", errors="replace") as file:
                lines = (line.strip(" #\t\r\n") for line in file.read(4096).splitlines())
                return next((line for line in lines if line), "")[:120]
        except OSError:
            continue
    return ""
