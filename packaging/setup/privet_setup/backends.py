"""Compiles a back end for graphics processors, once, and puts it beside the library that loads it."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tarfile
from pathlib import Path

from privet_setup import layout, llama, process
from privet_setup.failure import SetupFailure
from privet_setup.progress import Progress
from privet_setup.requirements import Pin

RECIPES = layout.ROOT / "packaging" / "backends"
# What llama.cpp calls the library of each, and the Debian packages that compile it.
LIBRARIES = {"vulkan": "ggml-vulkan", "cuda": "ggml-cuda", "rocm": "ggml-hip", "metal": "ggml-metal"}
PACKAGES = {"vulkan": ("cmake", "ninja-build", "glslc", "libvulkan-dev", "spirv-headers", "mesa-vulkan-drivers")}

_COMPILED = re.compile(r"^\s*\[(\d+)/(\d+)\]")


def chosen() -> str:
    """The back end that PRIVET_BACKEND names, "" for the processor alone. Raises SetupFailure for an unknown one."""
    name = os.environ.get("PRIVET_BACKEND", "").strip().lower()
    if name in ("", "cpu"):
        return ""
    if name not in LIBRARIES:
        raise SetupFailure(
            f"PRIVET_BACKEND names a back end that Privet has no recipe for: {name}",
            f"It may be cpu, {', '.join(LIBRARIES)}; the recipes are in {RECIPES}",
        )
    return name


def provide(name: str, pin: Pin, progress: Progress) -> Path:
    """The module of a back end, compiled now or kept from an earlier set-up of this computer."""
    kept = layout.build_cache() / f"backend-{name}-{_key(name, pin)[:20]}"
    module = _module(kept, name)
    if module is None:
        _compile(name, pin, kept, progress)
        module = _module(kept, name)
    if module is None:
        raise SetupFailure(f"The {name} back end was compiled but no library came of it.", f"See {layout.LOG}")
    return module


def install(module: Path) -> str:
    """Put a module beside the library that loads it. Returns the step's result."""
    target = library_folder() / module.name
    if target.exists() and target.read_bytes() == module.read_bytes():
        return "already there"
    new = target.with_name(target.name + ".new")
    shutil.copyfile(module, new)
    os.replace(new, target)
    return "installed"


def remove() -> None:
    """Take away the modules of earlier set-ups: what is not chosen is not loaded."""
    for library in LIBRARIES.values():
        for module in library_folder().glob(f"lib{library}.*"):
            module.unlink()


def library_folder() -> Path:
    """Where the environment keeps llama.cpp's libraries."""
    folder = next(layout.VENV.glob("lib/python3*/site-packages/llama_cpp/lib"), None)
    if folder is None:
        raise SetupFailure("llama.cpp is not installed in .venv yet.", "Run make run first.")
    return folder


def _key(name: str, pin: Pin) -> str:
    """One hash over all that shapes the module: source, recipe, compiler."""
    recipes = [RECIPES / "common.cmake", RECIPES / f"{name}.cmake", *sorted(RECIPES.glob("older-*/*"))]
    parts = [pin.text, llama.compiler_version(), *(recipe.read_text(encoding="utf-8") for recipe in recipes)]
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def _module(kept: Path, name: str) -> Path | None:
    return next((kept / "made").glob(f"lib{LIBRARIES[name]}.*"), None)


def _compile(name: str, pin: Pin, kept: Path, progress: Progress) -> None:
    """What is compiled stays where it is, so that a set-up that was cut off goes on from there."""
    source = kept / "source"
    if not (kept / "unpacked").exists():
        shutil.rmtree(kept, ignore_errors=True)
        source.mkdir(parents=True)
        archive = llama.download(pin, kept / "archive", progress)
        with tarfile.open(archive) as file:
            file.extractall(source, filter="data")
        (kept / "unpacked").touch()
    inner = next(source.glob("*/vendor/llama.cpp"))
    built = kept / "build"
    process.run(["cmake", "-C", RECIPES / f"{name}.cmake", "-S", inner, "-B", built, "-G", "Ninja"], progress)
    process.run(["cmake", "--build", built, "--target", LIBRARIES[name]], progress, _read_compiler)
    made = kept / "made"
    made.mkdir(exist_ok=True)
    for library in (built / "bin").glob(f"lib{LIBRARIES[name]}.*"):
        shutil.copyfile(library, made / (library.name + ".new"))
        os.replace(made / (library.name + ".new"), made / library.name)
    for rest in (source, built, kept / "archive"):
        shutil.rmtree(rest, ignore_errors=True)


def _read_compiler(line: str) -> str:
    counted = _COMPILED.match(line)
    return f"{counted[1]} of {counted[2]} files" if counted else ""
