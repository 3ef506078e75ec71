"""A child on Windows is begun shut in, and is a process as any other to whoever asks it; Windows is played."""

from __future__ import annotations

import os
import shlex
import subprocess
from collections.abc import Iterator
from typing import cast

import pytest

from assistant.errors import ChildDied
from assistant.privacy import Contained, SealError
from assistant.workers import Child, ChildSpec, Limits, child, contained
from tests.assistant.privacy.test_jobs import STEPS, Played

LIMITS = Limits(address_space=900 << 20, cpu_seconds=40)


class Begun(Played):
    """Begins a real process with the streams that it is given, as Windows would; a handle is a descriptor of ours."""

    real: subprocess.Popen[bytes] | None = None

    def create_process(self, token: int, child: Contained, flags: int, policy: int, mitigations: int) -> int:
        handle = super().create_process(token, child, flags, policy, mitigations)
        source, sink, _ = child.inherited
        told = dict(line.split("=", 1) for line in child.environment.split("\0") if line)
        command = shlex.split(child.command)  # which unquotes as Windows does what it was quoted with
        self.real = subprocess.Popen(command, stdin=source, stdout=sink, env=told, cwd="/")
        return handle

    def process_id(self, process: int) -> int:
        assert process == 4 and self.real is not None
        return self.real.pid

    def ended(self, process: int) -> int | None:
        assert process == 4 and process not in self.closed and self.real is not None
        return self.real.poll()

    def terminate(self, process: int) -> None:
        super().terminate(process)
        assert self.real is not None
        self.real.kill()


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Iterator[Begun]:
    """Children are begun as on Windows."""
    played = Begun()

    def begin(command: list[str], environment: dict[str, str], limits: Limits) -> contained.ContainedProcess:
        return contained.begin(command, environment, limits, played, lambda descriptor: descriptor)

    monkeypatch.setattr(child, "BEGIN", begin)
    yield played
    if played.real is not None:
        played.real.kill()
        played.real.wait()


def test_a_child_is_asked_and_ended_as_any_other(system: Begun) -> None:
    echo = Child(ChildSpec("The echo", "tests.assistant.workers.echo_worker", LIMITS))
    assert echo.call("echo", {"number": 1}, b"bytes", deadline=30).payload == b"bytes"
    assert system.asked == STEPS and system.real is not None
    assert echo.alive and echo.pid == system.real.pid
    _, held = cast(tuple[int, Contained], system.told["process"])
    assert (held.memory, held.seconds) == (900 << 20, 40)
    echo.close()
    assert system.real.poll() is not None and system.killed == [4]
    assert sorted(system.closed) == [1, 2, 3, 4]  # both tokens, the job and the process
    assert not echo.alive


def test_what_windows_refuses_is_said_and_leaves_no_pipe_open(monkeypatch: pytest.MonkeyPatch) -> None:
    played = Begun(refused=STEPS.index("set_job"))
    before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(SealError):
        contained.begin(["python"], {}, LIMITS, played, lambda descriptor: descriptor)
    assert len(os.listdir("/proc/self/fd")) == before and played.real is None

    def begin(command: list[str], environment: dict[str, str], limits: Limits) -> contained.ContainedProcess:
        return contained.begin(command, environment, limits, Begun(refused=0), lambda descriptor: descriptor)

    monkeypatch.setattr(child, "BEGIN", begin)
    with pytest.raises(ChildDied):
        Child(ChildSpec("The echo", "tests.assistant.workers.echo_worker", LIMITS)).call("echo", deadline=30)


def test_without_limits_the_job_caps_neither_memory_nor_time(system: Begun) -> None:
    echo = Child(ChildSpec("The echo", "tests.assistant.workers.echo_worker"))
    echo.call("echo", deadline=30)
    _, held = cast(tuple[int, Contained], system.told["process"])
    assert (held.memory, held.seconds) == (0, 0)
    echo.close()
