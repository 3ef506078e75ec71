"""Which shipped libraries could open a network socket: each is listed with its reason, and no other can."""

from __future__ import annotations

import fnmatch
import re
import shutil
import subprocess
import tomllib
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

import pytest

from tests.house.elf import imported, is_elf
from tests.house.sources import ROOT

LIST = ROOT / "packaging" / "supply" / "sockets.toml"
LOCK = ROOT / "packaging" / "locks" / "linux-x86_64.txt"
# Without one of these, a library can neither get a socket nor ask for a name.
WAYS = frozenset(
    {"socket", "getaddrinfo", "gethostbyname", "gethostbyname_r", "res_query", "__res_query", "res_nquery"}
)


def named(name: str) -> str:
    """A package's name as indexes write it."""
    return re.sub(r"[-_.]+", "-", name).lower()


@cache
def shipped() -> tuple[tuple[str, str, Path], ...]:
    """Package, name and place of every library of the packages that ship."""
    lines = LOCK.read_text(encoding="utf-8").splitlines()
    locked = {named(line.split("==")[0]) for line in lines if re.match(r"[A-Za-z0-9][\w.-]*==", line)}
    found = []
    for distribution in distributions():
        package = named(distribution.metadata["Name"])
        if package in locked:
            for file in distribution.files or ():
                path = Path(str(distribution.locate_file(file)))
                if ".so" in file.name and path.is_file() and is_elf(path):
                    found.append((package, str(file), path))
    return tuple(found)


def reasons() -> dict[str, dict[str, str]]:
    """The list: by package, by the libraries' names."""
    return tomllib.loads(LIST.read_text(encoding="utf-8"))


def test_every_library_that_could_open_a_socket_is_listed_and_no_entry_is_stale() -> None:
    libraries = shipped()
    assert len(libraries) > 100
    listed = {(package, pattern) for package, entries in reasons().items() for pattern in entries}
    needed: set[tuple[str, str]] = set()
    unlisted = []
    for package, name, path in libraries:
        if imported(path) & WAYS:
            fitting = {one for one in listed if one[0] == package and fnmatch.fnmatch(name, one[1])}
            needed |= fitting
            if not fitting:
                unlisted.append(f"{package}: {name} asks for {', '.join(sorted(imported(path) & WAYS))}")
    assert unlisted == []
    assert listed - needed == set()


def test_each_reason_is_a_sentence() -> None:
    for entries in reasons().values():
        for reason in entries.values():
            assert re.fullmatch(r"[A-Z].{20,}\.", reason)


def test_the_reader_reads_what_nm_reads() -> None:
    if shutil.which("nm") is None:
        pytest.skip("nm is not installed (binutils)")
    compared = 0
    for _, name, path in shipped():
        if "psutil" in name or "uvloop" in name or "Qt6Network" in name:
            told = subprocess.run(["nm", "-D", "--undefined-only", path], capture_output=True, text=True, check=True)
            names = {line.split()[-1].split("@")[0] for line in told.stdout.splitlines() if line.split()}
            assert imported(path) == names, name
            compared += 1
    assert compared >= 2
