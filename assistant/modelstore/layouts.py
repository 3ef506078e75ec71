"""The layouts of models that were made on this machine: their files, what was measured of them, and which is used."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any, Final

from assistant.errors import DiskFull, EnvironmentFault
from assistant.modelstore import copying, refusals
from assistant.settings import write_atomically
from assistant.values import Closeness, MeasuredLayout, Tuned, WeightsApart

_FINISHED: Final = "tuned.json"
_UNFINISHED: Final = "unfinished.json"
_MAX_BYTES: Final = 1 << 20


class Layouts:
    """One folder for each model, named after its file as it is now: a file that changed has no layouts.

    They are no models of their own: they are not listed, and go when their model goes.
    """

    def __init__(self, models: Path, *, frozen: bool = False) -> None:
        """models: where the models are that were added. frozen: whoever manages this computer lists what may be used.

        What was made here is on no list, so with one nothing made here is used.
        """
        self._folder = models / "layouts"
        self._frozen = frozen

    @property
    def frozen(self) -> bool:
        """True where a list says which files may be used, so that none can be made here."""
        return self._frozen

    def folder(self, source: Path) -> Path:
        """Where the layouts of a model lie; made when needed. Raises EnvironmentFault, DiskFull, ModelUnreadable."""
        try:
            folder = self._place(source)
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise refusals.of(error, source) from error
        return folder

    def read(self, source: Path) -> Tuned | None:
        """What was measured of a model's layouts; None where that was never finished, or makes no sense."""
        return self._read(source, _FINISHED)

    def read_unfinished(self, source: Path) -> Tuned | None:
        """What a tuning that was broken off has measured; None where there is none."""
        return self._read(source, _UNFINISHED)

    def write(self, tuned: Tuned) -> None:
        """Keep what was measured: beside an earlier result while nothing is recommended yet, then instead of it.

        Raises DiskFull, EnvironmentFault.
        """
        rows = asdict(tuned)
        rows["source"] = ""
        for row in rows["layouts"]:
            row["path"] = row["path"].name if row["path"] is not None and not row["source"] else ""
        try:
            place = self.folder(tuned.source)
            name = _FINISHED if tuned.recommended else _UNFINISHED
            write_atomically(place / name, json.dumps(rows, indent=1).encode("ascii"))
            if tuned.recommended:
                (place / _UNFINISHED).unlink(missing_ok=True)
        except OSError as error:
            if refusals.is_full(error):
                raise DiskFull(
                    "The disk is full, so what was measured was not kept.", "Free some room and try again."
                ) from error
            raise EnvironmentFault(
                "What was measured of the model could not be kept.", f"Check that you may write to {self._folder}."
            ) from error

    def used(self, source: Path) -> Path:
        """The file to load for a model: the recommended layout where there is one that is whole, else its own."""
        if self._frozen:
            return source
        tuned = self.read(source)
        if tuned is None or tuned.best.source or tuned.best.path is None:
            return source
        return tuned.best.path

    def choose(self, source: Path, name: str) -> Tuned | None:
        """Use this layout from the next load on, the original's name for none; None where it is not there."""
        tuned = self.read(source)
        if tuned is None or not any(each.name == name and (each.source or each.path) for each in tuned.layouts):
            return None
        chosen = replace(tuned, recommended=name)
        self.write(chosen)
        return chosen

    def keep_only(self, tuned: Tuned, names: frozenset[str]) -> Tuned:
        """Remove the files of all layouts but these; what was measured of them stays."""
        kept = []
        for layout in tuned.layouts:
            if layout.source or layout.name in names or layout.path is None:
                kept.append(layout)
                continue
            with suppress(OSError):
                layout.path.unlink(missing_ok=True)
            kept.append(replace(layout, path=None))
        return replace(tuned, layouts=tuple(kept))

    def forget(self, source: Path) -> None:
        """Remove what was made of a model and what was measured of it."""
        with suppress(OSError):
            shutil.rmtree(self._place(source), ignore_errors=True)

    def _read(self, source: Path, name: str) -> Tuned | None:
        try:
            folder = self._place(source)
            with (folder / name).open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
            return _tuned(json.loads(content), source, folder)
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return None

    def _place(self, source: Path) -> Path:
        return self._folder / copying.part_name(source).strip(".").removesuffix(".part")


def _tuned(row: Mapping[str, Any], source: Path, folder: Path) -> Tuned:
    """Raises KeyError, TypeError, ValueError for what is none."""
    layouts = tuple(_layout(each, source, folder) for each in row["layouts"])
    fields = {key: value for key, value in row.items() if key not in ("layouts", "source")}
    tuned = Tuned(source=source, layouts=layouts, **fields)
    if sum(each.source for each in layouts) != 1 or not isinstance(tuned.recommended, str):
        raise ValueError("no tuning")
    return tuned


def _layout(row: Mapping[str, Any], source: Path, folder: Path) -> MeasuredLayout:
    fields = {key: value for key, value in row.items() if key not in ("closeness", "path", "apart")}
    closeness = None if row["closeness"] is None else Closeness(**row["closeness"])
    apart = WeightsApart(**row["apart"]) if row.get("apart") else None
    layout = MeasuredLayout(**fields, closeness=closeness, apart=apart)
    if not all(isinstance(number, int | float) and number > 0 for number in (layout.size, layout.read, layout.write)):
        raise ValueError("no measurement")
    if layout.source:
        return replace(layout, path=source)
    path = folder / Path(str(row["path"])).name
    # A file that is not as large as the one that was measured is not that one.
    whole = bool(row["path"]) and path.is_file() and path.stat().st_size == layout.size
    return replace(layout, path=path if whole else None)
