"""Model files of other programs and in folders: found by their names alone, without opening one."""

from __future__ import annotations

import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from assistant.values import FoundModel, Stop

MOST_FILES: Final = 200_000
"""Names looked at in one folder: enough for every program, and a second's work."""
_DEEPEST: Final = 8
_MAX_MANIFEST: Final = 1 << 20
_PART: Final = re.compile(r"^(?P<stem>.+)-(?P<number>\d{5})-of-(?P<count>\d{5})\.gguf$", re.DOTALL)
_DIGEST: Final = re.compile(r"^sha256[:-]([0-9a-f]{64})$")
_OLLAMA_MODEL: Final = "application/vnd.ollama.image.model"


def programs(home: Path, environment: dict[str, str]) -> tuple[tuple[str, Path], ...]:
    """The folders in which other programs keep models on this system, and whose they are. Not all of them exist.

    Sources: Ollama's FAQ and docs/modelfile ("OLLAMA_MODELS"); GPT4All's settings page; LM Studio's page on import;
    Jan's page on its data folder.
    """
    if sys.platform == "win32":
        local = Path(environment.get("LOCALAPPDATA") or home / "AppData" / "Local")
        roaming = Path(environment.get("APPDATA") or home / "AppData" / "Roaming")
        own = [("GPT4All", local / "nomic.ai" / "GPT4All"), ("Jan", roaming / "Jan" / "data")]
    elif sys.platform == "darwin":
        support = home / "Library" / "Application Support"
        own = [("GPT4All", support / "nomic.ai" / "GPT4All"), ("Jan", support / "Jan" / "data")]
    else:
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
        own = [
            ("GPT4All", data / "nomic.ai" / "GPT4All"),
            ("Jan", data / "Jan" / "data"),
            ("Ollama", Path("/usr/share/ollama/.ollama/models")),
        ]
    chosen = environment.get("OLLAMA_MODELS")
    return (
        ("LM Studio", home / ".lmstudio" / "models"),
        ("LM Studio", home / ".cache" / "lm-studio" / "models"),
        ("Ollama", Path(chosen) if chosen else home / ".ollama" / "models"),
        ("Jan", home / "jan" / "models"),
        *own,
    )


def find(folders: Iterable[tuple[str, Path]], stop: Stop) -> Iterator[FoundModel]:
    """The models in these folders, each with whose it is. Ends early when `stop` is set."""
    for program, folder in folders:
        yield from in_folder(folder, stop, program)


def in_folder(folder: Path, stop: Stop, program: str = "") -> Iterator[FoundModel]:
    """The models below a folder, which may be a blob store of Ollama's. Unreadable folders are passed over."""
    if (folder / "manifests").is_dir() and (folder / "blobs").is_dir():
        yield from _ollama(folder, stop, program or "Ollama")
        return
    yield from together(_ggufs(folder, stop), program, folder)


def together(files: Iterable[tuple[Path, int]], program: str = "", folder: Path | None = None) -> Iterator[FoundModel]:
    """Files with their sizes as models: the parts of one are one model; those that are whole come first."""
    parts: dict[tuple[Path, str, int], dict[int, tuple[Path, int]]] = {}
    for path, size in files:
        split = part_of(path)
        if split is None:
            yield FoundModel(program, _called(path.stem, path, folder), (path,), size)
        else:
            stem, number, count = split
            parts.setdefault((path.parent, stem, count), {})[number] = (path, size)
    for (parent, stem, _), found in parts.items():
        ordered = [found[number] for number in sorted(found)]
        name = _called(stem, parent / stem, folder)
        yield FoundModel(program, name, tuple(path for path, _ in ordered), sum(size for _, size in ordered))


def part_of(path: Path) -> tuple[str, int, int] | None:
    """(name without the number, which part, of how many) for a part of a split model, as llama.cpp names them.

    Source: llama_split_path of llama.h: "%s-%05d-of-%05d.gguf".
    """
    match = _PART.match(path.name)
    if match is None or int(match["count"]) < 1:
        return None
    return match["stem"], int(match["number"]), int(match["count"])


def parts_of(path: Path) -> tuple[Path, ...]:
    """All parts of the model that `path` is one of, in order, there or not; of a whole model, itself."""
    split = part_of(path)
    if split is None:
        return (path,)
    stem, _, count = split
    return tuple(path.with_name(f"{stem}-{number:05}-of-{count:05}.gguf") for number in range(1, min(count, 999) + 1))


def _called(stem: str, path: Path, folder: Path | None) -> str:
    """Jan calls every file model.gguf and tells them apart by their folder."""
    return path.parent.name if stem == "model" and folder is not None and path.parent != folder else stem


def _ggufs(folder: Path, stop: Stop) -> Iterator[tuple[Path, int]]:
    """Each file that ends in .gguf below a folder, with its size. Links to folders are not followed."""
    waiting, seen = [(folder, 0)], 0
    while waiting:
        place, depth = waiting.pop()
        try:
            with os.scandir(place) as entries:
                for entry in entries:
                    seen += 1
                    if stop.requested or seen > MOST_FILES:
                        return
                    if entry.name.startswith("."):
                        continue  # half-written files, and what a program hides
                    if entry.name.endswith(".gguf") and entry.is_file():
                        yield Path(entry.path), entry.stat().st_size
                    elif depth < _DEEPEST and entry.is_dir(follow_symlinks=False):
                        waiting.append((Path(entry.path), depth + 1))
        except OSError:
            continue  # not ours to read, or gone meanwhile


def _ollama(folder: Path, stop: Stop, program: str) -> Iterator[FoundModel]:
    """A manifest for each model and tag, which names its layers by checksum; one of them is the GGUF file.

    Source: Ollama's server/manifest.go and server/modelpath.go.
    """
    root = folder / "manifests"
    waiting, seen = [root], 0
    while waiting:
        place = waiting.pop()
        try:
            entries = sorted(os.scandir(place), key=lambda entry: entry.name)
        except OSError:
            continue
        for entry in entries:
            seen += 1
            if stop.requested or seen > MOST_FILES:
                return
            path = Path(entry.path)
            if entry.is_dir(follow_symlinks=False):
                if len(path.relative_to(root).parts) < _DEEPEST:
                    waiting.append(path)
            elif (blob := _model_blob(path, folder / "blobs")) is not None:
                *_, model, tag = path.relative_to(root).parts if path.parent != root else ("", path.stem, path.name)
                yield FoundModel(program, f"{model}:{tag}", (blob[0],), blob[1])


def _model_blob(manifest: Path, blobs: Path) -> tuple[Path, int] | None:
    try:
        with manifest.open("rb") as file:
            content = json.loads(file.read(_MAX_MANIFEST))
        for layer in content["layers"]:
            match = _DIGEST.match(str(layer["digest"]))
            if layer["mediaType"] == _OLLAMA_MODEL and match:
                blob = blobs / f"sha256-{match[1]}"
                return blob, blob.stat().st_size
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass  # no manifest, or of a model whose file is not here
    return None
