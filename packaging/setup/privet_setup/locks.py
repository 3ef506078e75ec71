"""Makes the lock files from pyproject.toml, for every system, on one Linux computer."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

from privet_setup import layout, requirements
from privet_setup.failure import SetupFailure

HEADER = "# Made by `make lock` from pyproject.toml; edit that, not this.\n"

# The oldest Python we support decides: newer ones read the same files (checked at the end).
_PYTHON = "3.11"
_NEWER_PYTHON = "3.12"

# uv's names for the oldest systems we run on. PySide6 6.12 sets both floors: glibc 2.34 and macOS 14.
_PLATFORMS = {
    "linux-x86_64": "x86_64-manylinux_2_34",
    "windows-x86_64": "x86_64-pc-windows-msvc",
    "macos-arm64": "aarch64-apple-darwin",
}
_MACOS_FLOOR = "14.0"

# PyTorch's CPU wheels for Linux are not on the package index: there, the Linux wheels are CUDA builds. Both hashes
# stand in many public lock files. "+cpu" makes pip turn down the CUDA build before it downloads any of it.
_TORCH_VERSION = "2.13.0"
_TORCH_CPU = {
    "cp311 manylinux_2_28_x86_64": "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
    "cp312 manylinux_2_28_x86_64": "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2",
}


def make() -> int:
    """Remake every lock file; returns the exit code. Raises SetupFailure where the result is not what it must be."""
    uv = layout.VENV / "bin" / "uv"
    if not uv.exists():
        raise SetupFailure("uv is not installed in .venv yet.", "Run `make test` once, then `make lock`.")
    with tempfile.TemporaryDirectory() as folder:
        new = Path(folder)
        for name, system in _PLATFORMS.items():
            _compile(uv, new / f"{name}.txt", [str(layout.PROJECT)], system, _PYTHON)
            _check_newer_python(uv, new / f"{name}.txt")
        linux = new / layout.RUNTIME_LOCK.name
        development = new / layout.DEV_LOCK.name
        linux_system = _PLATFORMS[layout.RUNTIME_LOCK.stem]
        _compile(uv, development, ["--group", "dev"], linux_system, _PYTHON, [linux])
        _compile(uv, new / layout.BUILD_LOCK.name, ["--group", "build"], linux_system, _PYTHON, [linux, development])
        _take_cpu_torch(linux)
        for path in sorted(new.glob("*.txt")):
            text = HEADER + path.read_text(encoding="utf-8")
            (layout.LOCKS / path.name).write_text(text, encoding="utf-8")
            print(f"packaging/locks/{path.name}: {len(requirements.read(layout.LOCKS / path.name))} packages")
    return 0


def _compile(
    uv: Path, result: Path, what: list[str], system: str, python: str, constraints: list[Path] | None = None
) -> None:
    """Resolve into a file. Windows, macOS and Linux alike: wheels only, but for llama-cpp-python, which has none."""
    command = [str(uv), "pip", "compile", "--quiet", "--generate-hashes", "--no-annotate", "--no-header"]
    command += ["--no-emit-index-url", "--only-binary", ":all:", "--no-binary", "llama-cpp-python"]
    command += ["--python-version", python, "--python-platform", system, "--output-file", str(result), *what]
    for constraint in constraints or []:
        command += ["--constraint", str(constraint)]
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": _MACOS_FLOOR, "UV_PYTHON_DOWNLOADS": "never"}
    answer = subprocess.run(command, cwd=layout.ROOT, env=environment, stderr=subprocess.PIPE, text=True, check=False)
    if answer.returncode != 0:
        print(answer.stderr, file=sys.stderr)
        raise SetupFailure(f"uv found no set of versions for {result.stem}.", "Change pyproject.toml as uv says above.")


def _check_newer_python(uv: Path, lock: Path) -> None:
    """The newer Python must be content with the very versions of the older one."""
    with tempfile.TemporaryDirectory() as folder:
        newer = Path(folder) / "newer.txt"
        _compile(uv, newer, [str(layout.PROJECT)], _PLATFORMS[lock.stem], _NEWER_PYTHON, [lock])
        older_pins = {(pin.name, pin.version) for pin in requirements.read(lock)}
        extra = [pin.name for pin in requirements.read(newer) if (pin.name, pin.version) not in older_pins]
    if extra:
        raise SetupFailure(
            f"Python {_NEWER_PYTHON} needs packages that the lock for {_PYTHON} lacks: {', '.join(extra)}.",
            "Add them to the dependencies in pyproject.toml with a marker.",
        )


def _take_cpu_torch(lock: Path) -> None:
    """Replace the index's torch in the Linux lock by the CPU build."""
    wanted = tomllib.loads(layout.PROJECT.read_text(encoding="utf-8"))["project"]["dependencies"]
    if f"torch=={_TORCH_VERSION}" not in wanted:
        raise SetupFailure(
            f"pyproject.toml asks for another torch than {_TORCH_VERSION}, whose CPU wheels are known.",
            f"Put the hashes of the new CPU wheels into {Path(__file__).name}.",
        )
    hashes = " \\\n".join(f"    --hash=sha256:{value}" for value in sorted(_TORCH_CPU.values()))
    block = (
        "# The CPU build, whose wheels are not on the package index (which has CUDA builds for Linux); hashes of\n"
        f"# {' and '.join(_TORCH_CPU)}, as in several public lock files.\n"
        f"torch=={_TORCH_VERSION}+cpu \\\n{hashes}\n"
    )
    text = lock.read_text(encoding="utf-8")
    new, count = re.subn(
        rf"^torch=={re.escape(_TORCH_VERSION)} \\\n(?:    --hash=\S+(?: \\)?\n)+", block, text, flags=re.M
    )
    if count != 1:
        raise SetupFailure("The Linux lock has no block for torch to replace.", "See _take_cpu_torch.")
    lock.write_text(new, encoding="utf-8")
