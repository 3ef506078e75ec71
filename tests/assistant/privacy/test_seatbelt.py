"""The profile of macOS' sandbox says what it should, and a child that it does not hold does not start.

Neither has been run on macOS: the profile is held against what is meant, the call against a library that is played.
"""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from assistant.privacy import seatbelt
from assistant.privacy.calls import SealError
from assistant.privacy.seatbelt import Reach


def allowed(text: str, operation: str) -> list[str]:
    """What the lines that allow `operation` name."""
    found: list[str] = []
    for line in text.splitlines():
        if line.startswith(f"(allow {operation} "):
            found += re.findall(r'\((?:literal|subpath) "((?:[^"\\]|\\.)*)"\)', line)
    return found


def test_all_is_refused_but_what_is_named() -> None:
    text = seatbelt.profile(Reach(("/Applications/Privet.app",)))
    assert text.splitlines()[:2] == ["(version 1)", "(deny default)"]
    for refused in ("network*", "process-fork", "process-exec*", "mach-lookup"):
        assert f"(deny {refused})" in text
    assert not re.search(r"\(allow (?:network|process-fork|process-exec|mach|ipc|iokit|file-write\*|default)", text)
    assert text.count("(") == text.count(")")


def test_a_reader_reads_the_program_and_writes_nothing() -> None:
    text = seatbelt.profile(Reach(("/Applications/Privet.app",)))
    reads = allowed(text, "file-read*")
    assert "/Applications/Privet.app" in reads
    assert not [path for path in reads if path.startswith(("/Users", "/private/etc", "/private/tmp")) or path == "/"]
    assert allowed(text, "file-write*") == [] and allowed(text, "file-write-data") == ["/dev/null"]
    # Names of the folders above can be looked up, by their own path alone.
    assert "/Applications" in allowed(text, "file-read-metadata") and '(subpath "/Applications")' not in text


def test_a_child_that_writes_does_so_in_its_folder() -> None:
    text = seatbelt.profile(Reach(("/a",), ("/Users/me/index",)))
    assert allowed(text, "file-write*") == ["/Users/me/index"]
    assert "/Users/me/index" in allowed(text, "file-read*")


def test_a_path_says_no_more_than_a_path() -> None:
    text = seatbelt.profile(Reach(('/a"))(allow network*)(allow file-read* (literal "/b',)))
    assert not [line for line in text.splitlines() if line.startswith("(allow network")]
    assert '/a\\"))(allow network*)(allow file-read* (literal \\"/b' in text
    for wrong in ("relative", "/a\n(allow network*)", ""):
        with pytest.raises(SealError):
            seatbelt.profile(Reach((wrong,)))


class Played:
    """A libSystem that takes or refuses a profile."""

    def __init__(self, answer: int) -> None:
        self.taken = ""

        def sandbox_init(text: bytes, flags: object, error: object) -> int:
            self.taken = text.decode()
            return answer

        self.sandbox_init: Callable[..., int] = sandbox_init


def test_the_profile_is_taken_as_it_is() -> None:
    library = Played(0)
    seatbelt.enter(Reach(("/a",)), library, lambda: True)
    assert library.taken == seatbelt.profile(Reach(("/a",)))


@pytest.mark.parametrize(("answer", "refused"), [(-1, True), (0, False)])
def test_what_does_not_hold_stops_the_child(answer: int, refused: bool) -> None:
    with pytest.raises(SealError):
        seatbelt.enter(Reach(), Played(answer), lambda: refused)


def test_where_there_is_no_such_sandbox_nothing_starts() -> None:
    with pytest.raises(SealError):
        seatbelt.enter(Reach())


def test_a_file_that_is_open_to_all_is_not_taken_for_refused() -> None:
    assert not seatbelt.outside_is_refused()
