"""The steps of set-up, in order, each of which can be cut off and repeated."""

from __future__ import annotations

import platform
import shutil
import sys

from privet_setup import backends, environment, layout, llama, models, packages, process, requirements, stamp, system
from privet_setup.failure import SetupFailure
from privet_setup.interpreter import Interpreter
from privet_setup.progress import Progress

# What a finished environment, the compile and the downloads take on the disk, in bytes.
_ROOM = 4_000_000_000


def set_up(target: str, python: Interpreter) -> int:
    """Bring target ("run" or "test") up to date; returns the exit code."""
    _insist_on_this_platform()
    progress = Progress(total=9 if target == "test" else 8)
    with process.one_at_a_time(progress):
        # The one that was waited for may have done it all.
        if stamp.is_current(target):
            return 0
        _insist_on_room()
        stamp.forget()
        print(f"Setting up Privet in {layout.ROOT}. You can stop at any time; the next run goes on from there.")
        try:
            _take_steps(target, python, progress)
        except process.ToolFailed as failed:
            print("\n" + "\n".join(failed.tail[-15:]), file=sys.stderr)
            raise SetupFailure(
                f"\nA step failed: {failed}; its last lines are above, all of them in {layout.LOG}",
                "If the network or the disk was the reason, mend that and run the same command again: "
                "what is done stays done.",
            ) from failed
    return 0


def make_backend(python: Interpreter) -> int:
    """Compile the back end that PRIVET_BACKEND names, Vulkan if it names none, and say where it lies."""
    name = backends.chosen() or "vulkan"
    progress = Progress(total=2)
    with process.one_at_a_time(progress):
        progress.begin("System libraries")
        progress.end(system.provide_more(backends.PACKAGES.get(name, ()), progress))
        progress.begin(f"The {name} back end", "compiled once: 5 to 15 minutes")
        engine = next(pin for pin in requirements.read(layout.RUNTIME_LOCK) if pin.name == llama.NAME)
        module = backends.provide(name, engine, progress)
        progress.end("there")
    print(module)
    return 0


def _insist_on_this_platform() -> None:
    if sys.platform != "linux" or platform.machine() != "x86_64":
        raise SetupFailure(
            f"This set-up is for Linux on x86-64; this is {platform.system()} on {platform.machine()}.",
            "Install the package made for your system, or see packaging/locks/ for what it is built from.",
        )


def _insist_on_room() -> None:
    free = shutil.disk_usage(layout.ROOT).free
    if not layout.NOTES.exists() and free < _ROOM:
        raise SetupFailure(
            f"There are {free / 1e9:.1f} GB free here; setting up takes {_ROOM / 1e9:.0f} GB.",
            "Make room, then run the same command again.",
        )


def _take_steps(target: str, python: Interpreter, progress: Progress) -> None:
    build = requirements.read(layout.BUILD_LOCK)
    runtime = requirements.read(layout.RUNTIME_LOCK)
    development = requirements.read(layout.DEV_LOCK)
    torch = [pin for pin in runtime if pin.name == "torch"]
    engine = [pin for pin in runtime if pin.name == llama.NAME]
    others = [pin for pin in runtime if pin not in (*torch, *engine)]

    progress.begin("System libraries")
    progress.end(system.provide(target, python, progress))

    progress.begin("Python environment")
    progress.end(environment.provide(python, progress))

    progress.begin("Build tools", "40 MB")
    environment.discard_broken()
    packages.install("pip", [pin for pin in build if pin.name == "pip"], progress, first_time=True)
    progress.end(packages.install("build", build, progress))

    progress.begin("PyTorch for the CPU", "200 MB")
    progress.end(packages.install_torch(torch, progress))

    progress.begin("Python packages", f"{len(others)} of them, 450 MB")
    progress.end(packages.install("runtime", others, progress))

    if target == "test":
        progress.begin("Tools for checking and testing", "60 MB")
        progress.end(packages.install("dev", development, progress))

    progress.begin("llama.cpp", "compiled for this processor: 2 to 8 minutes the first time")
    progress.end(llama.install(engine[0], progress))
    backend = backends.chosen()
    if backend:
        progress.note(f"The {backend} back end for graphics processors is added: 5 to 15 minutes the first time.")
        system.provide_more(backends.PACKAGES.get(backend, ()), progress)
        progress.note(f"The {backend} back end: {backends.install(backends.provide(backend, engine[0], progress))}")
    else:
        backends.remove()

    progress.begin("Privet's own commands")
    packages.remove(environment.strangers([*build, *runtime, *development]), progress)
    progress.end(packages.install_project(progress))

    progress.begin("Embedded models", "175 MB")
    sources = models.read_catalog()
    progress.end(models.install(sources, progress))

    stamp.write(target, models.all_files(sources))
