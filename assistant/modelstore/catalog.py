"""The catalogue of the models that come with Privet, with the checksum of each of their files."""

from __future__ import annotations

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import ModelMissing

_READ_AT_ONCE: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class CatalogFile:
    """One file of a model. path: inside the models folder. size: in bytes. sha256: in hexadecimal."""

    path: str
    size: int
    sha256: str

    def matches(self, file: Path) -> bool:
        """True if `file` is this one, bit for bit. Raises OSError."""
        if file.stat().st_size != self.size:
            return False
        digest = hashlib.sha256()
        with file.open("rb") as source:
            while part := source.read(_READ_AT_ONCE):
                digest.update(part)
        return digest.hexdigest() == self.sha256


@dataclass(frozen=True, slots=True)
class CatalogModel:
    """One model. kind: "chat" or "embedding". path: of what a loader is given, inside the models folder."""

    name: str
    kind: str
    path: str
    files: tuple[CatalogFile, ...]
    licence: str = ""


def read_catalog(models: Path) -> tuple[CatalogModel, ...]:
    """The models described by `catalog.toml` in the folder `models`. Raises ModelMissing where there is none."""
    try:
        with (models / "catalog.toml").open("rb") as file:
            entries = tomllib.load(file)["model"]
        return tuple(_model(entry) for entry in entries)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelMissing(
            f"The list of models that comes with Privet is not in {models}.", "Install Privet again."
        ) from error


def _model(entry: dict[str, object]) -> CatalogModel:
    files = entry["file"]
    if not isinstance(files, list):
        raise TypeError("a model's files are no list")
    return CatalogModel(
        str(entry["name"]),
        str(entry["kind"]),
        str(entry["path"]),
        tuple(CatalogFile(str(file["path"]), int(file["bytes"]), str(file["sha256"])) for file in files),
        str(entry.get("licence", "")),
    )
