"""Set-up's dealings with others: Pythons that do not fit, package managers, pip's refusals, interruptions."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from privet_setup import interpreter, layout, packages, process, stamp, system
from privet_setup.failure import SetupFailure
from privet_setup.interpreter import Interpreter
from privet_setup.progress import Progress
from privet_setup.requirements import Pin
from tests.house.sources import ROOT

PYTHON = Interpreter(path="/usr/bin/python3.11", version=(3, 11), makes_venvs=True)


@pytest.fixture
def said() -> io.StringIO:
    """What set-up prints in the test."""
    return io.StringIO()


@pytest.fixture
def progress(said: io.StringIO) -> Progress:
    """A progress display without a terminal."""
    return Progress(total=3, out=said)


@pytest.fixture
def tools(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that is the whole search path; the environment and its log lie beside it."""
    folder = tmp_path / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    monkeypatch.setattr(layout, "VENV", tmp_path / ".venv")
    monkeypatch.setattr(layout, "VENV_PYTHON", folder / "python")
    monkeypatch.setattr(layout, "LOG", tmp_path / ".venv" / "setup.log")
    return folder


def tool(folder: Path, name: str, script: str) -> None:
    """Put a shell script into the search path."""
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
    path.chmod(0o755)


# --- Which Python ---


def test_the_python_that_is_named_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON", sys.executable)
    assert interpreter.choose().version == sys.version_info[:2]


def test_a_python_that_does_not_fit_is_refused_with_what_to_do(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tool(tools, "python3.10", "printf '3.10\\n/usr/bin/python3.10\\nTrue\\n'")
    monkeypatch.setenv("PYTHON", "python3.10")
    with pytest.raises(SetupFailure, match=r"is Python 3\.10; Privet needs 3\.11 or 3\.12") as failure:
        interpreter.choose()
    assert "make run PYTHON=" in failure.value.do


@pytest.mark.parametrize("script", ["exit 1", "echo nonsense", ""])
def test_a_python_that_does_not_run_is_refused(tools: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    tool(tools, "python3.11", script)
    monkeypatch.setenv("PYTHON", "python3.11")
    with pytest.raises(SetupFailure, match="does not run"):
        interpreter.choose()


def test_without_a_name_the_first_that_fits_is_taken(tools: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PYTHON", raising=False)
    monkeypatch.setattr(sys, "executable", str(tools / "python3"))
    tool(tools, "python3", "printf '3.13\\n/a/python3.13\\nTrue\\n'")
    tool(tools, "python3.12", "exit 127")
    tool(tools, "python3.11", "printf '3.11\\n/a/python3.11\\nFalse\\n'")
    assert interpreter.choose() == Interpreter("/a/python3.11", (3, 11), False)


# --- System packages ---

# Prints a line for each package that is installed, as dpkg-query does; $HAVE lists them.
_DPKG_QUERY = 'for one in $HAVE; do echo "$one installed"; done; echo "g++ not-installed"; exit 1'


def test_missing_packages_are_those_without_an_installed_alternative(
    tools: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tools, "dpkg-query", _DPKG_QUERY)
    monkeypatch.setenv("HAVE", "liba libc64t64")
    assert system.missing(["liba", "libb", "libc64|libc64t64", "g++"]) == ["libb", "g++"]


def debian(tools: Path, monkeypatch: pytest.MonkeyPatch, have: str) -> Path:
    """Make the search path look like Debian's; returns the file that apt-get's arguments go to."""
    journal = tools.parent / "apt"
    tool(tools, "dpkg-query", _DPKG_QUERY)
    tool(tools, "dpkg", "exit 0")
    tool(tools, "env", 'while [ "${1#*=}" != "$1" ]; do shift; done; exec "$@"')
    tool(tools, "apt-get", f'echo "$@" >> {journal}; [ -e {tools}/lists ] || [ "${{5}}" = update ] || exit 100')
    monkeypatch.setenv("HAVE", have)
    return journal


ALL_BUT_TWO = " ".join(one.split("|")[0] for one in system.WINDOW if one not in ("libegl1", "libgl1")) + " g++"


def test_root_installs_exactly_what_is_missing(
    tools: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress
) -> None:
    journal = debian(tools, monkeypatch, ALL_BUT_TWO)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tool(tools, "lists", "")
    progress.begin("System libraries")
    assert system.provide("run", PYTHON, progress) == "installed 2 packages"
    (line,) = journal.read_text(encoding="utf-8").splitlines()
    assert line.endswith("install --yes --no-install-recommends libegl1 libgl1")


def test_package_lists_are_fetched_only_where_the_install_fails_without(
    tools: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress
) -> None:
    journal = debian(tools, monkeypatch, ALL_BUT_TWO)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    tool(tools, "apt-get", f'echo "$@" >> {journal}; [ "$5" = update ] && : > {tools}/lists; [ -e {tools}/lists ]')
    progress.begin("System libraries")
    system.provide("run", PYTHON, progress)
    commands = [line.split()[4] for line in journal.read_text(encoding="utf-8").splitlines()]
    assert commands == ["install", "update", "install"]


def test_a_failed_install_says_what_to_install(
    tools: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress
) -> None:
    debian(tools, monkeypatch, ALL_BUT_TWO)
    monkeypatch.setattr(os, "geteuid", lambda: 0)
    progress.begin("System libraries")
    with pytest.raises(SetupFailure) as failure:
        system.provide("run", PYTHON, progress)
    assert "apt-get install libegl1 libgl1" in failure.value.do


@pytest.mark.parametrize("may_sudo", [True, False])
def test_a_user_installs_through_sudo_or_is_told_in_one_line(
    tools: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress, said: io.StringIO, may_sudo: bool
) -> None:
    journal = debian(tools, monkeypatch, ALL_BUT_TWO)
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    tool(tools, "lists", "")
    tool(tools, "g++", "")
    tool(tools, "sudo", 'shift; exec "$@"' if may_sudo else "exit 1")
    tool(tools, "true", "exit 0")
    progress.begin("System libraries")
    result = system.provide("run", PYTHON, progress)
    if may_sudo:
        assert result == "installed 2 packages"
        assert journal.exists()
    else:
        assert result == "going on without"
        assert not journal.exists()
        assert said.getvalue().count("sudo apt-get install -y libegl1 libgl1") == 1


@pytest.mark.parametrize(
    ("python", "compiler", "fault"),
    [
        (PYTHON, "", "no C++ compiler"),
        (PYTHON._replace(makes_venvs=False), "g++", "cannot make virtual environments"),
    ],
)
def test_without_what_is_indispensable_set_up_stops(
    tools: Path, progress: Progress, monkeypatch: pytest.MonkeyPatch, python: Interpreter, compiler: str, fault: str
) -> None:
    monkeypatch.delenv("CXX", raising=False)
    if compiler:
        tool(tools, compiler, "")
    progress.begin("System libraries")
    with pytest.raises(SetupFailure, match=re.escape(fault)):
        system.provide("run", python, progress)


def test_another_system_is_told_what_is_needed_and_goes_on(tools: Path, progress: Progress, said: io.StringIO) -> None:
    tool(tools, "c++", "")
    progress.begin("System libraries")
    assert system.provide("test", PYTHON, progress) == "left to you"
    assert "libxcb-cursor0" in said.getvalue()
    assert "xvfb" in said.getvalue()


# --- pip ---


@pytest.mark.parametrize(
    ("last_line", "what", "do"),
    [
        ("ERROR: No matching distribution found for torch==2.13.0+cpu", "no CPU build of PyTorch", "PIP_FIND_LINKS"),
        ("ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE.", "not the one", "do not install"),
        ("ERROR: [Errno 28] No space left on device", "disk is full", "Make room"),
    ],
)
def test_what_pip_refuses_is_said_in_words(
    tools: Path, monkeypatch: pytest.MonkeyPatch, progress: Progress, last_line: str, what: str, do: str
) -> None:
    monkeypatch.setattr(layout, "NOTES", tools.parent / "notes")
    tool(tools, "python", f"echo '{last_line}'; exit 1")
    torch = Pin("torch", "2.13.0+cpu", ("0",), "torch==2.13.0+cpu --hash=sha256:0")
    progress.begin("PyTorch")
    with pytest.raises(SetupFailure, match=what) as failure:
        packages.install_torch([torch], progress)
    assert do in failure.value.do


def test_pip_lines_become_words() -> None:
    read = packages.PipReader(total=3)
    assert read("Collecting numpy==2.4.6 (from -r x)") == "1 of 3, numpy"
    assert read("Processing /somewhere/torch-2.13.0.whl (from -r x)") == "2 of 3, torch-2.13.0.whl"
    assert read("Progress 50000000 of 200000000") == "torch-2.13.0.whl 25 % of 200 MB"
    assert read("Progress 50 of 200") == ""
    assert read("Installing collected packages: numpy, torch") == "unpacking"


# --- Running and stopping ---


def test_a_failing_tool_leaves_its_last_lines(tools: Path, progress: Progress) -> None:
    tool(tools, "broken", "echo one; echo two >&2; exit 3")
    progress.begin("Step")
    with pytest.raises(process.ToolFailed, match="broken ended with code 3") as failed:
        process.run([tools / "broken"], progress)
    assert failed.value.tail == ("one", "two")
    assert "one\ntwo\n" in layout.LOG.read_text(encoding="utf-8")


def children_of_mark(root: Path) -> list[int]:
    """The processes that carry set-up's mark for a checkout."""
    found = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            if f"PRIVET_SETUP_OF={root}".encode() in (folder / "environ").read_bytes().split(b"\0"):
                found.append(int(folder.name))
        except OSError:
            continue
    return found


def test_stopping_set_up_stops_all_that_it_started(tools: Path, progress: Progress) -> None:
    tool(tools, "parent", "/bin/sleep 60 & /bin/sleep 60 & echo started; wait")

    def stop(line: str) -> str:
        wait_for_children(3)
        raise KeyboardInterrupt

    progress.begin("Step")
    with pytest.raises(KeyboardInterrupt):
        process.run([tools / "parent"], progress, stop)
    wait_for_children(0)


def test_a_package_manager_is_not_torn_out_of_its_work(
    tools: Path, progress: Progress, said: io.StringIO, monkeypatch: pytest.MonkeyPatch
) -> None:
    tool(tools, "apt-get", "echo Unpacking; /bin/sleep 1.5; echo Done")
    interrupted = False

    def interrupt(text: str) -> None:
        nonlocal interrupted
        if not interrupted:
            interrupted = True
            os.kill(os.getpid(), signal.SIGINT)

    monkeypatch.setattr(progress, "detail", interrupt)
    progress.begin("System libraries")
    # A shell without job control has what it starts in the background ignore the signal.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            process.run_undisturbed([str(tools / "apt-get")], progress)
    finally:
        signal.signal(signal.SIGINT, before)
    assert "finish first" in said.getvalue()
    assert layout.LOG.read_text(encoding="utf-8").endswith("Unpacking\nDone\n")


def test_what_a_killed_set_up_left_running_is_ended_by_the_next(tools: Path, progress: Progress) -> None:
    mark = {"PRIVET_SETUP_OF": str(layout.ROOT)}
    orphan = subprocess.Popen(["/bin/sleep", "60"], env=mark)
    stranger = subprocess.Popen(["/bin/sleep", "60"], env={"PRIVET_SETUP_OF": "/elsewhere"})
    try:
        with process.one_at_a_time(progress):
            assert orphan.wait(timeout=10) < 0
            assert stranger.poll() is None
    finally:
        stranger.kill()
        stranger.wait()


def wait_for_children(count: int) -> None:
    """Wait until that many processes carry set-up's mark; one that is just being started or ended may not."""
    deadline = time.monotonic() + 20
    while len(children_of_mark(layout.ROOT)) != count and time.monotonic() < deadline:
        time.sleep(0.02)
    assert len(children_of_mark(layout.ROOT)) == count


def test_the_second_time_set_up_says_and_does_nothing() -> None:
    if not stamp.is_current("test"):
        pytest.skip("this checkout was not set up with make test")
    command = [sys.executable, "-IS", str(ROOT / "packaging" / "setup"), "test"]
    times = []
    for _ in range(3):
        before = os.times()
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
        # Of a processor: whoever else uses the machine makes it no longer.
        after = os.times()
        times.append(after.children_user + after.children_system - before.children_user - before.children_system)
        assert (answer.returncode, answer.stdout, answer.stderr) == (0, "", "")
    assert min(times) < 0.5
