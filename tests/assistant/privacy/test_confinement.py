"""What a confined child can and can't do, tried in the kernel, with and without Landlock."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from assistant.privacy import landlock
from tests.assistant.privacy.test_seal import run

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="seccomp and Landlock are Linux's")

TRIES = """
import pathlib
from assistant.privacy import landlock
here, other = pathlib.Path(%r), pathlib.Path(%r)
def answer(what):
    try:
        what()
    except OSError as error:
        return errno.errorcode[error.errno]
    return "done"
def tries():
    return {
        "read here": answer(lambda: (here / "kept.txt").read_bytes()),
        "read other": answer(lambda: (other / "kept.txt").read_bytes()),
        "make here": answer(lambda: (here / "new.txt").write_bytes(b"x")),
        "make other": answer(lambda: (other / "new.txt").write_bytes(b"x")),
        "change other": answer(lambda: os.close(os.open(other / "kept.txt", os.O_WRONLY))),
        "remove other": answer(lambda: (other / "kept.txt").unlink()),
        "program": answer(lambda: os.execv("/bin/true", ["true"])),
        "fork": answer(lambda: os._exit(0) if os.fork() == 0 else None),
        "signal": answer(lambda: os.kill(os.getppid(), 0)),
        "unix": answer(lambda: socket.socket(socket.AF_UNIX)),
        "pair": answer(lambda: socket.socketpair(type=socket.SOCK_DGRAM)),
        "stream pair": answer(lambda: socket.socketpair()),
        "load": answer(lambda: __import__("wave")),
    }
"""
ALWAYS = {
    "program": "EACCES", "fork": "EACCES", "signal": "EACCES", "unix": "EACCES", "pair": "EACCES",
    "stream pair": "done", "load": "done",
}  # fmt: skip


@pytest.fixture
def folders(tmp_path: Path) -> tuple[str, str]:
    for name in ("here", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "kept.txt").write_text("kept", encoding="utf-8")
    return str(tmp_path / "here"), str(tmp_path / "other")


def tried(folders: tuple[str, str], confinement: str, before: str = "") -> dict[str, str]:
    shut = f"seal_process()\nshut_in = {confinement}\nconfine(shut_in)\nshut_in.writes or make_no_files()\n"
    program = TRIES % folders + f"{before}\n{shut}print(json.dumps(tries()))\n"
    found = run(program)
    assert isinstance(found, dict)
    return found


def needs_landlock() -> None:
    if not landlock.version():
        pytest.skip("this kernel has no Landlock")


def test_unconfined_all_of_it_works(folders: tuple[str, str]) -> None:
    # Without what ends or replaces the process itself.
    found = run(TRIES % folders + "os.execv = lambda *_: None\nprint(json.dumps(tries()))")
    assert isinstance(found, dict)
    assert set(found.values()) == {"done"}


def test_a_child_that_writes_nothing_reads_what_it_was_named_and_no_more(folders: tuple[str, str]) -> None:
    needs_landlock()
    found = tried(folders, "Confinement(reads=(str(here),))")
    assert found == ALWAYS | {
        "read here": "done", "read other": "EACCES", "make here": "EACCES", "make other": "EACCES",
        "change other": "EACCES", "remove other": "EACCES",
    }  # fmt: skip


def test_a_child_that_writes_does_so_in_its_folder_alone(folders: tuple[str, str]) -> None:
    needs_landlock()
    found = tried(folders, "Confinement(reads=(), writes=(str(here),))")
    assert found == ALWAYS | {
        "read here": "done", "read other": "EACCES", "make here": "done", "make other": "EACCES",
        "change other": "EACCES", "remove other": "EACCES",
    }  # fmt: skip


def test_without_a_word_it_reads_anything_and_makes_nothing(folders: tuple[str, str]) -> None:
    found = tried(folders, "Confinement()")
    assert found["read other"] == "done"
    assert {found["make here"], found["make other"], found["remove other"]} == {"EACCES"}


def test_where_the_kernel_has_no_landlock_seccomp_still_refuses_new_files(folders: tuple[str, str]) -> None:
    found = tried(folders, "Confinement(reads=(str(here),))", "landlock.version = lambda: 0")
    assert found == ALWAYS | {
        "read here": "done", "read other": "done", "make here": "EACCES", "make other": "EACCES",
        "change other": "done", "remove other": "EACCES",
    }  # fmt: skip


def test_a_kernel_that_has_landlock_and_refuses_it_stops_the_start(folders: tuple[str, str]) -> None:
    needs_landlock()
    found = run(
        """
        from assistant.privacy import calls, filters
        here = calls.machine()
        filters.install(filters._prologue(here) + filters._refuse(here.must("landlock_restrict_self"), errno.E2BIG)
                        + [filters._instruction(filters._RETURN, filters._ALLOW)])
        try:
            seal_process()
        except SealError as error:
            print(json.dumps(str(error)))
        """
    )
    assert found == "The kernel has Landlock but refused a restriction (E2BIG)."


def test_landlock_alone_refuses_tcp() -> None:
    if landlock.version() < 4:
        pytest.skip("this kernel's Landlock knows no TCP")
    found = run(
        """
        from assistant.privacy import landlock
        landlock.restrict_network()
        held = socket.socket()
        held.settimeout(5)
        def answer(what):
            try:
                what()
            except OSError as error:
                return errno.errorcode[error.errno]
            return "done"
        print(json.dumps([answer(lambda: held.connect(("127.0.0.1", 9))), answer(lambda: held.bind(("127.0.0.1", 0)))]))
        """
    )
    assert found == ["EACCES", "EACCES"]


def test_landlock_alone_refuses_abstract_unix_sockets_of_others() -> None:
    if landlock.version() < 6:
        pytest.skip("this kernel's Landlock knows no abstract Unix sockets")
    found = run(
        """
        from assistant.privacy import landlock
        name = "\\0privet-test-%d" % os.getpid()
        listening = socket.socket(socket.AF_UNIX); listening.bind(name); listening.listen()
        def reached():
            with socket.socket(socket.AF_UNIX) as one:
                try:
                    one.connect(name)
                except OSError as error:
                    return errno.errorcode[error.errno]
            return "reached"
        before = reached()
        landlock.restrict(landlock.Files(None))
        print(json.dumps([before, reached()]))
        """
    )
    assert found == ["reached", "EPERM"]


def test_an_empty_network_is_empty_and_a_refusal_is_a_sentence() -> None:
    found = run(
        """
        sentence = enter_empty_network()
        seal_process()
        from assistant.privacy import namespace
        inside = [namespace.in_empty_network(), namespace.reachable_interfaces()]
        print(json.dumps([sentence, *inside, seal_state().holds]))
        """
    )
    assert isinstance(found, list)
    sentence, entered, interfaces, holds = found
    assert holds
    if sentence:
        assert not entered
        pytest.skip(f"not allowed here: {sentence}")
    assert entered
    assert interfaces == []


def test_a_kernel_that_allows_no_namespace_leaves_the_process_as_it_was() -> None:
    found = run(
        """
        from assistant.privacy import calls, filters
        here = calls.machine()
        filters.install(filters._prologue(here) + filters._refuse(here.must("unshare"), errno.EPERM)
                        + [filters._instruction(filters._RETURN, filters._ALLOW)])
        before = os.getuid()
        print(json.dumps([enter_empty_network(), os.getuid() == before]))
        """
    )
    assert found == ["The system does not allow an empty network (EPERM); the seal holds without it.", True]


def test_it_is_asked_for_by_argument_or_by_variable() -> None:
    from assistant.privacy import wanted

    arguments = ["privet", "--empty-network", "doctor"]
    assert wanted(arguments)
    assert arguments == ["privet", "doctor"]
    assert not wanted(["privet"])
