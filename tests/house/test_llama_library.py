"""The llama.cpp that was compiled here cannot reach a network: it links nothing that could, and calls nothing."""

from __future__ import annotations

import re
import shutil
import subprocess
from importlib.metadata import distribution
from pathlib import Path

import pytest

# What POSIX and the usual libraries need to open a connection.
_CALLS = re.compile(
    r"^\s*U (socket|connect|getaddrinfo|gethostbyname\w*|bind|listen|accept4?|SSL_\w+|curl_\w+)(@|$)", re.M
)


def libraries() -> list[Path]:
    """The shared libraries that llama-cpp-python brings."""
    files = distribution("llama-cpp-python").files or []
    return sorted({Path(str(file.locate())).resolve() for file in files if ".so" in file.name})


def test_the_libraries_are_those_of_inference_alone() -> None:
    names = {path.name.split(".")[0] for path in libraries()}
    assert names == {"libggml", "libggml-base", "libggml-cpu", "libllama"}


@pytest.mark.parametrize("library", libraries(), ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_library_neither_links_nor_calls_what_opens_connections(library: Path) -> None:
    if not (shutil.which("readelf") and shutil.which("nm")):
        pytest.skip("binutils is not installed")
    dynamic = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
    linked = set(re.findall(r"NEEDED.*\[(.+)\]", dynamic))
    assert linked
    assert {name for name in linked if re.match(r"lib(curl|ssl|crypto|nss|gnutls|ibverbs|rdmacm)", name)} == set()
    symbols = subprocess.run(
        ["nm", "-D", "--undefined-only", library], capture_output=True, text=True, check=True
    ).stdout
    assert " U " in symbols
    assert _CALLS.findall(symbols) == []
