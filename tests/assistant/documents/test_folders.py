"""A watched folder: what is added, changed, moved and deleted in it, and what happens when it is away."""

from __future__ import annotations

import os
import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from assistant.documents import documents, syncing, watching
from assistant.documents.scanning import left_out, look_through, named_by_digest
from assistant.errors import BadInput
from assistant.values import DocumentEvent, Forgotten, SourceChanged, SourceState, Stop
from tests.assistant.documents.made import Home, opened, text


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    """A home that does not wait before it believes that a file is gone."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(syncing, "_GONE_SECONDS", 0.0)
        with opened(tmp_path / "home") as home:
            yield home


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with two files."""
    text(tmp_path / "papers", "a.txt", "Apples are red.")
    text(tmp_path / "papers" / "deep", "b.txt", "Pears are green.")
    return tmp_path / "papers"


def test_new_changed_and_deleted_files_are_followed(home: Home, folder: Path) -> None:
    home.documents.watch(folder)
    home.look()
    assert home.titles() == ["a.txt", "b.txt"]
    text(folder, "a.txt", "Apples are yellow.", age=50)
    text(folder, "c.txt", "Plums are blue.")
    home.look()
    assert home.found("yellow") == ["a.txt"] and home.found("red") == []
    assert home.titles() == ["a.txt", "b.txt", "c.txt"]
    (folder / "c.txt").unlink()
    home.look()  # noticed
    events = home.look()  # and believed
    assert [event.document.title for event in events if isinstance(event, Forgotten)] == ["c.txt"]
    assert home.titles() == ["a.txt", "b.txt"] and home.found("plums") == []


def test_a_look_at_what_did_not_change_reads_nothing(home: Home, folder: Path) -> None:
    home.documents.watch(folder)
    home.look()
    home.embedder.embedded.clear()
    (changed,) = [event for event in home.look() if isinstance(event, SourceChanged)]
    assert (changed.new, changed.changed, changed.gone) == (0, 0, 0)
    os.utime(folder / "a.txt", (1000, 1000))  # another time, the same bytes
    (changed,) = [event for event in home.look() if isinstance(event, SourceChanged)]
    assert changed.changed == 1 and home.embedder.embedded == []
    (changed,) = [event for event in home.look() if isinstance(event, SourceChanged)]
    assert changed.changed == 0


@pytest.mark.parametrize("how", ["renamed", "copied"])
def test_a_moved_file_stays_the_document_it_is(home: Home, folder: Path, how: str) -> None:
    home.documents.watch(folder)
    home.look()
    before = {info.title: info.id for info in home.documents.list()}
    home.embedder.embedded.clear()
    (folder / "new").mkdir()
    if how == "renamed":
        (folder / "a.txt").rename(folder / "new" / "renamed.txt")
    else:
        shutil.copyfile(folder / "a.txt", folder / "new" / "renamed.txt")
        os.utime(folder / "new" / "renamed.txt", (2000, 2000))
        (folder / "a.txt").unlink()
    home.look()
    home.look()
    infos = {info.title: info for info in home.documents.list()}
    assert infos.keys() == {"renamed.txt", "b.txt"}
    assert infos["renamed.txt"].id == before["a.txt"] and infos["renamed.txt"].path == folder / "new" / "renamed.txt"
    # Its name is a part of what is embedded; until that is done, the vectors of before search.
    assert home.embedder.embedded == ["renamed\nApples are red."] and home.found("renamed") == ["renamed.txt"]
    assert not infos["renamed.txt"].missing


@pytest.mark.parametrize("how", ["taken away", "left empty"])
def test_a_folder_that_is_away_loses_nothing(home: Home, folder: Path, how: str) -> None:
    home.documents.watch(folder)
    home.look()
    away = folder.with_name("elsewhere")
    folder.rename(away)
    if how == "left empty":
        folder.mkdir()
    for _ in range(3):
        home.look()
    assert home.documents.sources.list()[0].state is SourceState.AWAY
    assert home.titles() == ["a.txt", "b.txt"] and home.found("apples") == ["a.txt"]
    if how == "left empty":
        folder.rmdir()
    away.rename(folder)
    home.look()
    assert home.documents.sources.list()[0].state is SourceState.HERE
    assert home.titles() == ["a.txt", "b.txt"]


def test_what_is_not_to_be_read_is_left_alone(home: Home, folder: Path, tmp_path: Path) -> None:
    text(folder, ".hidden.txt", "No.")
    text(folder / ".git", "inside.txt", "No.")
    text(folder, "~$lock.txt", "No.")
    text(folder, "half.txt.part", "No.")
    text(folder / "drafts", "one.txt", "No.")
    text(folder, "Notes.TXT", "No.")
    (folder / "link.txt").symlink_to(text(tmp_path, "outside.txt", "No."))
    (folder / "linked").symlink_to(tmp_path)
    home.documents.watch(folder, ["drafts/*", "notes.*"])
    home.look()
    assert home.titles() == ["a.txt", "b.txt"]


def test_a_file_that_is_just_being_written_is_let_be(home: Home, folder: Path) -> None:
    home.documents.watch(folder)
    text(folder, "growing.txt", "Half a sen", age=0.0)
    home.look()
    assert home.titles() == ["a.txt", "b.txt"] and home.documents._syncing.unsettled
    text(folder, "growing.txt", "Half a sentence more.", age=10)
    home.look()
    assert home.found("sentence") == ["growing.txt"]


def test_a_patient_look_waits_for_what_was_just_written(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(syncing, "_SETTLED_SECONDS", 0.3)
    monkeypatch.setattr(documents, "_BETWEEN_LOOKS", 0.1)
    home.documents.watch(folder)
    text(folder, "growing.txt", "A whole sentence.", age=0.0)
    list(home.documents.look(patient=Stop()))
    home.work()
    assert home.found("sentence") == ["growing.txt"] and not home.documents._syncing.unsettled
    monkeypatch.setattr(syncing, "_SETTLED_SECONDS", 60.0)
    stopped = Stop()
    stopped.set()
    text(folder, "other.txt", "Another one.", age=0.0)
    list(home.documents.look(patient=stopped))
    assert home.documents._syncing.unsettled


def test_a_part_that_cannot_be_opened_loses_nothing(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home.documents.watch(folder)
    home.look()
    scandir = os.scandir

    def refused(path: str | Path) -> object:
        if Path(path).name == "deep":
            raise PermissionError
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refused)
    home.look()
    home.look()
    assert home.titles() == ["a.txt", "b.txt"]


@pytest.mark.parametrize(("error", "left"), [(OSError(5, "failing"), True), (FileNotFoundError(), False)])
def test_a_file_that_the_disk_does_not_show_is_not_taken_for_gone(
    home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch, error: OSError, left: bool
) -> None:
    home.documents.watch(folder)
    home.look()
    scandir = os.scandir

    class Failing:
        """The entry of a file on a disk or share that fails when it is asked more."""

        def __init__(self, entry: os.DirEntry[str]) -> None:
            self.name, self.path = entry.name, entry.path

        def is_dir(self, follow_symlinks: bool = True) -> bool:
            raise error

    def failing(path: str | Path) -> object:
        found = list(scandir(path))
        return nullcontext([Failing(entry) if entry.name == "a.txt" else entry for entry in found])

    monkeypatch.setattr(os, "scandir", failing)
    home.look()
    home.look()
    assert home.titles() == (["a.txt", "b.txt"] if left else ["b.txt"])


def test_a_removed_document_does_not_come_back(home: Home, folder: Path) -> None:
    home.documents.watch(folder)
    home.look()
    list(home.documents.remove(home.documents.find("a.txt").id, Stop()))
    home.look()
    assert home.titles() == ["b.txt"]
    assert not any("a.txt" in pattern for pattern in home.documents.sources.list()[0].leave_out)


def test_other_patterns_for_a_watched_folder_let_go_of_what_they_name(home: Home, folder: Path) -> None:
    collection = home.documents.collections.create("Fruit")
    home.documents.watch(folder, (), collection)
    text(folder, "c.md", "Plums are blue.")
    home.look()
    list(home.documents.remove(home.documents.find("a.txt").id, Stop()))
    source = home.documents.watch(folder, ["*.md"])
    assert source.collection == collection
    home.look()
    home.look()
    assert home.titles() == ["b.txt"]  # what was removed by hand before does not come back


@pytest.mark.parametrize(("keep", "left"), [(True, ["a.txt", "b.txt"]), (False, [])])
def test_a_folder_is_watched_no_more(home: Home, folder: Path, keep: bool, left: list[str]) -> None:
    source = home.documents.watch(folder)
    home.look()
    list(home.documents.unwatch(source.id, Stop(), keep))
    assert home.documents.sources.list() == () and home.titles() == left


def test_folders_do_not_lie_in_each_other(home: Home, folder: Path) -> None:
    home.documents.watch(folder / "deep")
    for wrong in (folder, folder / "deep" / "b.txt", folder / "nowhere"):
        with pytest.raises(BadInput):
            home.documents.watch(wrong)


def test_a_file_added_by_hand_belongs_to_the_folder_that_holds_it(home: Home, folder: Path) -> None:
    home.add(folder / "a.txt")
    source = home.documents.watch(folder)
    home.look()
    assert home.documents.sources.get(source.id).documents == 2 and len(home.titles()) == 2


def test_patterns_name_files_by_name_path_or_digest() -> None:
    file = Path("Drafts/Old/letter.TXT")
    assert left_out(file, ["*.txt"]) and left_out(file, ["drafts/*"]) and left_out(file, [named_by_digest(file)])
    assert not left_out(file, ["*.pdf", "old/*", named_by_digest(Path("other.txt"))])
    assert left_out(Path("drafts"), ["drafts"])


def test_a_folder_that_is_not_there_cannot_be_looked_through(tmp_path: Path) -> None:
    assert look_through(tmp_path / "nowhere") is None


def test_keeping_up_notices_by_itself(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "_SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(watching, "_AWAY_SECONDS", 0.5)
    monkeypatch.setattr(watching, "_STILL_SECONDS", 0.2)
    home.documents.watch(folder)
    stop, events = Stop(), list[DocumentEvent]()

    def follow() -> None:
        events.extend(home.documents.keep_up(stop))

    follower = threading.Thread(target=follow)
    follower.start()
    try:
        _wait(lambda: home.titles() == ["a.txt", "b.txt"])
        text(folder, "c.txt", "Plums are blue.", age=0.0)
        _wait(lambda: home.found("plums") == ["c.txt"])
        (folder / "a.txt").unlink()
        _wait(lambda: home.titles() == ["b.txt", "c.txt"])
        home.documents.enqueue([text(folder.parent, "d.txt", "By hand.")])
        _wait(lambda: "d.txt" in home.titles())
        folder.rename(folder.with_name("elsewhere"))  # of which the system says nothing
        _wait(lambda: home.documents.watched()[0].state is SourceState.AWAY)
        folder.with_name("elsewhere").rename(folder)
        _wait(lambda: home.documents.watched()[0].state is SourceState.HERE)
        text(folder, "e.txt", "Quinces are yellow.", age=0.0)
        _wait(lambda: home.found("quinces") == ["e.txt"])
        assert "b.txt" in home.titles()
        _wait(lambda: home.documents.status().files == 0)
        seen = len(events)
        (folder / "c.txt").rename(folder / "deep" / "c.txt")  # a move alone is told as well
        _wait(lambda: any(isinstance(one, SourceChanged) and one.moved for one in events[seen:]))
        assert home.documents.find("c.txt").path == folder / "deep" / "c.txt"
    finally:
        stop.set()
        follower.join(30)
    assert not follower.is_alive()


def test_a_share_is_looked_at_now_and_then(home: Home, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(syncing, "_SETTLED_SECONDS", 0.0)
    monkeypatch.setattr(watching, "_SHARE_SECONDS", 0.2)
    monkeypatch.setattr(watching, "on_share", lambda path: True)
    home.documents.watch(folder)
    stop = Stop()
    follower = threading.Thread(target=lambda: list(home.documents.keep_up(stop)))
    follower.start()
    try:
        _wait(lambda: home.titles() == ["a.txt", "b.txt"])
        text(folder, "c.txt", "Plums are blue.", age=0.0)
        _wait(lambda: home.found("plums") == ["c.txt"])
        (folder / "a.txt").unlink()
        _wait(lambda: home.titles() == ["b.txt", "c.txt"])
    finally:
        stop.set()
        follower.join(30)
    assert not follower.is_alive()


@pytest.mark.parametrize(
    ("kind", "share"),
    [
        ("nfs4", True),
        ("CIFS", True),
        ("fuse.sshfs", True),
        ("fuse.gvfsd-fuse", True),
        ("ext4", False),
        ("fuseblk", False),
        ("fuse.gocryptfs", False),
    ],
)
def test_a_share_is_told_by_what_is_mounted_there(monkeypatch: pytest.MonkeyPatch, kind: str, share: bool) -> None:
    mounted = [SimpleNamespace(mountpoint="/", fstype="ext4"), SimpleNamespace(mountpoint="/mnt/papers", fstype=kind)]
    monkeypatch.setattr(psutil, "disk_partitions", lambda **_: mounted)
    assert watching.on_share(Path("/mnt/papers/leases")) is share
    assert watching.on_share(Path("/mnt/papers")) is share
    assert not watching.on_share(Path("/mnt/papers2"))


def _wait(condition: object) -> None:
    assert callable(condition)
    until = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
