"""Installs locked packages into .venv with pip, hash by hash."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

from privet_setup import environment, layout, process, requirements
from privet_setup.failure import SetupFailure
from privet_setup.process import LineReader
from privet_setup.progress import Progress
from privet_setup.requirements import Pin

# A person's pip settings choose where packages come from; these may not change what is installed, or where.
_PIP_ENVIRONMENT = {
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_NO_INPUT": "1",
    "PIP_REQUIRE_VIRTUALENV": "0",
    "PIP_ROOT_USER_ACTION": "ignore",
    "PIP_USER": "0",
    "PYTHONNOUSERSITE": "1",
}

_COLLECTING = re.compile(r"^(?:Collecting|Processing) (?P<what>\S+)")
_RECEIVED = re.compile(r"^Progress (?P<done>\d+) of (?P<size>\d+)$")
# Below this size (bytes) a download is over before its figures could be read.
_WORTH_FIGURES = 20_000_000


class PipReader:
    """Turns pip's lines into "12 of 118, scipy"; total: how many packages are to come."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._count = 0
        self._name = ""

    def __call__(self, line: str) -> str:
        """The words for the live line, or "" for none."""
        if collecting := _COLLECTING.match(line):
            self._count = min(self._count + 1, self._total)
            self._name = re.split(r"[=<>~!;\[]", collecting["what"])[0].rsplit("/", 1)[-1]
            return f"{self._count} of {self._total}, {self._name}" if self._total > 1 else self._name
        if received := _RECEIVED.match(line):
            done, size = int(received["done"]), int(received["size"])
            if size >= _WORTH_FIGURES:
                return f"{self._name} {100 * done // size} % of {size // 1_000_000} MB"
        if line.startswith("Installing collected packages"):
            return "unpacking"
        return ""


def pip(
    arguments: Sequence[str | Path],
    progress: Progress,
    reader: LineReader = lambda line: "",
    env: Mapping[str, str] | None = None,
) -> None:
    """Run the environment's pip. Raises SetupFailure for what pip itself reports, ToolFailed for the rest."""
    command = [layout.VENV_PYTHON, "-I", "-m", "pip", *arguments]
    path = f"{layout.VENV / 'bin'}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    try:
        process.run(command, progress, reader, env={**_PIP_ENVIRONMENT, "PATH": path, **(env or {})})
    except process.ToolFailed as failed:
        if failed.said("DO NOT MATCH THE HASHES"):
            raise SetupFailure(
                "A downloaded file is not the one that was locked, so nothing of it was installed.",
                f"Find out where it comes from (last lines of {layout.LOG}); do not install it by hand.",
            ) from failed
        if failed.said("No space left on device"):
            raise SetupFailure("The disk is full.", "Make room (Privet needs about 4 GB here), then go on.") from failed
        raise


def install(name: str, pins: Sequence[Pin], progress: Progress, first_time: bool = False) -> str:
    """Install what is missing of the pins, from wheels only. Returns the step's result.

    name: of the filtered requirement file. first_time: the environment still has the pip it was made with.
    """
    wanted = environment.lacking(pins)
    if not wanted:
        return "already there"
    file = requirements.write(layout.NOTES / f"{name}.txt", wanted)
    bar = "off" if first_time else "raw"
    options = ["--no-deps", "--require-hashes", "--only-binary", ":all:", "--progress-bar", bar]
    pip(["install", *options, "--requirement", file], progress, PipReader(len(wanted)))
    if left := environment.lacking(pins):
        raise SetupFailure(
            f"pip says it is done, but {left[0].name} {left[0].version} is not there as it should be.",
            f"Delete the folder {layout.VENV} and run the same command again.",
        )
    return f"installed {len(wanted)} packages"


def install_torch(pins: Sequence[Pin], progress: Progress) -> str:
    """Install PyTorch's CPU build; the lock names no other. Returns the step's result."""
    try:
        return install("torch", pins, progress)
    except process.ToolFailed as failed:
        if not failed.said("No matching distribution found for torch"):
            raise
        raise SetupFailure(
            f"pip found no CPU build of PyTorch ({pins[0].version}), which the usual package index does not carry.",
            "Let PIP_FIND_LINKS or PIP_EXTRA_INDEX_URL name a folder or an index that holds PyTorch's CPU wheels, "
            "then run the same command again.",
        ) from failed


def install_project(progress: Progress) -> str:
    """Install Privet itself, editable, for its two commands. Returns the step's result."""
    options = ["--no-deps", "--no-index", "--no-build-isolation", "--editable"]
    pip(["install", *options, layout.ROOT], progress)
    return "commands: privet, privet-window"


def remove(names: Sequence[str], progress: Progress) -> None:
    """Uninstall packages that no lock file names any more."""
    if names:
        pip(["uninstall", "--yes", *names], progress)
