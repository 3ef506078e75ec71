"""Files are added, accounted for, brought up to date and removed; each as a whole or not at all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import BadInput, NotFound
from assistant.values import (
    AddFinished,
    Embedding,
    Indexed,
    Learned,
    NotAdded,
    PageHow,
    Reading,
    Stop,
)
from assistant.workspaces import Workspaces
from tests.assistant.documents.made import Home, opened, text
from tests.journeys.papers import pdf


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A new home."""
    with opened(tmp_path / "home") as home:
        yield home


def test_a_file_is_found_by_its_words_before_it_is_learned(home: Home, tmp_path: Path) -> None:
    page = text(tmp_path, "hedge.txt", "The hedge was planted by Ottilie.")
    events = home.add(page)
    kinds = [type(event) for event in events]
    assert kinds.index(Reading) < kinds.index(Indexed) < kinds.index(Embedding) < kinds.index(Learned)
    indexed = next(event for event in events if isinstance(event, Indexed))
    assert (indexed.document.passages, indexed.document.unlearned) == (1, 1)
    assert events[-1] == AddFinished(1, 0)
    assert home.documents.list()[0].unlearned == 0
    assert home.found("hedge") == ["hedge.txt"]
    assert home.documents.status().files == home.documents.status().passages == 0


def test_every_page_is_accounted_for(home: Home, tmp_path: Path) -> None:
    home.add(pdf(tmp_path / "report.pdf", ["The first page has words.", "", "The third page has some too."]))
    (info,) = home.documents.list()
    assert (info.pages, info.read_pages, info.empty, info.ocr, info.lost) == (3, 2, (2,), (), ())
    assert info.warnings
    first, second, third = home.documents.texts(info.id)
    assert (first.number, first.how, first.text) == (1, PageHow.TEXT, "The first page has words.")
    assert (second.how, second.text) == (PageHow.EMPTY, "")
    assert third.text == "The third page has some too."


def test_only_changed_passages_are_learned_again(home: Home, tmp_path: Path) -> None:
    paragraphs = [" ".join(f"{word}{number}" for number in range(150)) + "." for word in ("apple", "pear", "plum")]
    page = text(tmp_path, "fruit.txt", "\n\n".join(paragraphs))
    home.add(page)
    before = dict(home.retrieval._library.passages_of(home.documents.list()[0].id))
    assert len(before) == 3
    home.embedder.embedded.clear()
    text(tmp_path, "fruit.txt", "\n\n".join([paragraphs[0], "Quince. " + paragraphs[1], paragraphs[2]]))
    events = home.add(page)
    assert [event.replaced for event in events if isinstance(event, Indexed)] == [True]
    after = dict(home.retrieval._library.passages_of(home.documents.list()[0].id))
    assert len(home.embedder.embedded) == 1 and home.embedder.embedded[0].startswith("fruit\nQuince.")
    assert len(before.keys() & after.keys()) == 2  # what did not change is the same passage as before
    assert home.found("quince") == home.found("plum3") == ["fruit.txt"]


def test_equal_passages_are_learned_once(home: Home, tmp_path: Path) -> None:
    words = "One text in four places, which has the same name in each."
    for name in "abcd":
        (tmp_path / name).mkdir()
    home.add(text(tmp_path / "a", "lease.txt", words))
    home.add(text(tmp_path / "b", "lease.txt", words + "\n"))
    home.add(text(tmp_path / "c", "lease.txt", words + "\n\n"), text(tmp_path / "d", "lease.txt", words + " "))
    assert home.embedder.embedded == [f"lease\n{words}"]
    assert [info.unlearned for info in home.documents.list()] == [0, 0, 0, 0]


def test_what_cannot_be_read_stays_in_sight_until_it_is_tried_again(home: Home, tmp_path: Path) -> None:
    broken = tmp_path / "broken.pdf"
    broken.write_bytes(b"%PDF-1.7 nothing more")
    events = home.add(broken, text(tmp_path, "good.txt", "Good words."))
    assert events[-1] == AddFinished(1, 1)
    refused = next(event for event in events if isinstance(event, NotAdded))
    (item,) = home.documents.waiting()
    assert (item.path, item.what, item.do) == (broken, refused.what, refused.do)
    assert home.work()[0] == home.work()[-1]  # it is not tried again by itself
    pdf(broken, ["Mended."])
    assert home.documents.retry() == 1
    assert any(isinstance(event, Indexed) for event in home.work())
    assert home.documents.waiting() == ()


def test_a_newer_version_that_cannot_be_read_leaves_the_older_one(home: Home, tmp_path: Path) -> None:
    report = pdf(tmp_path / "report.pdf", ["The old words."])
    home.add(report)
    report.write_bytes(b"%PDF-1.7 nothing more")
    home.add(report)
    (item,) = home.documents.waiting()
    assert item.failed and item.stale
    assert home.found("old words") == ["report.pdf"]


def test_the_queue_and_its_order_survive_a_restart(tmp_path: Path) -> None:
    names = ["a.txt", "b.txt", "c.txt"]
    with opened(tmp_path / "home") as home:
        home.documents.enqueue([text(tmp_path, name, f"Words of {name}.") for name in names])
        home.documents.queue.move([home.documents.waiting()[2].id], 0)
        home.documents.pause(True)
        assert home.work() and home.titles() == []
    with opened(tmp_path / "home") as home:
        assert [item.path.name for item in home.documents.waiting()] == ["c.txt", "a.txt", "b.txt"]
        assert home.documents.status().held == "paused"
        home.documents.pause(False)
        added = [event.path.name for event in home.work() if isinstance(event, Indexed)]
        assert added == ["c.txt", "a.txt", "b.txt"]


def test_nothing_is_done_on_battery_if_so_wished(home: Home, tmp_path: Path) -> None:
    home.on_battery = True
    home.documents.enqueue([text(tmp_path, "a.txt", "Words.")])
    home.work()
    assert home.titles() == [] and home.documents.status().held == "battery"
    home.on_battery = False
    home.work()
    assert home.titles() == ["a.txt"]


def test_a_file_that_ended_privet_three_times_is_left_out(home: Home, tmp_path: Path) -> None:
    home.documents.enqueue([text(tmp_path, "deadly.txt", "Words.")])
    for _ in range(3):
        assert home.documents.queue.begin_next() is not None
    (refused,) = [event for event in home.work() if isinstance(event, NotAdded)]
    assert "ended 3 times" in refused.what


def test_a_file_taken_off_the_list_while_it_is_read_is_not_kept(home: Home, tmp_path: Path) -> None:
    home.documents.enqueue([text(tmp_path, "a.txt", "Words.")])
    for event in home.documents.work(Stop()):
        if isinstance(event, Reading):
            home.documents.queue.take_out(*(item.id for item in home.documents.waiting()))
    assert home.titles() == []


def test_a_stopped_addition_goes_on_later(home: Home, tmp_path: Path) -> None:
    files = [text(tmp_path, f"{number}.txt", f"Words {number}.") for number in range(5)]
    stop = Stop()
    for event in home.documents.add(files, stop):
        if isinstance(event, Indexed):
            stop.set()
    assert 1 <= len(home.titles()) < 5
    home.work()
    assert len(home.titles()) == 5 and home.documents.status().passages == 0


def test_the_newest_and_most_used_are_learned_first(home: Home, tmp_path: Path) -> None:
    home.on_battery = True
    for name in ("old", "middle", "new"):
        page = text(tmp_path, f"{name}.txt", f"Something {name}.")
        home.on_battery = False
        home.retrieval.next_unlearned(1)
        list(home.documents._work._read_all(Stop())) if home.documents.enqueue([page]) == () else None
    assert [one.text for one in home.retrieval.next_unlearned(3)] == [
        "Something new.", "Something middle.", "Something old.",
    ]  # fmt: skip
    assert home.found("old") == ["old.txt"]
    assert home.retrieval.next_unlearned(1)[0].text == "Something old."


def test_collections_count_what_is_in_them(home: Home, tmp_path: Path) -> None:
    lease = home.documents.collections.create("Leases")
    assert home.documents.collections.create("Leases") == lease
    list(home.documents.add([text(tmp_path, "a.txt", "Words.")], Stop(), lease))
    home.add(text(tmp_path, "b.txt", "Other words."))
    (info,) = home.documents.collections.list()
    assert (info.name, info.documents, info.passages, info.unlearned, info.attention) == ("Leases", 1, 1, 0, 0)
    home.documents.collections.put((home.documents.find("b.txt").id,), lease)
    assert home.documents.collections.list()[0].documents == 2
    list(home.documents.remove_collection(lease, Stop()))
    assert home.titles() == [] and home.documents.collections.list() == ()
    with pytest.raises(NotFound):
        home.documents.collections.find("Leases")


def test_a_collection_rests_in_the_trash_and_lapses_from_there(home: Home, tmp_path: Path) -> None:
    collections = home.documents.collections
    lease = collections.create("Leases")
    file = text(tmp_path / "in", "a.txt", "The zeppelin is moored.")
    list(home.documents.add([file], Stop(), lease))
    home.documents.watch(tmp_path / "in", collection=lease)
    collections.discard(lease)
    assert home.titles() == [] and collections.list() == ()
    with pytest.raises(BadInput, match="in the trash"):
        collections.create("Leases")
    collections.restore(lease)
    assert home.titles() == ["a.txt"] and home.found("zeppelin") == ["a.txt"]
    collections.discard(lease)
    (gone,) = collections.trashed()
    assert gone.trashed is not None
    assert home.documents.let_lapse(gone.trashed) == 0
    assert home.documents.let_lapse(gone.trashed + 1) == 1
    assert collections.trashed() == () and home.found("zeppelin") == []
    assert home.documents.watched() == ()  # or its files would come back, in no collection
    home.look()
    assert home.titles() == []


def test_what_is_added_by_hand_is_where_it_was_added(home: Home, tmp_path: Path) -> None:
    client = Workspaces(home.vault).create("Client A")
    leases = home.documents.collections.create("Leases")
    file = text(tmp_path, "a.txt", "The zeppelin is moored.")
    list(home.documents.add([file], Stop(), client.home))
    assert home.documents.list()[0].collection == client.home
    home.add(file)  # in the first workspace
    assert home.documents.list()[0].collection is None
    list(home.documents.add([file], Stop(), leases))
    home.add(file)
    assert home.documents.list()[0].collection == leases
    list(home.documents.add([file], Stop(), client.home))
    assert home.documents.list()[0].collection == client.home
    # The same bytes under another name, put into another workspace, follow there.
    moved = file.rename(tmp_path / "b.txt")
    list(home.documents.add([moved], Stop(), leases))
    assert [(info.title, info.collection) for info in home.documents.list()] == [("b.txt", leases)]


def test_a_removed_document_is_not_found_any_more(home: Home, tmp_path: Path) -> None:
    home.add(text(tmp_path, "a.txt", "The zeppelin is moored."))
    (info,) = home.documents.list()
    assert list(home.documents.remove(info.id, Stop()))
    assert home.titles() == [] and home.found("zeppelin") == []
    with pytest.raises(NotFound):
        list(home.documents.remove(info.id, Stop()))
