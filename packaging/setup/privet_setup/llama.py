"""Compiles llama-cpp-python for this very processor, once, and keeps the wheel."""

from __future__ import annotations

import hashlib
import os
import platform
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

from privet_setup import environment, layout, packages, requirements
from privet_setup.failure import SetupFailure
from privet_setup.progress import Progress
from privet_setup.requirements import Pin

NAME = "llama-cpp-python"

# GGML_NATIVE compiles for the processor at hand. The rest leaves out what Privet does not use: picture models, TLS,
# child processes, and (in the file) llama.cpp's common library with its HTTP client.
_DEFINES = {
    "CMAKE_PROJECT_llama.cpp_INCLUDE": str(layout.SETUP / "llama-library-only.cmake"),
    "GGML_CCACHE": "OFF",
    "GGML_NATIVE": "ON",
    "GGML_RPC": "OFF",
    "LLAMA_OPENSSL": "OFF",
    "LLAMA_SUBPROCESS": "OFF",
    "LLAVA_BUILD": "OFF",
}

_COMPILED = re.compile(r"^\s*\[(\d+)/(\d+)\]")


def install(pin: Pin, progress: Progress) -> str:
    """Install the wheel, compiling it first where no earlier set-up of this computer did. Returns the step's result."""
    key = _key(pin)
    mark = layout.NOTES / "llama"
    if not environment.lacking([pin]) and mark.exists() and mark.read_text(encoding="utf-8") == key:
        return "already there"
    kept = layout.build_cache() / f"llama-{key[:20]}"
    wheel = kept_wheel(kept)
    result = "installed, compiled earlier" if wheel else "compiled"
    if wheel is None:
        wheel = _compile(pin, kept, progress)
    packages.pip(["install", "--no-deps", "--no-index", "--force-reinstall", wheel], progress)
    mark.write_text(key, encoding="utf-8")
    return result


def _key(pin: Pin) -> str:
    """One hash over all that shapes the binary: source, switches, compiler, processor."""
    parts = [pin.text, platform.machine(), _processor_features(), compiler_version()]
    parts += [f"{name}={value}" for name, value in sorted(_DEFINES.items()) if not value.startswith("/")]
    parts += [os.environ.get(name, "") for name in ("CMAKE_ARGS", "CC", "CXX", "CFLAGS", "CXXFLAGS", "LDFLAGS")]
    parts.append((layout.SETUP / "llama-library-only.cmake").read_text(encoding="utf-8"))
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _processor_features() -> str:
    """The instruction sets of this processor, as the kernel lists them."""
    try:
        with open("/proc/cpuinfo", encoding="utf-8", errors="replace") as lines:
            return next((line for line in lines if line.startswith(("flags", "Features"))), "")
    except OSError:
        return ""


def compiler_version() -> str:
    """The first line that the compiler says about itself, "" where there is none."""
    compiler = os.environ.get("CXX") or next(filter(shutil.which, ("c++", "g++", "clang++")), "")
    if not compiler:
        return ""
    answer = subprocess.run([*compiler.split(), "--version"], stdout=subprocess.PIPE, text=True, check=False)
    return answer.stdout.split("\n", 1)[0]


def kept_wheel(folder: Path) -> Path | None:
    """The wheel kept in a folder, if it still has the checksum it was kept with."""
    for wheel in folder.glob("*.whl"):
        note = wheel.with_name(wheel.name + ".sha256")
        if note.exists() and note.read_text(encoding="utf-8") == hashlib.sha256(wheel.read_bytes()).hexdigest():
            return wheel
    return None


def _compile(pin: Pin, kept: Path, progress: Progress) -> Path:
    kept.parent.mkdir(parents=True, exist_ok=True)
    # Beside its final place, so that the rename at the end is one step; a killed attempt is swept up by the next.
    for old in kept.parent.glob("making-*"):
        shutil.rmtree(old, ignore_errors=True)
    with tempfile.TemporaryDirectory(prefix="making-", dir=kept.parent) as made_in:
        making = Path(made_in)
        source = download(pin, making / "source", progress)
        made = making / "wheel"
        settings = [f"--config-settings=cmake.define.{name}={value}" for name, value in _DEFINES.items()]
        # Without the cache: pip would take any llama-cpp-python that someone on this computer built, curl and all.
        options: list[str | Path] = [
            "--no-deps",
            "--no-cache-dir",
            "--no-build-isolation",
            "--verbose",
            "--wheel-dir",
            made,
        ]
        packages.pip(["wheel", *options, *settings, source], progress, _read_compiler)
        wheel = next(iter(made.glob("*.whl")), None)
        if wheel is None:
            raise SetupFailure("llama.cpp was compiled but no wheel came of it.", f"The details are in {layout.LOG}")
        checksum = hashlib.sha256(wheel.read_bytes()).hexdigest()
        wheel.with_name(wheel.name + ".sha256").write_text(checksum, encoding="utf-8")
        os.sync()
        shutil.rmtree(kept, ignore_errors=True)
        made.rename(kept)
    return kept / wheel.name


def download(pin: Pin, folder: Path, progress: Progress) -> Path:
    """Fetch the source archive, checked against its hash."""
    file = requirements.write(layout.NOTES / "llama.txt", [pin])
    options: list[str | Path] = [
        "--no-deps",
        "--require-hashes",
        "--no-build-isolation",
        "--no-binary",
        NAME,
        "--progress-bar",
        "raw",
    ]
    packages.pip(["download", *options, "--dest", folder, "--requirement", file], progress, packages.PipReader(1))
    return next(folder.iterdir())


def _read_compiler(line: str) -> str:
    """Turns ninja's "[12/83] ..." into words."""
    counted = _COMPILED.match(line)
    return f"{counted[1]} of {counted[2]} files" if counted else ""
