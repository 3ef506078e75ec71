"""Makes sure that the system libraries are there which no Python package brings along."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence

from privet_setup import process
from privet_setup.failure import SetupFailure
from privet_setup.interpreter import Interpreter, spoken
from privet_setup.progress import Progress

# A name is a Debian package; where releases differ, the first of several is installed if none is there.
COMPILER = ("g++",)

# What Qt 6.12's xcb, wayland and offscreen platforms load and Debian's base does not hold (ELF NEEDED entries of
# QtGui, QtWidgets, QtPdf and of those plugins), and one font.
WINDOW = (
    "libbrotli1",
    "libdbus-1-3",
    "libegl1",
    "libfontconfig1",
    "libfreetype6",
    "libgl1",
    "libglib2.0-0|libglib2.0-0t64",
    "libgssapi-krb5-2",
    "libwayland-client0",
    "libwayland-cursor0",
    "libwayland-egl1",
    "libx11-6",
    "libx11-xcb1",
    "libxcb-cursor0",
    "libxcb-glx0",
    "libxcb-icccm4",
    "libxcb-image0",
    "libxcb-keysyms1",
    "libxcb-randr0",
    "libxcb-render-util0",
    "libxcb-render0",
    "libxcb-shape0",
    "libxcb-shm0",
    "libxcb-sync1",
    "libxcb-util1",
    "libxcb-xfixes0",
    "libxcb-xkb1",
    "libxcb1",
    "libxkbcommon-x11-0",
    "libxkbcommon0",
    "fonts-dejavu-core|fonts-noto-core|fonts-liberation|fonts-liberation2|fonts-freefont-ttf",
)

# A display, a watched kernel and a keychain for the tests that want the real thing.
TESTING = ("binutils", "dbus", "gnome-keyring", "strace", "xauth", "xdotool", "xvfb")


def wanted(target: str, python: Interpreter) -> tuple[str, ...]:
    """The Debian packages that a target needs."""
    # Debian splits ensurepip from its own Python; other Pythons carry it.
    venv = () if python.makes_venvs else (f"python{spoken(python.version)}-venv",)
    return venv + COMPILER + WINDOW + (TESTING if target == "test" else ())


def missing(packages: Sequence[str]) -> list[str]:
    """Those of the packages of which no alternative is installed, by the name to install."""
    names = [name for package in packages for name in package.split("|")]
    answer = subprocess.run(
        ["dpkg-query", "--show", "--showformat", "${Package} ${db:Status-Status}\n", *names],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
        check=False,
    )
    installed = {line.split(" ")[0] for line in answer.stdout.splitlines() if line.endswith(" installed")}
    return [package.split("|")[0] for package in packages if not installed.intersection(package.split("|"))]


def provide(target: str, python: Interpreter, progress: Progress) -> str:
    """Install what is missing, or say in one line what a person has to install. Returns the step's result."""
    packages = wanted(target, python)
    if shutil.which("dpkg-query") is None or shutil.which("apt-get") is None:
        progress.note("Not a Debian-like system; please see to it that these are installed: " + _spoken(packages))
        _insist_on_indispensable(python, "with your system's package manager")
        return "left to you"
    lacking = missing(packages)
    if not lacking:
        return "all there"
    if os.geteuid() == 0:
        _install([], lacking, progress)
    elif _may_sudo():
        _install(["sudo", "-n"], lacking, progress)
    else:
        command = "sudo apt-get install -y " + " ".join(lacking)
        progress.note("Some system packages are missing; please run: " + command)
        _insist_on_indispensable(python, "by running: " + command)
        return "going on without"
    return f"installed {len(lacking)} packages"


def provide_more(packages: Sequence[str], progress: Progress) -> str:
    """Install further packages where that can be done, else say which. Returns the step's result."""
    if not packages or shutil.which("dpkg-query") is None:
        return "left to you"
    lacking = missing(packages)
    if not lacking:
        return "all there"
    if os.geteuid() == 0 or _may_sudo():
        _install([] if os.geteuid() == 0 else ["sudo", "-n"], lacking, progress)
        return f"installed {len(lacking)} packages"
    progress.note("Some system packages are missing; please run: sudo apt-get install -y " + " ".join(lacking))
    return "going on without"


def _spoken(packages: Sequence[str]) -> str:
    return ", ".join(package.split("|")[0] for package in packages)


def _may_sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], stderr=subprocess.DEVNULL, check=False).returncode == 0


def _insist_on_indispensable(python: Interpreter, how: str) -> None:
    """Stop where going on is sure to fail: the window's libraries can wait, these cannot."""
    if not python.makes_venvs:
        raise SetupFailure(
            f"{python.path} cannot make virtual environments (its venv module is missing).",
            f"Install it {how}, then run the same command again.",
        )
    if not (os.environ.get("CXX") or any(map(shutil.which, ("c++", "g++", "clang++")))):
        raise SetupFailure(
            "There is no C++ compiler here, which llama.cpp is built with.",
            f"Install g++ {how}, then run the same command again.",
        )


def _install(prefix: list[str], packages: Sequence[str], progress: Progress) -> None:
    environment = ["env", "DEBIAN_FRONTEND=noninteractive", "LC_ALL=C"]
    apt = [*prefix, *environment, "apt-get", "-o", "DPkg::Lock::Timeout=300", "-o", "Acquire::Retries=3"]
    install = [*apt, "install", "--yes", "--no-install-recommends", *packages]
    try:
        try:
            process.run_undisturbed(install, progress)
        except process.ToolFailed:
            # The usual reasons: packages left half-configured by a kill, and no package list yet or a stale one.
            process.run_undisturbed([*prefix, *environment, "dpkg", "--configure", "-a"], progress)
            process.run_undisturbed([*apt, "update"], progress)
            process.run_undisturbed(install, progress)
    except process.ToolFailed as failed:
        raise SetupFailure(
            "The system packages could not be installed: " + (failed.tail[-1] if failed.tail else str(failed)),
            "Install them yourself, then run the same command again: apt-get install " + " ".join(packages),
        ) from failed
