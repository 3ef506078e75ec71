"""Whether a folder that a person brings holds an embedding model that is sound, in their words."""

from __future__ import annotations

from pathlib import Path

from assistant.embedding.folder import Description, FolderRefused, describe
from assistant.errors import ModelMissing, ModelUnreadable


def look_at(folder: Path) -> Description:
    """Check a folder before it is taken in; nothing of it is loaded. Raises ModelMissing, ModelUnreadable.

    Refused are pickles and every other file that can run code, modules that are not sentence-transformers' own, and a
    configuration that names code (`auto_map`).
    """
    try:
        return describe(folder)
    except FolderRefused as refused:
        if refused.code == "missing":
            raise ModelMissing(
                f"The embedding model in {folder.name!r} is not whole ({refused.detail}).",
                "Get its folder again with all its files; its weights have to be in model.safetensors.",
            ) from refused
        raise ModelUnreadable(
            f"The embedding model in {folder.name!r} is not taken, because it holds {refused.detail}.",
            "Get it as a sentence-transformers folder with safetensors, from its publisher.",
        ) from refused
