"""A child is started, asked, stopped, limited, killed, and started again."""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from assistant.errors import ChildDied, ChildTimedOut
from assistant.values import Stop
from assistant.workers import Child, ChildSpec, Limits, Refusal

ECHO = "tests.assistant.workers.echo_worker"


@pytest.fixture
def child() -> Iterator[Child]:
    child = Child(ChildSpec("The echo", ECHO))
    yield child
    child.close()


def test_values_and_bytes_come_back_as_they_went(child: Child) -> None:
    payload = bytes(range(256)) * 1000
    reply = child.call("echo", {"text": "Größe ☃ \ud800", "number": 1.5, "none": None}, payload, deadline=10)
    assert reply.values == {"text": "Größe ☃ \ud800", "number": 1.5, "none": None}
    assert reply.payload == payload


def test_a_child_outlives_the_thread_that_asked_first(child: Child) -> None:
    asking = threading.Thread(target=lambda: child.call("echo", {"from": "a thread"}, deadline=10))
    asking.start()
    asking.join()
    time.sleep(0.2)  # the kernel would have ended it by now
    assert child.alive
    assert child.call("echo", {"after": 1}, deadline=10).values == {"after": 1}
    assert child.starts == 1


def test_parts_come_in_order(child: Child) -> None:
    numbers = [reply.values["number"] for reply in child.stream("count", {"to": 500}, deadline=10)]
    assert numbers == list(range(500))


def test_stop_reaches_the_child_in_the_middle(child: Child) -> None:
    stop = Stop()
    seen: list[object] = []
    for reply in child.stream("count", {"to": 1000, "pause": 0.01}, deadline=10, stop=stop):
        seen.append(reply.values)
        if len(seen) == 5:
            stop.set()
    assert "cancelled" in dict(seen[-1])  # type: ignore[call-overload]
    assert len(seen) < 200


def test_a_reader_that_goes_away_leaves_the_child_usable(child: Child) -> None:
    stream = child.stream("count", {"to": 1000, "pause": 0.01}, deadline=10)
    next(stream)
    stream.close()  # type: ignore[attr-defined]
    assert child.call("echo", {"after": 1}, deadline=10).values == {"after": 1}
    assert child.starts == 1


def test_death_in_the_middle_keeps_what_came_before(child: Child) -> None:
    parts = child.stream("die", deadline=10)
    assert next(parts).values == {"last": "words"}
    with pytest.raises(ChildDied) as caught:
        next(parts)
    assert caught.value.what == "The echo ended unexpectedly."
    assert child.call("echo", {"again": 1}, deadline=10).values == {"again": 1}
    assert child.starts == 2


def test_a_kill_is_named_and_survived(child: Child) -> None:
    parts = child.stream("count", {"to": 10_000, "pause": 0.01}, deadline=60)
    next(parts)
    assert child.pid is not None
    os.kill(child.pid, signal.SIGKILL)
    with pytest.raises(ChildDied, match="SIGKILL"):
        list(parts)
    assert child.call("echo", {"again": 1}, deadline=10).values == {"again": 1}


def test_silence_beyond_the_deadline_ends_the_child(child: Child) -> None:
    child.call("echo", deadline=10)
    with pytest.raises(ChildTimedOut):
        child.call("sleep", {"seconds": 30}, deadline=0.2)
    assert child.call("echo", {"again": 1}, deadline=10).values == {"again": 1}


def test_a_refusal_is_a_code_and_the_child_lives_on(child: Child) -> None:
    with pytest.raises(Refusal) as caught:
        child.call("refuse", deadline=10)
    assert (caught.value.code, caught.value.detail) == ("not-today", "because")
    assert child.call("echo", deadline=10).values == {}
    assert child.starts == 1


def test_a_bug_crosses_the_border_without_its_text(child: Child) -> None:
    with pytest.raises(Refusal) as caught:
        child.call("bug", deadline=10)
    assert caught.value.code == "bug"
    assert "ValueError" in caught.value.detail
    assert "secret" not in caught.value.detail


def test_what_a_library_prints_does_not_break_the_frames(child: Child) -> None:
    assert child.call("print", deadline=10).values == {"printed": True}


def test_memory_is_limited_by_the_kernel() -> None:
    child = Child(ChildSpec("The echo", ECHO, Limits(address_space=1 << 30)))
    try:
        assert child.call("memory", {"bytes": 1 << 20}, deadline=10).values == {"length": 1 << 20}
        with pytest.raises(Refusal) as caught:
            child.call("memory", {"bytes": 2 << 30}, deadline=10)
        assert caught.value.code == "out-of-memory"
    finally:
        child.close()


def test_the_child_is_sealed_and_gets_a_clean_environment(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    foreign = {"GGML_BACKEND_PATH", "https_proxy", "PYTHONPATH", "VK_DRIVER_FILES", "vk_icd_filenames"}
    foreign |= {"GGML_VK_VISIBLE_DEVICES", "LD_LIBRARY_PATH", "LD_BIND_NOT", "GCONV_PATH", "OPENSSL_CONF"}
    for name in foreign:
        monkeypatch.setenv(name, "/somewhere")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    values = child.call("environment", deadline=10).values
    environment = values["environment"]
    assert isinstance(environment, dict)
    assert not foreign & set(environment)
    assert environment["CUDA_VISIBLE_DEVICES"] == "1"
    assert environment["HF_HUB_OFFLINE"] == "1"
    assert values["folder"] == "/"
    assert child.call("network", deadline=10).values == {"descriptor": -1}


def test_no_child_outlives_its_parent(tmp_path: Path) -> None:
    import subprocess
    import sys
    import time

    import psutil

    program = (
        "from assistant.workers import Child, ChildSpec\n"
        f"child = Child(ChildSpec('The echo', {ECHO!r}))\n"
        "child.call('echo', deadline=10)\n"
        "print(child.pid, flush=True)\n"
        "input()\n"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as parent:
        assert parent.stdout is not None
        grandchild = int(parent.stdout.readline())
        assert psutil.pid_exists(grandchild)
        parent.kill()
        parent.wait()
    until = time.monotonic() + 30
    while time.monotonic() < until:
        try:
            if psutil.Process(grandchild).status() == psutil.STATUS_ZOMBIE:
                return
        except psutil.NoSuchProcess:
            return
        time.sleep(0.05)
    pytest.fail("the child is still there half a minute after its parent was killed")


def test_a_suspended_child_stands_still_and_goes_on(child: Child) -> None:
    child.call("echo", {}, deadline=10)
    child.suspend()
    process = psutil.Process(child.pid)
    while process.status() != psutil.STATUS_STOPPED:  # the signal needs a moment to arrive
        pass
    child.resume()
    assert child.call("echo", {"again": True}, deadline=10).values == {"again": True}
    child.suspend()
    child.kill()
    child.resume()  # nothing is there to go on
    assert not child.alive
