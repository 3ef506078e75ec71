"""Says in a few milliseconds whether an earlier set-up is still good."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

from privet_setup import layout


def _inputs(target: str) -> Iterable[Path]:
    yield layout.BUILD_LOCK
    yield layout.RUNTIME_LOCK
    if target == "test":
        yield layout.DEV_LOCK
    yield layout.CATALOG
    yield layout.VENV / "pyvenv.cfg"
    for folder in (layout.SETUP, layout.SETUP / "privet_setup"):
        for path in sorted(folder.iterdir()):
            if path.suffix in (".py", ".cmake"):
                yield path


def fingerprint(target: str) -> str:
    """One hash over all that set-up depends on: locks, catalogue, its own code, Python version, place on the disk."""
    total = hashlib.sha256(os.fsencode(str(layout.ROOT)))
    total.update(os.environ.get("PYTHON", "").encode())
    total.update(b"\0" + os.environ.get("PRIVET_BACKEND", "").encode())
    # Only names, versions and commands: a changed linter rule needs no new environment.
    total.update(layout.PROJECT.read_bytes().split(b"\n[dependency-groups]")[0])
    for path in _inputs(target):
        total.update(b"\0" + path.name.encode() + b"\0" + path.read_bytes())
    return total.hexdigest()


def is_current(target: str) -> bool:
    """True if target was set up from exactly these inputs, and Python and the model files are still there."""
    # What the tests need includes what running needs.
    return any(_holds(kind) for kind in ((target, "test") if target == "run" else (target,)))


def _holds(target: str) -> bool:
    try:
        lines = (layout.NOTES / (target + ".stamp")).read_text(encoding="utf-8").split("\n")
        if lines[0] != fingerprint(target):
            return False
        os.stat(layout.VENV_PYTHON)
        for line in filter(None, lines[1:]):
            size, name = line.split(" ", 1)
            if os.stat(layout.MODELS / name).st_size != int(size):
                return False
    except (OSError, ValueError):
        return False
    return True


def write(target: str, model_files: Iterable[tuple[str, int]]) -> None:
    """Record that target is set up. model_files: path under models/ and size in bytes of each."""
    # Everything before the stamp must have reached the disk, or a power cut could leave a stamp on half an environment.
    os.sync()
    text = fingerprint(target) + "\n" + "".join(f"{size} {name}\n" for name, size in model_files)
    replace_file(layout.NOTES / (target + ".stamp"), text.encode())


def forget() -> None:
    """Drop all stamps: from here until the end of set-up the environment is not to be trusted."""
    for target in layout.TARGETS:
        (layout.NOTES / (target + ".stamp")).unlink(missing_ok=True)


def replace_file(path: Path, content: bytes) -> None:
    """Write a small file so that a reader finds the old or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(path.name + ".new")
    with open(temporary, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(temporary, path)
