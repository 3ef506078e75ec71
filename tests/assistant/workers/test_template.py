"""A process is forked from a template for each piece of work: fresh, as shut in as one that was started, and ended."""

from __future__ import annotations

import errno
import os
import signal
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from assistant.errors import ChildDied, ChildTimedOut
from assistant.workers import Child, ChildSpec, Limits, Template, template

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="processes are forked on Linux alone")

LIMITS = Limits(address_space=400 << 20, cpu_seconds=90, file_size=0, open_files=64)
SPEC = ChildSpec("The forked one", "tests.assistant.workers.forked_worker", LIMITS, prepare="letters")


@pytest.fixture
def forking() -> Iterator[Template]:
    forking = Template(SPEC)
    yield forking
    forking.close()


@pytest.fixture
def child(forking: Template) -> Iterator[Child]:
    child = Child(SPEC, forking)
    yield child
    child.close()


def filters() -> int:
    """How many filters this process is held to."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(status.split("Seccomp_filters:")[1].split()[0])


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def until(true: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not true():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.01)


def test_it_is_forked_with_its_code_loaded_and_shut_in_further(child: Child) -> None:
    about = child.call("about", deadline=20).values
    assert about["prepared"] == ["letters"]
    assert about["parent"] != os.getpid() and parent_of(int(str(about["parent"]))) == os.getpid()
    # The network's, the template's, the one against new files, and a child's.
    assert about["filters"] == filters() + 4
    assert about["held"] == 5  # the standard three, its requests and its answers: nothing of the others'
    assert about["limits"] == [400 << 20, 90, 64]


def test_each_starts_from_the_same_state(forking: Template) -> None:
    for _ in range(2):
        child = Child(SPEC, forking)
        assert child.call("about", deadline=20).values["prepared"] == ["letters"]  # once, not twice
        child.close()


def test_it_can_neither_fork_nor_start_nor_signal_nor_make_a_file(child: Child) -> None:
    assert set(child.call("try", deadline=20).values.values()) == {errno.EACCES}


def test_bytes_go_through_whole(child: Child) -> None:
    payload = os.urandom(3 << 20)
    assert child.call("echo", {"a": 1}, payload, deadline=20).payload == payload


def test_its_end_is_noticed_and_told(child: Child) -> None:
    parts = child.stream("die", deadline=20)
    next(parts)
    with pytest.raises(ChildDied):
        next(parts)
    assert not child.alive


def test_killed_by_the_system_it_is_told_by_its_signal(child: Child) -> None:
    child.call("echo", deadline=20)
    assert child.pid is not None
    parts = child.stream("hang", deadline=20)
    next(parts)
    os.kill(child.pid, signal.SIGSEGV)
    with pytest.raises(ChildDied, match="SIGSEGV"):
        next(parts)


def test_one_that_hangs_is_killed(child: Child) -> None:
    parts = child.stream("hang", deadline=0.3)
    next(parts)
    pid = child.pid
    with pytest.raises(ChildTimedOut):
        next(parts)
    assert not Path(f"/proc/{pid}").exists()  # nothing is left of it, not even its status


def test_it_ends_with_its_template(child: Child, forking: Template) -> None:
    child.call("echo", deadline=20)
    pid = child.pid
    assert pid is not None
    os.kill(parent_of(pid), signal.SIGKILL)
    until(lambda: not child.alive)
    assert child.call("echo", {"again": 1}, deadline=20).values == {"again": 1}  # from another


def test_when_a_template_is_used_up_the_next_one_is_begun(forking: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_FORKS", 2)
    held = len(os.listdir("/proc/self/fd"))
    first = Child(SPEC, forking)
    parents = {first.call("about", deadline=20).values["parent"]}
    for _ in range(3):
        child = Child(SPEC, forking)
        parents.add(child.call("about", deadline=20).values["parent"])
        child.close()
    assert len(parents) == 2
    assert first.alive  # while it runs, what it was forked from stays
    first.close()
    forking.close()
    until(lambda: len(os.listdir("/proc/self/fd")) == held)


@pytest.mark.parametrize("fault", ["thread", "fault"])
def test_where_it_cannot_be_forked_it_is_started(forking: Template, fault: str) -> None:
    child = Child(ChildSpec("The forked one", SPEC.module, LIMITS, prepare=fault), forking)
    assert child.call("about", deadline=20).values["parent"] == os.getpid()
    child.close()


def test_idle_for_long_it_ends(forking: Template, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(template, "_IDLE_SECONDS", 0.1)
    child = Child(SPEC, forking)
    child.call("echo", deadline=20)
    assert child.pid is not None
    parent = parent_of(child.pid)
    time.sleep(0.3)
    assert child.alive  # not while something runs that was forked from it
    child.close()
    until(lambda: not Path(f"/proc/{parent}").exists())
