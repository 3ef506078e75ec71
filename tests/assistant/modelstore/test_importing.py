"""Models come in whole, once, and only if they are sound; whatever goes wrong leaves nothing half-made on the list."""

from __future__ import annotations

import errno
import hashlib
import os
import struct
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.errors import BadInput, ModelMissing, ModelUnreadable, NotFound
from assistant.modelstore import ModelStore, allowed, copying
from assistant.modelstore.copying import Progress
from assistant.modelstore.names import safe_name, shown
from assistant.settings import Folders
from assistant.values import Copying, Imported, ImportEvent, ImportFinished, Kept, NotImported, Stop
from tests.assistant.modelstore.gguf_files import I32, TEXT, U16, U32, Gguf, pair, pairs, tensor
from tests.assistant.modelstore.tiny_models import tiny_model


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A folder that files come from."""
    folder = tmp_path / "stick"
    folder.mkdir()
    return folder


@pytest.fixture
def store(tmp_path: Path) -> ModelStore:
    return ModelStore(Folders.inside(tmp_path / "home"), rules=allowed.Rules())


@pytest.fixture
def sharing() -> None:
    """For a test about links: they are made as on any disk."""


@pytest.fixture(autouse=True)
def no_links(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> None:
    """Copies, as from another disk, unless a test is about links."""
    if "sharing" not in request.fixturenames:
        monkeypatch.setattr(copying, "link", lambda path, target: False)


def bring(store: ModelStore, *paths: Path, in_place: bool = False) -> list[ImportEvent]:
    return [event for event in store.bring(paths, Stop(), in_place=in_place) if not isinstance(event, Copying)]


def added(store: ModelStore) -> list[str]:
    return [model.name for model in store.installed() if model.kept is not Kept.EMBEDDED]


def left(store: ModelStore) -> set[str]:
    """The names of all files in the models folder but the list and the lock."""
    return {path.name for path in store.folder.rglob("*") if path.is_file()} - {"models.json", ".lock"}


def refused(events: list[ImportEvent]) -> str:
    assert [type(event) for event in events] == [NotImported, ImportFinished]
    first = events[0]
    assert isinstance(first, NotImported)
    assert first.what.endswith(".") and first.do.endswith(".")
    return first.what


def test_a_file_is_copied_with_its_checksum_and_licence(store: ModelStore, stick: Path) -> None:
    content = Gguf(pairs=pairs(licence=pair("general.license", TEXT, "mit"))).bytes()
    (stick / "A model.gguf").write_bytes(content)
    first, end = bring(store, stick / "A model.gguf")
    assert isinstance(first, Imported) and not first.known
    assert end == ImportFinished(1, 0)
    model = first.model
    assert (model.name, model.kind, model.licence, model.kept) == ("A model", "chat", "mit", Kept.COPIED)
    assert model.path == store.folder / "A model.gguf"
    assert model.sha256 == hashlib.sha256(content).hexdigest()
    assert model.path.read_bytes() == content
    assert store.inspect(model.path).name == "A model"
    assert store.find("a MODEL") == store.find(str(model.path)) == model
    assert left(store) == {"A model.gguf"}


def test_the_same_model_comes_in_once_under_whatever_name(store: ModelStore, stick: Path) -> None:
    (stick / "one.gguf").write_bytes(Gguf().bytes())
    (stick / "two.gguf").write_bytes(Gguf().bytes())
    other = bytearray(Gguf().bytes())
    other[-1] ^= 1
    (stick / "one.gguf").with_name("three.gguf").write_bytes(other)
    bring(store, stick / "one.gguf")
    again = bring(store, stick / "two.gguf")[0]
    assert isinstance(again, Imported) and again.known and again.model.name == "one"
    assert isinstance(bring(store, stick / "three.gguf")[0], Imported)
    assert added(store) == ["one", "three"]


def test_two_files_of_one_name_do_not_overwrite_each_other(store: ModelStore, stick: Path) -> None:
    for number, folder in enumerate(("a", "b")):
        (stick / folder).mkdir()
        (stick / folder / "model.gguf").write_bytes(Gguf(data=bytes(256 + 18) + bytes([number])).bytes())
    bring(store, stick / "a" / "model.gguf", stick / "b" / "model.gguf")
    assert left(store) == {"model.gguf", "model (2).gguf"}


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("pytorch_model.bin", b"PK", "run a program"),
        ("model.PT", b"PK", "run a program"),
        ("model.safetensors", b"{}", "weights alone"),
        ("cut.gguf", Gguf().bytes()[:-1], "cut off"),
        ("other.gguf", b"%PDF-1.7", "not a language model"),
        ("new.gguf", Gguf(pairs=pairs(architecture=pair("general.architecture", TEXT, "foo9"))).bytes(), "kind that"),
        (
            "bert.gguf",
            Gguf(pairs=pairs(architecture=pair("general.architecture", TEXT, "bert"))).bytes(),
            "conversation",
        ),
    ],
)
def test_what_is_not_sound_stays_out(store: ModelStore, stick: Path, name: str, content: bytes, said: str) -> None:
    (stick / name).write_bytes(content)
    assert said in refused(bring(store, stick / name))
    assert (added(store), left(store)) == ([], set())


def test_one_refusal_does_not_keep_the_others_out(store: ModelStore, stick: Path) -> None:
    (stick / "bad.gguf").write_bytes(b"nothing")
    (stick / "good.gguf").write_bytes(Gguf().bytes())
    events = bring(store, stick)
    assert events[-1] == ImportFinished(1, 1)
    assert added(store) == ["good"]
    (stick / "empty").mkdir()
    assert "no model in" in refused(bring(store, stick / "empty"))
    assert "no file" in refused(bring(store, stick / "none.gguf"))


def split_model(folder: Path, name: str = "large") -> list[Path]:
    """A sound model in two parts, as llama.cpp's gguf-split writes them."""
    count = [pair("split.count", U16, 2), pair("split.tensors.count", I32, 2)]
    first = Gguf(pairs=(*pairs(), pair("split.no", U16, 0), *count), tensors=(tensor("a", (32, 2)),), data=bytes(256))
    second = Gguf(pairs=(pair("split.no", U16, 1), *count), tensors=(tensor("b", (32,), 2),), data=bytes(18))
    paths = [folder / f"{name}-{number:05}-of-00002.gguf" for number in (1, 2)]
    for path, part in zip(paths, (first, second), strict=True):
        path.write_bytes(part.bytes())
    return paths


def test_a_model_in_parts_is_one_model(store: ModelStore, stick: Path) -> None:
    first, second = split_model(stick)
    events = bring(store, second)
    assert isinstance(events[0], Imported)
    model = events[0].model
    assert (model.name, model.path.name, len(model.files)) == ("large", first.name, 2)
    assert store.inspect(model.path).size == first.stat().st_size + second.stat().st_size
    assert left(store) == {first.name, second.name}
    assert bring(store, stick)[-1] == ImportFinished(1, 0)
    assert added(store) == ["large"]


def test_a_missing_or_strange_part_is_refused(store: ModelStore, stick: Path) -> None:
    first, second = split_model(stick)
    content = second.read_bytes()
    second.unlink()
    assert "large-00002-of-00002.gguf" in refused(bring(store, first))
    second.write_bytes(first.read_bytes())
    assert "not the part" in refused(bring(store, first))
    second.write_bytes(content[:-1])
    assert refused(bring(store, first))
    first.rename(stick / "large.gguf")
    assert "one part" in refused(bring(store, stick / "large.gguf"))
    assert left(store) == set()


def test_a_lora_adapter_is_listed_as_one(store: ModelStore, stick: Path) -> None:
    kind = [pair("general.type", TEXT, "adapter"), pair("adapter.type", TEXT, "lora")]
    halves = (tensor("blk.0.attn_q.weight.lora_a", (32, 2)), tensor("blk.0.attn_q.weight.lora_b", (32, 2), 0, 256))
    file = Gguf(pairs=(pair("general.architecture", TEXT, "llama"), *kind), tensors=halves, data=bytes(512))
    (stick / "style.gguf").write_bytes(file.bytes())
    event = bring(store, stick / "style.gguf")[0]
    assert isinstance(event, Imported) and event.model.kind == "adapter"
    assert "style" not in [model.name for model in store.list()]
    (stick / "half.gguf").write_bytes(file.but(tensors=halves[:1], data=bytes(256)).bytes())
    assert "damaged" in refused(bring(store, stick / "half.gguf"))


def embedder(folder: Path) -> Path:
    folder.mkdir()
    (folder / "1_Pooling").mkdir()
    for name in ("modules.json", "config.json", "model.safetensors", "1_Pooling/config.json"):
        (folder / name).write_text(name)
    return folder


def test_an_embedding_model_comes_with_its_folder(tmp_path: Path, stick: Path) -> None:
    store = ModelStore(Folders.inside(tmp_path / "home"), lambda folder: "e5", allowed.Rules())
    event = bring(store, embedder(stick / "e5-small"))[0]
    assert isinstance(event, Imported)
    assert (event.model.kind, event.model.path) == ("embedding", store.folder / "embedders" / "e5")
    assert (event.model.path / "1_Pooling" / "config.json").read_text() == "1_Pooling/config.json"
    store.remove(event.model)
    assert (added(store), left(store)) == ([], set())
    assert not (store.folder / "embedders").exists()


def test_an_embedding_model_that_is_refused_stays_out(tmp_path: Path, stick: Path) -> None:
    def look(folder: Path) -> str:
        raise ModelUnreadable("It names code.", "Choose another.")

    store = ModelStore(Folders.inside(tmp_path / "home"), look, allowed.Rules())
    assert refused(bring(store, embedder(stick / "bad"))) == "It names code."


def test_a_model_may_stay_where_it_lies(store: ModelStore, stick: Path) -> None:
    path = stick / "there.gguf"
    path.write_bytes(Gguf().bytes())
    event = bring(store, path, in_place=True)[0]
    assert isinstance(event, Imported) and event.model.kept is Kept.IN_PLACE and event.model.path == path
    assert left(store) == set()
    store.remove(event.model)
    assert path.exists()
    assert added(store) == []


@pytest.mark.usefixtures("sharing")
def test_on_one_disk_a_file_of_ones_own_is_shared_and_watched(store: ModelStore, stick: Path) -> None:
    path = stick / "shared.gguf"
    path.write_bytes(Gguf().bytes())
    path.chmod(0o644)
    event = bring(store, path)[0]
    assert isinstance(event, Imported) and event.model.kept is Kept.LINKED
    assert os.path.samefile(event.model.path, path)
    store.inspect(event.model.path)
    changed = bytearray(Gguf().bytes())
    changed[-1] ^= 1
    path.write_bytes(changed)
    os.utime(path, ns=(1, 1))
    with pytest.raises(ModelUnreadable, match="not the file any more"):
        store.inspect(event.model.path)
    with pytest.raises(ModelUnreadable, match="not the file any more"):
        list(store.check(event.model, Stop()))
    store.remove(event.model)
    assert path.exists()


@pytest.mark.usefixtures("sharing")
@pytest.mark.parametrize("mode", [0o666, 0o664])
def test_a_file_that_others_may_write_to_is_copied(store: ModelStore, stick: Path, mode: int) -> None:
    path = stick / "open.gguf"
    path.write_bytes(Gguf().bytes())
    path.chmod(mode)
    event = bring(store, path)[0]
    assert isinstance(event, Imported) and event.model.kept is Kept.COPIED


def test_a_changed_time_alone_is_healed_by_verifying(store: ModelStore, stick: Path) -> None:
    path = stick / "one.gguf"
    path.write_bytes(Gguf().bytes())
    bring(store, path, in_place=True)
    os.utime(path, ns=(5, 5))
    model = store.find("one")
    assert not model.present
    with pytest.raises(ModelUnreadable):
        store.inspect(path)
    list(store.check(model, Stop()))
    assert store.find("one").present
    store.inspect(path)
    path.unlink()
    with pytest.raises(ModelMissing):
        list(store.check(model, Stop()))


class _Pulled:
    """A stick that is pulled out after some bytes."""

    def __init__(self, after: int, error: int) -> None:
        self.after, self.error = after, error

    def __call__(self, out: object, chunk: bytes) -> None:
        self.after -= 1
        if self.after < 0:
            raise OSError(self.error, os.strerror(self.error))
        _put(out, chunk)  # type: ignore[arg-type]  # the real one


_put = copying._put


@pytest.mark.parametrize(("error", "parts"), [(errno.EIO, 1), (errno.ENODEV, 1), (errno.ENOSPC, 0), (errno.EDQUOT, 0)])
def test_a_pulled_stick_and_a_full_disk_leave_nothing_listed(
    store: ModelStore, stick: Path, monkeypatch: pytest.MonkeyPatch, error: int, parts: int
) -> None:
    content = Gguf(data=bytes(256 + 18) + bytes(4096)).bytes()
    (stick / "one.gguf").write_bytes(content)
    monkeypatch.setattr(copying, "_CHUNK", 512)
    monkeypatch.setattr(copying, "_put", _Pulled(3, error))
    said = refused(bring(store, stick / "one.gguf"))
    assert ("became full" in said) == (not parts)
    assert added(store) == []
    assert [name.endswith(".part") for name in left(store)] == [True] * parts
    monkeypatch.setattr(copying, "_put", _put)
    assert isinstance(bring(store, stick / "one.gguf")[0], Imported)
    assert left(store) == {"one.gguf"}
    assert (store.folder / "one.gguf").read_bytes() == content


def test_a_copy_goes_on_and_does_not_trust_what_is_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    source, part = tmp_path / "source", tmp_path / "part"
    content = os.urandom(10_000)
    source.write_bytes(content)
    monkeypatch.setattr(copying, "_CHUNK", 1000)
    written: list[int] = []
    real = copying._put

    def put(out: object, chunk: bytes) -> None:
        before = part.stat().st_size
        real(out, chunk)  # type: ignore[arg-type]  # the real one
        written.append(part.stat().st_size - before)

    monkeypatch.setattr(copying, "_put", put)
    for there in (content[:5500], b"x" * 5500, content + b"more"):
        part.write_bytes(there)
        written.clear()
        steps = copying.copy(source, part, Progress(len(content)), Stop())
        assert _value(steps) == hashlib.sha256(content).hexdigest()
        assert part.read_bytes() == content
    part.write_bytes(content[:5500])
    written.clear()
    _value(copying.copy(source, part, Progress(len(content)), Stop()))
    assert written == [0] * 5 + [500] + [1000] * 4


def _value(steps: Iterator[Copying]) -> object:
    while True:
        try:
            next(steps)
        except StopIteration as end:
            return end.value


def test_a_stop_is_obeyed_and_gone_on_with(store: ModelStore, stick: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (stick / "one.gguf").write_bytes(Gguf(data=bytes(256 + 18) + bytes(100_000)).bytes())
    monkeypatch.setattr(copying, "_CHUNK", 1000)
    stop = Stop()
    events: list[ImportEvent] = []
    for event in store.bring([stick / "one.gguf", stick / "one.gguf"], stop):
        events.append(event)
        stop.set()
    assert isinstance(events[0], Copying) and events[0].total > 100_000
    assert events[-1] == ImportFinished(0, 0, stopped=True)
    assert added(store) == []
    assert len(left(store)) == 1
    assert isinstance(bring(store, stick / "one.gguf")[0], Imported)


def test_half_made_copies_do_not_wait_for_ever(tmp_path: Path) -> None:
    (tmp_path / ".old.part").touch()
    (tmp_path / ".new.part").touch()
    (tmp_path / "model.gguf").touch()
    os.utime(tmp_path / ".old.part", (1000, 1000))
    copying.clean(tmp_path, (tmp_path / ".new.part").stat().st_mtime + 10)
    assert {path.name for path in tmp_path.iterdir()} == {".new.part", "model.gguf"}


def test_a_disk_without_room_is_said_before_anything_is_written(
    store: ModelStore, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (stick / "one.gguf").write_bytes(Gguf().bytes())
    usage = type("Usage", (), {"free": 100})
    monkeypatch.setattr("assistant.modelstore.importing.shutil.disk_usage", lambda _: usage)
    assert "needs 0.3 GB" in refused(bring(store, stick / "one.gguf"))
    assert left(store) == set()
    assert isinstance(bring(store, stick / "one.gguf", in_place=True)[0], Imported)


def test_two_imports_do_not_run_at_once(store: ModelStore, stick: Path) -> None:
    (stick / "one.gguf").write_bytes(Gguf().bytes())
    running = store.bring([stick / "one.gguf"], Stop())
    next(running)
    with pytest.raises(BadInput, match="already"):
        bring(store, stick / "one.gguf")
    list(running)
    assert added(store) == ["one"]


def test_a_file_that_changes_while_it_is_copied_is_refused(
    store: ModelStore, stick: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = stick / "one.gguf"
    path.write_bytes(Gguf(data=bytes(256 + 18) + bytes(5000)).bytes())
    monkeypatch.setattr(copying, "_CHUNK", 1000)
    events: list[ImportEvent] = []
    for event in store.bring([path], Stop()):
        if isinstance(event, Copying) and not events:
            os.utime(path, ns=(7, 7))
        events.append(event)
    assert "was written to" in refused([event for event in events if not isinstance(event, Copying)])
    assert left(store) == set()


NAMES = [
    b"plain.gguf",
    b"with space and 'quotes' \"both\".gguf",
    b"line\nbreak.gguf",
    b"tab\tbell\a.gguf",
    b"latin1-\xe9\xff.gguf",
    "right\u202eto-left\u202c.gguf".encode(),
    "zero\u200bwidth.gguf".encode(),
    "日本語 モデル.gguf".encode(),
    b"-rf.gguf",
    b"$(touch x);`y`.gguf",
    b"%s%n{0}.gguf",
    b"a" * 250 + b".gguf",
    b"...gguf",
    b"con:.gguf",
    b"\\back\\slash.gguf",
]


@pytest.mark.parametrize("in_place", [False, True])
def test_every_name_that_a_file_system_allows_comes_in(store: ModelStore, stick: Path, in_place: bool) -> None:
    for number, name in enumerate(NAMES):
        (stick / os.fsdecode(name)).write_bytes(Gguf(data=bytes(256 + 18) + bytes([number])).bytes())
    events = bring(store, *(stick / os.fsdecode(name) for name in NAMES), in_place=in_place)
    assert events[-1] == ImportFinished(len(NAMES), 0)
    models = [event.model for event in events if isinstance(event, Imported)]
    assert [store.find(str(model.path)) for model in models] == models
    assert all(store.inspect(model.path) for model in models)
    if not in_place:
        assert all(path.isprintable() for path in left(store))
    for model in models:
        store.remove(model)
    assert added(store) == []
    assert len(list(stick.iterdir())) == len(NAMES)


def test_names_are_shown_so_that_they_deceive_nobody() -> None:
    assert shown("a\u202efugg.exe\n") == "a\\u202efugg.exe\\x0a"
    assert "\u202e" not in shown("a\u202efugg")
    assert shown(os.fsdecode(b"\xff.gguf")) == "\\xff.gguf"
    assert len(shown("x" * 500)) <= 121
    assert safe_name("../../etc/passwd.gguf") == "_.._etc_passwd.gguf"
    assert safe_name("\u202e.gguf") == "_.gguf"
    assert safe_name("....gguf") == "model.gguf"
    assert len(safe_name("é" * 300 + ".gguf").encode()) <= 200


def test_the_allow_list_is_obeyed_on_the_way_in_and_when_loading(tmp_path: Path, stick: Path) -> None:
    good, bad = stick / "good.gguf", stick / "bad.gguf"
    good.write_bytes(Gguf().bytes())
    bad.write_bytes(Gguf(data=bytes(256 + 18) + b"x").bytes())
    folders = Folders.inside(tmp_path / "home")
    free = ModelStore(folders, rules=allowed.Rules())
    bring(free, bad)
    ruled = ModelStore(folders, rules=allowed.Rules(frozenset({hashlib.sha256(good.read_bytes()).hexdigest()})))
    (stick / "new.gguf").write_bytes(Gguf(data=bytes(256 + 18) + b"y").bytes())
    for in_place in (True, False):
        assert "not on the list" in refused(bring(ruled, stick / "new.gguf", in_place=in_place))
    assert isinstance(bring(ruled, good)[0], Imported)
    ruled.inspect(folders.models / "good.gguf")
    ruled.inspect(good)
    for path in (folders.models / "bad.gguf", bad):
        with pytest.raises(ModelUnreadable, match="not on the list"):
            ruled.inspect(path)
    ruled.inspect(ruled.embedded_chat())
    assert "good" in [model.name for model in ruled.list()]
    assert "bad" not in [model.name for model in ruled.list()]


def test_a_tiny_real_model_comes_in(store: ModelStore, stick: Path) -> None:
    (stick / "tiny.gguf").write_bytes(tiny_model().bytes())
    assert isinstance(bring(store, stick / "tiny.gguf")[0], Imported)


def test_a_damaged_list_loses_no_file(store: ModelStore, stick: Path) -> None:
    (stick / "one.gguf").write_bytes(Gguf().bytes())
    bring(store, stick / "one.gguf")
    for damage in ("", "{", '{"models": 3}', '{"models": [{"loaded": "x", "files": [{}]}, 7]}', "[" * 100_000):
        (store.folder / "models.json").write_text(damage)
        assert added(store) == ["one"]
    with pytest.raises(NotFound):
        store.find("two")
    with pytest.raises(NotFound):
        list(store.check(store.find("one"), Stop()))


def test_numbers_of_a_split_stay_within_reason(store: ModelStore, stick: Path) -> None:
    path = stick / "many-00001-of-99999.gguf"
    path.write_bytes(struct.pack("<I", U32))
    assert refused(bring(store, path))
