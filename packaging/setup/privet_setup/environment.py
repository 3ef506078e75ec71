"""Makes .venv, knows what is installed in it, and throws out what is broken."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from privet_setup import layout, process
from privet_setup.interpreter import Interpreter, spoken
from privet_setup.progress import Progress
from privet_setup.requirements import Pin, normalized


@dataclass(frozen=True)
class Installed:
    """A package found in the environment: its *.dist-info folder and whether all its files are there."""

    name: str
    version: str
    info: Path
    whole: bool


def site_packages() -> Path:
    """The folder that packages are installed to."""
    return next(iter(sorted((layout.VENV / "lib").glob("python3.*/site-packages"))), layout.VENV / "lib" / "none")


def provide(python: Interpreter, progress: Progress) -> str:
    """Make .venv from this Python unless a sound one is there. Returns the step's result."""
    # A new patch release under the same path keeps the environment good; a new minor version does not.
    made_of = f"{layout.ROOT}\n{python.path}\n{spoken(python.version)}\n"
    mark = layout.NOTES / "made-of"
    if mark.exists() and mark.read_text(encoding="utf-8") == made_of and _pip_is_whole():
        return "already there"
    _clear()
    process.run([python.path, "-I", "-m", "venv", layout.VENV], progress)
    layout.NOTES.mkdir(exist_ok=True)
    # The last act: an environment without this mark was not finished.
    mark.write_text(made_of, encoding="utf-8")
    return f"made with Python {spoken(python.version)}"


def _pip_is_whole() -> bool:
    return any(found.name == "pip" and found.whole for found in installed())


def _clear() -> None:
    """Empty .venv but for the log."""
    if layout.VENV.is_symlink():
        layout.VENV.unlink()
    layout.VENV.mkdir(exist_ok=True)
    # The mark goes first, so that a half-emptied environment is never taken for a whole one.
    shutil.rmtree(layout.NOTES, ignore_errors=True)
    for path in layout.VENV.iterdir():
        if path == layout.LOG:
            continue
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        else:
            path.unlink()


def installed() -> list[Installed]:
    """What the environment holds. A package that a killed pip left half-written is not whole."""
    found = []
    for info in sorted(site_packages().glob("*.dist-info")):
        name, _, version = info.name.removesuffix(".dist-info").partition("-")
        found.append(Installed(normalized(name), version, info, _is_whole(info)))
    return found


def _is_whole(info: Path) -> bool:
    """True if every file that pip recorded is there in its recorded size."""
    try:
        with open(info / "RECORD", encoding="utf-8", newline="") as record:
            for row in csv.reader(record):
                # Files that are made on the spot, such as byte code, are recorded without a size.
                if len(row) == 3 and row[2] and (info.parent / row[0]).stat().st_size != int(row[2]):
                    return False
    except (OSError, ValueError, csv.Error):
        return False
    return (info / "METADATA").exists()


def discard_broken() -> None:
    """Make pip forget packages that are not whole, so that it installs them afresh over the remains."""
    site = site_packages()
    for package in installed():
        if not package.whole:
            shutil.rmtree(package.info)
    # What pip sets aside while it replaces a package, left there by a kill.
    for leftover in site.glob("~*"):
        if leftover.is_dir():
            shutil.rmtree(leftover)


def lacking(pins: Iterable[Pin]) -> list[Pin]:
    """Those of the pins that are not installed whole in exactly that version."""
    there = {(package.name, package.version) for package in installed() if package.whole}
    return [pin for pin in pins if (pin.name, pin.version) not in there]


def strangers(locked: Iterable[Pin]) -> list[str]:
    """Packages that no lock file names: what an older lock left behind."""
    known = {pin.name for pin in locked} | {"pip", "privet"}
    return [package.name for package in installed() if package.name not in known]
