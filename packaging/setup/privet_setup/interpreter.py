"""Chooses the Python that Privet will run on: 3.11 or 3.12, nothing else."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import NamedTuple

from privet_setup import layout
from privet_setup.failure import SetupFailure

SUPPORTED = ((3, 11), (3, 12))

# Printed by a candidate about itself; the base is what a virtual environment made from it will point to.
_ASK = (
    "import sys, os, importlib.util as u;"
    "b = getattr(sys, '_base_executable', None) or sys.executable;"
    "print('%d.%d' % sys.version_info[:2]); print(os.path.realpath(b));"
    "print(all(u.find_spec(m) for m in ('venv', 'ensurepip')))"
)


class Interpreter(NamedTuple):
    """A Python that answered: the real file, its version, and whether it can make virtual environments."""

    path: str
    version: tuple[int, int]
    makes_venvs: bool


def spoken(version: tuple[int, int]) -> str:
    """A version as people write it: (3, 11) gives "3.11"."""
    return f"{version[0]}.{version[1]}"


def ask(command: str) -> Interpreter | None:
    """What the Python behind a command says about itself, or None where it does not run."""
    found = shutil.which(command)
    if found is None:
        return None
    try:
        answer = subprocess.run(
            [found, "-I", "-c", _ASK], stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return None
    lines = answer.stdout.decode("utf-8", "replace").split("\n")
    if answer.returncode != 0 or len(lines) < 3:
        return None
    major, _, minor = lines[0].partition(".")
    return Interpreter(path=lines[1], version=(int(major), int(minor)), makes_venvs=lines[2] == "True")


def choose() -> Interpreter:
    """The one named by PYTHON, or the first that fits: the environment's, the running one, python3.12, python3.11."""
    wanted = os.environ.get("PYTHON", "")
    if wanted:
        named = ask(wanted)
        if named is None:
            raise SetupFailure(
                f"PYTHON names {wanted}, which does not run.",
                "Name a Python 3.11 or 3.12, for example: make run PYTHON=python3.11",
            )
        if named.version not in SUPPORTED:
            raise SetupFailure(
                f"PYTHON names {wanted}, which is Python {spoken(named.version)}; Privet needs 3.11 or 3.12.",
                "Name another one, for example: make run PYTHON=python3.11",
            )
        return named
    # The environment's own comes first, so that another search path does not make a new environment.
    for command in (str(layout.VENV_PYTHON), sys.executable, "python3.12", "python3.11", "/usr/bin/python3"):
        candidate = ask(command)
        if candidate is not None and candidate.version in SUPPORTED:
            return candidate
    raise SetupFailure(
        f"This computer has Python {spoken(sys.version_info[:2])}; Privet needs 3.11 or 3.12.",
        "Install one of them (on Debian 12: apt-get install python3 python3-venv), or name it: make run PYTHON=...",
    )
