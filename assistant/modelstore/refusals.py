"""Why a model is not taken in, each with the two sentences a person reads."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Final

from assistant.errors import DiskFull, EnvironmentFault, ModelMissing, ModelUnreadable
from assistant.modelstore.names import shown, shown_path

PICKLES: Final = frozenset((".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".joblib"))
_GONE: Final = frozenset((errno.EIO, errno.ENODEV, errno.ENXIO, errno.ESTALE, errno.ENOENT, errno.EREMOTEIO))
_FULL: Final = frozenset((errno.ENOSPC, errno.EDQUOT, errno.EFBIG))


def pickle(path: Path) -> ModelUnreadable:
    """A file that runs a program when it is loaded."""
    return ModelUnreadable(
        f"“{shown(path)}” is of a kind that can run a program when it is opened.",
        "Get the same model as a GGUF file, or with safetensors.",
    )


def safetensors(path: Path) -> ModelUnreadable:
    """Weights without the rest."""
    return ModelUnreadable(
        f"“{shown(path)}” holds weights alone, in a form that Privet can't chat with.",
        "Get the same model as a GGUF file; for an embedding model choose its folder.",
    )


def no_reranker(path: Path) -> ModelUnreadable:
    """A model without a head that ranks."""
    return ModelUnreadable(
        f"“{shown(path)}” is no model that puts passages in order.",
        "Choose a reranker, a GGUF file whose name mostly says so.",
    )


def nothing_in(folder: Path) -> ModelMissing:
    """A folder without a model."""
    return ModelMissing(
        f"There is no model in “{shown_path(folder)}”.", "Choose a GGUF file, or a folder that holds some."
    )


def not_there(path: Path) -> ModelMissing:
    """No such file."""
    return ModelMissing(f"There is no file “{shown_path(path)}”.", "Check its name, or whether its disk is connected.")


def part_missing(path: Path, count: int) -> ModelMissing:
    """A split model that is not whole. path: of the part that is missing."""
    return ModelMissing(
        f"The model has {count} parts, and “{shown(path)}” is not there.",
        "Put all parts into one folder and try again.",
    )


def parts_differ(path: Path) -> ModelUnreadable:
    """Parts that do not belong together."""
    return ModelUnreadable(
        f"“{shown(path)}” is not the part of the model that its name says.", "Get all parts again from one source."
    )


def not_allowed(path: Path) -> ModelUnreadable:
    """Its checksum is not on the list of whoever manages this computer."""
    return ModelUnreadable(
        f"“{shown(path)}” is not on the list of models that are allowed on this computer.",
        "Ask whoever manages this computer, or choose another model.",
    )


def changed(path: Path) -> ModelUnreadable:
    """Not the file that was checked."""
    return ModelUnreadable(
        f"“{shown(path)}” is not the file any more that was checked when it was added.",
        "If you or another program replaced it on purpose, verify it again; else remove it.",
    )


def no_room(path: Path, needed: int, free: int) -> DiskFull:
    """Not enough disk for a copy. needed, free: bytes."""
    return DiskFull(
        f"“{shown(path)}” needs {needed / 1e9:.1f} GB on the disk, and {free / 1e9:.1f} GB are free.",
        "Free some room, or use the file where it lies.",
    )


def is_full(error: OSError) -> bool:
    """True where there is no room left on the disk."""
    return error.errno in _FULL


def of(error: OSError, path: Path) -> EnvironmentFault:
    """What the system said while a file was read or copied."""
    if is_full(error):
        return DiskFull(
            f"The disk became full while “{shown(path)}” was copied; nothing of it was kept.",
            "Free some room and try again, or use the file where it lies.",
        )
    if error.errno in _GONE:
        return ModelUnreadable(
            f"“{shown(path)}” could not be read to its end; its disk or stick does not answer any more.",
            "Connect it again and add the model once more: it goes on where it stopped.",
        )
    reason = (error.strerror or "the disk does not answer").lower()
    return ModelUnreadable(f"“{shown(path)}” could not be read ({reason}).", "Check that you may read it.")
