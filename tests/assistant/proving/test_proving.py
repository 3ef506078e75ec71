"""The self-test sees an open door, counts nothing that it did not try, and finds every door shut in a sealed Privet."""

from __future__ import annotations

import errno
import json
import subprocess
import sys

import pytest

from assistant.errors import ChildDied
from assistant.privacy import Layer, LayerState, Process, place
from assistant.proving import WAYS, Outcome, Tried, Way, checksum_holds, report, verdict
from assistant.proving.attempts import _ATTEMPTS, judged
from assistant.proving.trial import _of_death
from assistant.values import Stop

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="the kernel's filter is Linux's")

# Where one of these is not on a machine, there is nothing to refuse; all else has to be refused everywhere.
MAY_BE_MISSING = {"browser", "device", "i386", "qt", "hub", "chroma", "torch"}


def run(program: str) -> object:
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=280)
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout.splitlines()[-1])


def test_there_are_more_than_twenty_ways_and_each_is_known_to_who_tries_it() -> None:
    ids = [way.id for way in WAYS]
    assert len(ids) == len(set(ids)) > 20
    assert {way.id for way in WAYS if way.worker == "assistant.proving.worker"} == set(_ATTEMPTS)


def test_in_an_unsealed_process_the_doors_are_seen_to_be_open() -> None:
    # Only those that end at the door: nothing is sent, and no library is let loose.
    found = run(
        "import json; from assistant.proving.attempts import attempt\n"
        "ways = ['tcp4', 'udp4', 'tcp6', 'abstract', 'pair', 'netlink', 'families', 'program']\n"
        "print(json.dumps({way: attempt(way, '/').outcome for way in ways}))"
    )
    assert found == dict.fromkeys(["tcp4", "udp4", "tcp6", "abstract", "pair", "netlink", "families", "program"], "out")


def test_a_child_without_a_seal_is_a_way_out() -> None:
    found = run(
        "import json; from assistant.values import Stop\nfrom assistant.proving import prove, WAYS\n"
        "print(json.dumps([one.outcome.value for one in prove(Stop(), WAYS[:1])]))"
    )
    assert found == ["out"]


@pytest.mark.slow
def test_sealed_every_way_is_tried_and_refused() -> None:
    found = run(
        "import json; from assistant.privacy import seal_process\nseal_process()\n"
        "from assistant.values import Stop\nfrom assistant.proving import prove\n"
        "print(json.dumps([[one.way.id, one.outcome.value, one.by, one.detail] for one in prove(Stop())]))"
    )
    assert isinstance(found, list)
    assert [one[0] for one in found] == [way.id for way in WAYS]
    untried = {one[0]: one[2] for one in found if one[1] == "untried"}
    assert set(untried) <= MAY_BE_MISSING, untried
    assert [one for one in found if one[1] == "out"] == []
    assert sum(one[1] == "refused" for one in found) >= 25


def test_stop_ends_it() -> None:
    stop = Stop()
    stop.set()
    from assistant.proving import prove

    assert list(prove(stop)) == []


@pytest.mark.parametrize(
    ("error", "outcome"),
    [
        (OSError(errno.EACCES, "no"), "refused"),
        (OSError(errno.EPERM, "no"), "refused"),
        (OSError(errno.EACCES, "no", "/a/file"), "untried"),
        (OSError(errno.ENETUNREACH, "no network"), "untried"),
        (PermissionError("Privet never talks to a network (socket.__new__ refused)"), "refused"),
        (PermissionError("something else"), "untried"),
        (RuntimeError("offline mode"), "untried"),
    ],
)
def test_only_what_the_seal_refused_counts_as_refused(error: Exception, outcome: str) -> None:
    assert judged(error).outcome == outcome
    wrapped = RuntimeError("wrapped by a library")
    wrapped.__cause__ = error
    assert judged(wrapped).outcome == outcome


@pytest.mark.parametrize(
    ("how", "outcome"), [("(SIGSYS)", "refused"), ("(SIGSEGV)", "untried"), ("(SIGKILL)", "untried"), ("", "untried")]
)
def test_a_death_is_a_refusal_only_if_the_filter_was_the_reason(how: str, outcome: str) -> None:
    assert _of_death(ChildDied(f"The self-test ended unexpectedly {how}.", "")).outcome == outcome


def tried(*outcomes: Outcome) -> list[Tried]:
    return [Tried(Way(str(n), f"Way {n}", "Something."), one, "by", "") for n, one in enumerate(outcomes)]


def test_the_verdict_counts_each_kind_apart() -> None:
    assert verdict(tried(Outcome.REFUSED, Outcome.REFUSED, Outcome.UNTRIED)) == (
        "2 of 3 ways out were tried and refused, none got out, 1 could not be tried and count for nothing."
    )
    assert "1 GOT OUT" in verdict(tried(Outcome.REFUSED, Outcome.OUT))


def test_a_report_carries_its_checksum_and_a_changed_one_is_seen() -> None:
    text = report(
        tried(Outcome.REFUSED, Outcome.OUT, Outcome.UNTRIED),
        [Layer("Filter", LayerState.HOLDS, True, "Set.")],
        [Process(7, "Privet itself", True, True, 3, {"Unix": 2}), Process(8, "child", True, True, 1, None)],
        [("data", place("/nowhere/at/all"))],
        now=0,
    )
    assert "1970-01-01 00:00:00 UTC" in text
    assert "GOT OUT" in text and "not tried" in text
    assert "0 network sockets, 2 Unix sockets" in text and "can't be looked into" in text
    assert checksum_holds(text)
    assert not checksum_holds(text.replace("GOT OUT", "refused"))
    assert not checksum_holds("no report")
    body, _, last = text.rstrip("\n").rpartition("\n")
    sum_of = subprocess.run(["sha256sum"], input=body + "\n", capture_output=True, text=True, check=True)
    assert sum_of.stdout.split()[0] == last.split(": ")[1]
