"""What an embedder's folder must and must not hold, and what its small files say about it."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Final

# Files that run code when they are loaded (pickles) or that are code.
_REFUSED: Final = frozenset(
    (".bin", ".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".h5", ".msgpack", ".joblib", ".npy", ".npz", ".py", ".so")
)
_MAX_JSON: Final = 1 << 20
_READ_FOR_NAME: Final = 4 << 20
# Under either of the names that sentence-transformers has used for a module's class.
_MODULES: Final = frozenset(("Transformer", "Pooling", "Normalize", "Dense"))


class FolderRefused(Exception):
    """A folder that is no sound embedder. code: "missing" or "unsound". detail: without content."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class Description:
    """What an embedder is. name: of the model whose vectors these are; two models never share one.

    dimensions: numbers a vector. max_tokens: what it reads of a text; the rest is ignored.
    pooling: the subfolder of that module.
    """

    name: str
    dimensions: int
    max_tokens: int
    pooling: str = ""


def describe(folder: Path) -> Description:
    """Check an embedder's folder and say what it holds. Raises FolderRefused."""
    try:
        if not folder.is_absolute() or not folder.is_dir():
            raise FolderRefused("missing", "no such folder")
        files = sorted(path for path in folder.rglob("*") if path.is_file())
        for path in files:
            if path.suffix.lower() in _REFUSED:
                raise FolderRefused("unsound", f"a file of the kind {path.suffix.lower()}")
        for name in ("modules.json", "config.json", "tokenizer.json", "model.safetensors"):
            if not (folder / name).is_file():
                raise FolderRefused("missing", name)
        config = read_object(folder / "config.json")
        if "auto_map" in config:
            raise FolderRefused("unsound", "a configuration that names code")
        pooling = _modules(folder)
        dimensions = _integer(
            read_object(folder / pooling / "config.json"), "word_embedding_dimension", "embedding_dimension"
        )
        max_tokens = _integer(read_object(folder / "sentence_bert_config.json"), "max_seq_length")
        return Description(f"{folder.name}-{_digest(folder, files)}", dimensions, max_tokens, pooling)
    except OSError as error:
        raise FolderRefused("missing", error.strerror or "unreadable") from error


def _modules(folder: Path) -> str:
    """Check the modules that make up the model; the subfolder of the pooling."""
    modules = _json(folder / "modules.json")
    if not isinstance(modules, list) or not modules:
        raise FolderRefused("unsound", "no modules")
    pooling = ""
    for module in modules:
        kind, path = (str(module.get(key, "")) for key in ("type", "path")) if isinstance(module, dict) else ("", "..")
        package, _, name = kind.rpartition(".")
        if not package.startswith("sentence_transformers.") or name not in _MODULES:
            raise FolderRefused("unsound", "a module that is none of sentence-transformers")
        if PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts or "\\" in path:
            raise FolderRefused("unsound", "a module outside the folder")
        if name == "Dense":
            raise FolderRefused("unsound", "a module that changes the number of dimensions")
        if name == "Pooling":
            pooling = path
    if not pooling:
        raise FolderRefused("unsound", "no pooling")
    return pooling


def _json(path: Path) -> object:
    with path.open("rb") as file:
        content = file.read(_MAX_JSON + 1)
    if len(content) > _MAX_JSON:
        raise FolderRefused("unsound", "a configuration of over a megabyte")
    try:
        value: object = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FolderRefused("unsound", "a configuration that is not JSON") from error
    return value


def read_object(path: Path) -> dict[str, object]:
    """The object in a small JSON file. Raises FolderRefused, OSError."""
    value = _json(path)
    if not isinstance(value, dict):
        raise FolderRefused("unsound", "a configuration that is no object")
    return value


def _integer(values: dict[str, object], *keys: str) -> int:
    for key in keys:
        value = values.get(key)
        if isinstance(value, int) and 1 <= value <= 65_536:
            return value
    raise FolderRefused("unsound", f"no sensible {keys[0]}")


def _digest(folder: Path, files: list[Path]) -> str:
    """Twelve hexadecimal digits that differ where the model does.

    Of a large file its size and its first megabytes are looked at: two models that agree in those, in
    all settings and in the tokenizer are the same model.
    """
    digest = hashlib.sha256()
    for path in files:
        if path.suffix in (".json", ".safetensors", ".txt") and path.name != "data_config.json":
            with path.open("rb") as file:
                start = file.read(_READ_FOR_NAME)
            digest.update(f"{path.relative_to(folder).as_posix()} {path.stat().st_size}\n".encode())
            digest.update(start)
    return digest.hexdigest()[:12]
