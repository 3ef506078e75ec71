"""The kernel refuses every way to a network, in the process and in its children."""

from __future__ import annotations

import json
import subprocess
import sys
import textwrap

import pytest

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's filter is Linux's")

# A sealed process can't be unsealed, so each program runs in an interpreter of its own.
PRELUDE = """
import ctypes, errno, json, os, socket, subprocess, sys
from assistant.privacy import *
libc = ctypes.CDLL(None, use_errno=True)
def tried(family, kind=1):
    descriptor = libc.socket(family, kind, 0)
    return errno.errorcode[ctypes.get_errno()] if descriptor < 0 else "OPENED"
"""


def run(program: str) -> object:
    done = subprocess.run(
        [sys.executable, "-c", PRELUDE + textwrap.dedent(program)], capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)


def test_an_unsealed_process_says_so() -> None:
    state = run("s = seal_state(); print(json.dumps([s.filtered, s.refused, s.holds]))")
    assert state == [False, False, False]


def test_every_family_but_unix_is_refused_past_python() -> None:
    found = run(
        """
        seal_process()
        print(json.dumps({n: tried(f, k) for n, f, k in [("unix", 1, 1), ("inet", 2, 1), ("udp", 2, 2), ("raw", 2, 3),
            ("inet6", 10, 1), ("netlink", 16, 3), ("packet", 17, 3), ("bluetooth", 31, 1), ("vsock", 40, 1)]}))
        """
    )
    assert isinstance(found, dict)
    assert found.pop("unix") == "OPENED"
    assert set(found.values()) == {"EACCES"}


def test_io_uring_and_other_processes_descriptors_are_refused() -> None:
    found = run(
        """
        seal_process()
        calls = {"io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427, "pidfd_getfd": 438}
        print(json.dumps({n: (libc.syscall(number, 8, 0, 0), ctypes.get_errno()) for n, number in calls.items()}))
        """
    )
    assert isinstance(found, dict)
    assert {tuple(answer) for answer in found.values()} == {(-1, 1)}


def test_the_seal_reaches_threads_started_before_it_and_children_after_it() -> None:
    found = run(
        """
        import threading
        go, seen = threading.Event(), []
        thread = threading.Thread(target=lambda: (go.wait(), seen.append(tried(2))))
        thread.start()
        seal_process()
        go.set(); thread.join()
        child = "import ctypes; print(ctypes.CDLL(None).socket(2, 1, 0))"
        seen.append(subprocess.run([sys.executable, "-c", child], capture_output=True, text=True).stdout.strip())
        s = seal_state()
        print(json.dumps([*seen, s.holds]))
        """
    )
    assert found == ["EACCES", "-1", True]


def test_python_s_own_ways_are_refused_and_named() -> None:
    found = run(
        """
        seal_process()
        import urllib.request
        def refused(what):
            try:
                what()
            except OSError:
                return True
            return False
        ways = [lambda: socket.socket(), lambda: socket.create_connection(("192.0.2.1", 80)),
                lambda: socket.getaddrinfo("example.org", 80), lambda: urllib.request.urlopen("http://example.org"),
                lambda: socket.gethostbyname("example.org")]
        results = [refused(way) for way in ways]
        a, b = socket.socketpair()
        print(json.dumps([results, len(attempts()) >= 4, all(":" in x.where for x in attempts())]))
        """
    )
    assert found == [[True] * 5, True, True]


def test_a_child_that_reads_hostile_files_is_left_with_its_descriptors() -> None:
    found = run(
        """
        import threading
        seal_process()
        held = open("/etc/hostname")
        narrow_to_descriptors()
        def refused(what):
            try:
                what()
            except OSError:
                return True
            return False
        ways = [lambda: open("/etc/passwd"), lambda: open("/tmp/privet-never", "w"), lambda: os.fork(),
                lambda: subprocess.run(["true"]), lambda: os.execv("/bin/true", ["true"]), lambda: os.unlink("/etc/x"),
                lambda: os.rename("/etc/a", "/etc/b"), lambda: os.mkdir("/tmp/privet-never"),
                lambda: socket.socket(socket.AF_UNIX), lambda: os.kill(1, 0)]
        results = [refused(way) for way in ways]
        thread = threading.Thread(target=lambda: results.append(True)); thread.start(); thread.join()
        results.append(isinstance(held.read(), str))
        print(json.dumps(results))
        """
    )
    assert found == [True] * 12


def test_a_kernel_that_refuses_the_filter_stops_the_start() -> None:
    # Seccomp itself is refused to this process by a filter of its own, as an old kernel would refuse it.
    found = run(
        """
        from assistant.privacy import calls, filters
        here = calls.machine()
        filters.install(filters._prologue(here) + filters._refuse(here.must("seccomp"), errno.EINVAL)
                        + [filters._instruction(filters._RETURN, filters._ALLOW)])
        try:
            seal_process()
        except SealError as error:
            print(json.dumps(str(error)))
        """
    )
    assert found == "The kernel refused the network filter (EINVAL)."
