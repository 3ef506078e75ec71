"""The models that lie ready in the folder which whoever manages this computer named: listed, and used in place."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from assistant.modelstore import copying, discovery, refusals
from assistant.modelstore.copying import Progress
from assistant.values import Copying, InstalledModel, Kept, Stop

WHOSE: Final = "your organisation"
_MOST_FOLDERS: Final = 200


def models(folder: Path) -> tuple[InstalledModel, ...]:
    """Chat models and embedding models below `folder`; no file is opened for it. None where it can't be read."""
    chat = tuple(
        InstalledModel(one.name, "chat", one.files[0], one.files, one.size, Kept.IN_PLACE, program=WHOSE)
        for one in discovery.in_folder(folder, Stop(), WHOSE)
    )
    return (*chat, *_embedders(folder))


def check(model: InstalledModel, allowed: frozenset[str] | None, stop: Stop) -> Iterator[Copying]:
    """Read a model's files through, and hold them against the list where there is one.

    Raises ModelUnreadable, ModelMissing, Stopped.
    """
    progress = Progress(model.size)
    for path in model.files:
        try:
            sha256 = yield from copying.checksum(path, progress, stop)
        except FileNotFoundError as error:
            raise refusals.not_there(path) from error
        except OSError as error:
            raise refusals.of(error, path) from error
        if allowed is not None and sha256 not in allowed:
            raise refusals.not_allowed(path)


def _embedders(folder: Path) -> Iterator[InstalledModel]:
    with suppress(OSError):
        for place in sorted(folder.iterdir())[:_MOST_FOLDERS]:
            if place.is_symlink() or not (place / "modules.json").is_file():
                continue
            files = tuple(sorted(path for path in place.rglob("*") if path.is_file()))
            size = sum(path.stat().st_size for path in files)
            yield InstalledModel(place.name, "embedding", place, files, size, Kept.IN_PLACE, program=WHOSE)
