"""What whoever manages this computer says about models: which are allowed, and where some lie ready."""

from __future__ import annotations

import os
import re
import sys
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_MAX_BYTES: Final = 4 << 20
_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_SENTENCE: Final = (
    "The rules for models in {place} could not be understood, so only the models that came with Privet are used. "
    "Tell whoever manages this computer."
)
_NOT_THEIRS: Final = (
    "{place} is not obeyed, because others than the administrator may write to it. Tell whoever manages this computer."
)


@dataclass(frozen=True, slots=True)
class Rules:
    """allowed: SHA-256 of files that may be used, in lower case; None allows all. folder: models that lie ready there.

    warning: a sentence or two where the rules are not as they should be, or "".
    """

    allowed: frozenset[str] | None = None
    folder: Path | None = None
    warning: str = ""


def standard_place() -> Path:
    """Where the rules lie on this system."""
    if sys.platform == "win32":
        return Path(os.environ.get("PROGRAMDATA", r"C:\ProgramData")) / "Privet" / "policy.toml"
    if sys.platform == "darwin":
        return Path("/Library/Application Support/Privet/policy.toml")
    return Path("/etc/privet/policy.toml")


def read_rules(place: Path, owner: int = 0) -> Rules:
    """The rules at `place`: `[models]` with `allowed_sha256 = ["…"]` and `folder = "…"`, both optional.

    owner: the user to whom the file must belong. There may be no file: then all is allowed. One that
    makes no sense allows nothing but what came with Privet.
    """
    try:
        with place.open("rb") as file:
            seen = os.fstat(file.fileno())
            content = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        return Rules()
    except OSError:
        return Rules(frozenset(), warning=_SENTENCE.format(place=place))
    if hasattr(os, "getuid") and (seen.st_uid != owner or seen.st_mode & 0o022):
        return Rules(warning=_NOT_THEIRS.format(place=place))
    try:
        return _understood(content)
    except (ValueError, TypeError, RecursionError):
        return Rules(frozenset(), warning=_SENTENCE.format(place=place))


def _understood(content: bytes) -> Rules:
    if len(content) > _MAX_BYTES:
        raise ValueError("too large")
    models = tomllib.loads(content.decode("utf-8")).get("models", {})
    if not isinstance(models, dict) or not models.keys() <= {"allowed_sha256", "folder"}:
        raise ValueError("a rule that is not known")
    listed, folder = models.get("allowed_sha256"), models.get("folder")
    if folder is not None and (not isinstance(folder, str) or not Path(folder).is_absolute()):
        raise ValueError("a folder that is no whole path")
    if listed is None:
        return Rules(None, Path(folder) if folder else None)
    if not isinstance(listed, list):
        raise TypeError("a list that is none")
    sums = [str(one).lower() for one in listed]
    if not all(_SHA256.fullmatch(one) for one in sums):
        raise ValueError("a checksum that is none")
    return Rules(frozenset(sums), Path(folder) if folder else None)
