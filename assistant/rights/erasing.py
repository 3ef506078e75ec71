"""Everything erased, with a certificate of what was; what can't be promised is said in it.

The keys go first. From then on what may be left of the other files, in a drive's spare blocks or a snapshot, is
ciphertext to which no key leads.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from assistant.errors import EnvironmentFault
from assistant.settings import Folders
from assistant.vault import destroy

_OURS: Final = ("backups", "index", "window-open", "raise-request")
_LIMITS: Final = """\
What this does not say: copies that you or a backup program made elsewhere are still there, and so are exports. A drive
may keep old blocks for a while; what can be in them is encrypted, and the keys were removed first. The entry in the
system's keychain was removed as far as the keychain allowed. Documents and models that lie in your own folders were
never Privet's and were not touched."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """files: (path, bytes, SHA-256 of what it held, encrypted where it was) of each file removed. left: paths that are
    still there, each with why. at: seconds since 1970."""

    at: float
    files: tuple[tuple[str, int, str], ...]
    left: tuple[tuple[str, str], ...]

    def text(self) -> str:
        """The certificate, for people."""
        when = time.strftime("%Y-%m-%d %H:%M:%S UTC", time.gmtime(self.at))
        total = sum(size for _, size, _ in self.files)
        lines = ["Certificate of erasure", "", f"On {when} Privet erased {len(self.files)} files, {total:,} bytes:", ""]
        lines += [f"{sha256}  {size:>12}  {path}" for path, size, sha256 in self.files]
        if self.left:
            lines += ["", "Still there:", "", *(f"{path}: {why}" for path, why in self.left)]
        lines += ["", _LIMITS, ""]
        body = "\n".join(lines)
        return body + f"\nSHA-256 of the lines above: {hashlib.sha256(body.encode()).hexdigest()}\n"


def erase_everything(folders: Folders, *, models: bool) -> Certificate:
    """Erase all that Privet keeps: keys, vault, backups, index, caches, settings, logs. Nobody may have it open.

    models: those that were copied into Privet's own folder as well. Raises VaultInUse, EnvironmentFault; what was
    erased until then is gone.
    """
    files, left = list[tuple[str, int, str]](), list[tuple[str, str]]()
    places = [folders.data / name for name in _OURS]
    places += [folders.cache, folders.config, folders.logs, *([folders.models] if models else [])]
    seen = [_seen(path) for path in _vault_files(folders.data)]
    destroy(folders.data)
    files += seen
    for place in places:
        for path in _files(place):
            try:
                entry = _seen(path)
                path.unlink()
                files.append(entry)
            except OSError as error:
                left.append((str(path), (error.strerror or "unknown").lower()))
        if place.is_dir() and not place.is_symlink():
            shutil.rmtree(place, ignore_errors=True)
    if folders.data.is_dir():
        left += [(str(path), "not Privet's") for path in sorted(folders.data.iterdir()) if path != folders.models]
        _remove_if_empty(folders.data)
    return Certificate(time.time(), tuple(files), tuple(left))


def write_certificate(certificate: Certificate, path: Path) -> None:
    """Keep the certificate. Raises EnvironmentFault."""
    try:
        path.write_text(certificate.text(), encoding="utf-8")
    except OSError as error:
        raise EnvironmentFault(
            f"The certificate could not be written to {path}.", "Everything was erased all the same."
        ) from error


def _vault_files(data: Path) -> list[Path]:
    if not data.is_dir():
        return []
    return sorted(path for path in data.iterdir() if path.name.startswith(("vault.", "keys.", "tries.")))


def _files(place: Path) -> Iterator[Path]:
    """All files at or below `place`, none of them through a link."""
    if place.is_symlink() or place.is_file():
        yield place
    elif place.is_dir():
        for folder, _, names in os.walk(place):
            for name in sorted(names):
                yield Path(folder) / name


def _seen(path: Path) -> tuple[str, int, str]:
    if path.is_symlink():
        return str(path), 0, hashlib.sha256(b"").hexdigest()
    with path.open("rb") as file:
        return str(path), path.stat().st_size, hashlib.file_digest(file, "sha256").hexdigest()


def _remove_if_empty(folder: Path) -> None:
    try:
        folder.rmdir()
    except OSError:
        pass  # something is in it, which the certificate names
