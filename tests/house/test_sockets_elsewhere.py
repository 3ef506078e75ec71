"""Which libraries for Windows and macOS could open a network socket, read here on whatever system this is.

PRIVET_WHEELS=FOLDER holds the wheels in FOLDER/windows and FOLDER/macos against the lists, as they come from
`pip download --no-deps --only-binary :all: --platform win_amd64 ...`; without it the reader and the lists are tried.
"""

from __future__ import annotations

import fnmatch
import os
import re
import shutil
import subprocess
import sysconfig
import tomllib
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.house import pe
from tests.house.sources import ROOT
from tests.house.test_sockets import WAYS, named

SUPPLY = ROOT / "packaging" / "supply"
LOCKS = {"windows": "windows-x86_64.txt", "macos": "macos-arm64.txt"}
NETWORK = frozenset(
    {"ws2_32.dll", "wsock32.dll", "mswsock.dll", "winhttp.dll", "wininet.dll", "dnsapi.dll", "urlmon.dll"}
)
MAC_WAYS = WAYS | {
    "CFSocketCreate", "CFSocketCreateWithSocketSignature", "CFStreamCreatePairWithSocketToHost", "res_9_query",
    "nw_connection_create",
}  # fmt: skip


def listed(system: str) -> dict[str, dict[str, str]]:
    """The list for a system: by package, by the libraries' names, the reason."""
    return tomllib.loads((SUPPLY / f"sockets-{system}.toml").read_text(encoding="utf-8"))


def ways(data: bytes) -> frozenset[str] | None:
    """What a library could reach a network by; None for what is no library of Windows or macOS."""
    if pe.is_pe(data):
        return pe.libraries(data) & NETWORK
    return pe.mac_symbols(data) & MAC_WAYS if pe.is_macho(data) else None


def windows_programs() -> Iterator[Path]:
    """The programs for Windows that pip and setuptools bring along everywhere."""
    for package in ("setuptools", "pip/_vendor/distlib"):
        yield from (Path(sysconfig.get_paths()["purelib"]) / package).glob("*.exe")


@pytest.mark.parametrize("system", LOCKS)
def test_each_reason_is_a_sentence_about_a_package_that_ships(system: str) -> None:
    lock = (ROOT / "packaging" / "locks" / LOCKS[system]).read_text(encoding="utf-8")
    shipped = {named(line.split("==")[0]) for line in lock.splitlines() if re.match(r"[A-Za-z0-9][\w.-]*==", line)}
    assert set(listed(system)) <= shipped
    for entries in listed(system).values():
        assert entries and all(re.fullmatch(r"[A-Z].{20,}\.", reason) for reason in entries.values())


def test_programs_for_windows_are_read() -> None:
    programs = list(windows_programs())
    if not programs:
        pytest.skip("neither pip nor setuptools brings its launchers here")
    for program in programs:
        data = program.read_bytes()
        assert pe.is_pe(data) and not pe.is_macho(data)
        assert "kernel32.dll" in pe.libraries(data), program.name
        assert ways(data) == frozenset(), program.name


def test_the_reader_reads_what_objdump_reads() -> None:
    if shutil.which("objdump") is None:
        pytest.skip("objdump is not installed (binutils)")
    compared = 0
    for program in windows_programs():
        told = subprocess.run(["objdump", "-p", program], capture_output=True, text=True)
        if told.returncode == 0:
            names = {line.split()[-1].lower() for line in told.stdout.splitlines() if "DLL Name:" in line}
            assert pe.libraries(program.read_bytes()) == names, program.name
            compared += 1
    if not compared:
        pytest.skip("this objdump does not know Windows' files")


def test_a_library_that_asks_for_sockets_is_noticed() -> None:
    assert ways(b"\x7fELF" + bytes(100)) is None
    asks = _smallest_pe(b"WS2_32.dll")
    assert pe.is_pe(asks) and ways(asks) == frozenset({"ws2_32.dll"})
    assert ways(_smallest_pe(b"KERNEL32.dll")) == frozenset()
    assert ways(_smallest_macho(b"_socket")) == frozenset({"socket"})
    assert ways(_smallest_macho(b"_printf")) == frozenset()


@pytest.mark.parametrize("system", LOCKS)
def test_every_library_that_could_open_a_socket_is_listed_and_no_entry_is_stale(system: str) -> None:
    folder = os.environ.get("PRIVET_WHEELS")
    if folder is None:
        pytest.skip("PRIVET_WHEELS names no folder of wheels")
    patterns = {(package, pattern) for package, entries in listed(system).items() for pattern in entries}
    needed: set[tuple[str, str]] = set()
    unlisted, read = [], 0
    for wheel in sorted((Path(folder) / system).glob("*.whl")):
        package = named(wheel.name.split("-")[0])
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                found = ways(archive.read(name))
                read += found is not None
                if found:
                    fitting = {one for one in patterns if one[0] == package and fnmatch.fnmatch(name, one[1])}
                    needed |= fitting
                    unlisted += [] if fitting else [f"{package}: {name} asks for {', '.join(sorted(found))}"]
    assert unlisted == []
    assert patterns - needed == set()
    assert read > 100
    print(f"\n{system}: {read} libraries read, {len(needed)} entries needed")


def _smallest_pe(name: bytes) -> bytes:
    """A library for Windows that takes something from one other, as short as the format lets it be."""
    data = bytearray(0x400)
    data[:2], data[60:64] = b"MZ", (64).to_bytes(4, "little")
    data[64:68] = b"PE\0\0"
    data[70:72], data[84:86], data[88:90] = b"\x01\0", (240).to_bytes(2, "little"), b"\x0b\x02"
    data[196:200] = (16).to_bytes(4, "little")  # directories
    data[208:212] = (0x1000).to_bytes(4, "little")  # of imports
    for at, value in ((0, 0x200), (4, 0x1000), (8, 0x200), (12, 0x200)):
        data[328 + 8 + at : 328 + 12 + at] = value.to_bytes(4, "little")
    data[0x20C:0x210] = (0x1040).to_bytes(4, "little")
    data[0x240 : 0x240 + len(name)] = name
    return bytes(data)


def _smallest_macho(symbol: bytes) -> bytes:
    """A library for macOS that asks others for one symbol."""
    header = b"\xcf\xfa\xed\xfe" + bytes(12) + (1).to_bytes(4, "little") + (24).to_bytes(4, "little") + bytes(8)
    command = b"".join(value.to_bytes(4, "little") for value in (2, 24, 56, 1, 72, 2 + len(symbol)))
    entry = (1).to_bytes(4, "little") + b"\x01" + bytes(11)
    return header + command + entry + b"\0" + symbol + b"\0"
