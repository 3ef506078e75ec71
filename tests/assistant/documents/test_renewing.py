"""Another embedding model learns what is kept beside the one that searches, and takes over as a whole."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import numpy
import pytest

from assistant.app import Privet
from assistant.cli.main import main
from assistant.documents import Renewing
from assistant.embedding import Embedder
from assistant.errors import ChildDied, ModelMissing
from assistant.retrieval import Renewal, Retrieval, renewal
from assistant.settings import Folders, options
from assistant.values import DocumentId, Imported, Stop, Vectors
from assistant.vault import Vault
from tests.assistant.retrieval.made import put, unit
from tests.assistant.vault.opening import by_passphrase

OWN, OTHER, THIRD = Path("/own"), Path("/other"), Path("/third")
WIDE = 48


@dataclass
class Made:
    """An embedder whose vectors point to where a word stands in a list. dies: after so many batches."""

    folder: Path
    dies: int = 1000
    asked: list[str] = field(default_factory=list)
    gone: bool = False

    @property
    def width(self) -> int:
        return 32 if self.folder == OWN else WIDE

    @property
    def name(self) -> str:
        if self.gone:
            raise ModelMissing("It is not there.", "Put it back.")
        return f"made-{self.folder.name}"

    def embed(self, texts: Sequence[str], stop: Stop | None = None) -> Vectors:
        self.dies -= 1
        if self.dies < 0:
            raise ChildDied("It ended.", "Try again.")
        self.asked += texts
        return Vectors(len(texts), self.width, b"".join(pointing(text, self.width) for text in texts))

    def close(self) -> None:
        pass


def pointing(text: str, width: int) -> bytes:
    return unit(*(0.0 for _ in range(int(text.rpartition(" ")[2]))), 1.0, dimensions=width)


class House:
    """One vault with twenty passages learned by the own model, opened as often as a person starts Privet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.wanted = OWN
        self.models = {path: Made(path) for path in (OWN, OTHER, THIRD)}

    @contextmanager
    def run(self) -> Iterator[tuple[Renewing, Retrieval, Path, str]]:
        vault = Vault.open(self.folder, by_passphrase("a passphrase"))
        next_one = Renewal(vault, self.folder / "index")
        renewing = Renewing(next_one, lambda path: cast(Embedder, self.models[path]), OWN, lambda: self.wanted)
        try:
            searcher = renewing.at_start()
        except KeyboardInterrupt:
            vault.close()
            raise
        retrieval = Retrieval(vault, self.folder / "index", self.models[searcher.folder].name)
        try:
            list(retrieval.ensure(Stop()))
            yield renewing, retrieval, searcher.folder, searcher.said
        finally:
            retrieval.close()
            vault.close()

    def add(self, retrieval: Retrieval, name: str, start: int, count: int, model: Path) -> DocumentId:
        texts = [f"passage {number}" for number in range(start, start + count)]
        width = WIDE if model != OWN else 32
        vectors = [
            unit(*(0.0 for _ in range(number % width)), 1.0, dimensions=width) for number in range(start, start + count)
        ]
        return put(retrieval, name, texts, vectors, self.models[model].name).document.id


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = House(tmp_path)
    with house.run() as (_, retrieval, _, _):
        house.add(retrieval, "first", 0, 20, OWN)
    return house


def nearest(retrieval: Retrieval, number: int, width: int) -> str:
    vector = unit(*(0.0 for _ in range(number)), 1.0, dimensions=width)
    return retrieval.search("?", vector, 1)[0].passage.text


def test_the_old_model_answers_until_the_new_one_has_learned_everything(house: House) -> None:
    house.wanted = OTHER
    with house.run() as (renewing, retrieval, searching, _):
        assert searching == OWN and renewing.due(searching)
        for step in renewing.run(searching, Stop()):
            assert step.total == 20
            assert nearest(retrieval, 7, 32) == "passage 7"
        assert (house.folder / "index" / "next").is_dir()
    generations = {path.name for path in (house.folder / "index").iterdir()}
    with house.run() as (renewing, retrieval, searching, said):
        assert (searching, said, renewing.due(searching)) == (OTHER, "", False)
        assert nearest(retrieval, 13, WIDE) == "passage 13"
        assert retrieval.unlearned() == (0, 0) and retrieval.verify()
        # The index that was made ready is the one in use: none was built again.
        assert {path.name for path in (house.folder / "index").iterdir()}.isdisjoint(generations)
    house.wanted = OWN
    with house.run() as (renewing, _, searching, _):
        assert renewing.due(searching)
        list(renewing.run(searching, Stop()))
    with house.run() as (_, retrieval, searching, _):
        assert searching == OWN and retrieval.count() == 20


def test_a_stop_and_a_crash_lose_nothing_that_was_learned(house: House) -> None:
    house.wanted = OTHER
    other = house.models[OTHER]
    with house.run() as (renewing, retrieval, searching, _):
        other.dies = 1
        with pytest.raises(ChildDied):
            list(renewing.run(searching, Stop()))
        learned = len(other.asked)
        assert 0 < learned < 20 and renewing.left() == (learned, 20)
    with house.run() as (renewing, retrieval, searching, _):
        assert searching == OWN and nearest(retrieval, 3, 32) == "passage 3"
        other.dies = 1000
        list(renewing.run(searching, Stop()))
        assert sorted(other.asked) == sorted(f"first\npassage {number}" for number in range(20))
    with house.run() as (_, _, searching, _):
        assert searching == OTHER


def test_an_end_in_the_middle_of_taking_over_leaves_the_one_or_the_other(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.wanted = OTHER
    with house.run() as (renewing, _, searching, _):
        list(renewing.run(searching, Stop()))

    def ends(generation: str, model: str) -> str:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(renewal, "packed_state", ends)  # the last thing before all of it is in force
        with pytest.raises(KeyboardInterrupt), house.run():
            pass
    with Vault.open(house.folder, by_passphrase("a passphrase")) as vault, vault.read() as connection:
        kept = connection.execute("SELECT model, count(*) FROM embeddings GROUP BY model").fetchall()
    assert [tuple(row) for row in kept] == [("made-own", 20)]
    with house.run() as (_, retrieval, searching, _):
        assert searching == OTHER and retrieval.count() == 20 and retrieval.verify()
        assert nearest(retrieval, 11, WIDE) == "passage 11"


def test_what_comes_and_goes_meanwhile_is_learned_and_forgotten_too(house: House) -> None:
    house.wanted = OTHER
    with house.run() as (renewing, retrieval, searching, _):
        list(renewing.run(searching, Stop()))
        first = retrieval.documents()[0].id
        house.add(retrieval, "second", 20, 5, OWN)
        assert renewing.left() == (20, 25)
    with house.run() as (renewing, retrieval, searching, _):
        assert searching == OWN  # five passages are not learned yet
        list(renewing.run(searching, Stop()))
        retrieval.remove(first)
    with house.run() as (_, retrieval, searching, _):
        assert searching == OTHER and retrieval.count() == 5 and retrieval.verify()
        assert nearest(retrieval, 22, WIDE) == "passage 22"


def test_another_wish_begins_anew_and_the_old_one_gives_up(house: House) -> None:
    house.wanted = OTHER
    with house.run() as (renewing, _, searching, _):
        house.models[OTHER].dies = 1
        with pytest.raises(ChildDied):
            list(renewing.run(searching, Stop()))
        house.wanted = THIRD
        list(renewing.run(searching, Stop()))
        assert renewing.left() == (20, 20)
        house.wanted = OWN
        list(renewing.run(searching, Stop()))
        assert renewing.left() == (0, 20) and not (house.folder / "index" / "next").exists()
    with house.run() as (_, _, searching, _):
        assert searching == OWN


def test_a_model_that_is_gone_is_said_and_the_own_one_takes_over(house: House) -> None:
    house.wanted = OTHER
    with house.run() as (renewing, _, searching, _):
        list(renewing.run(searching, Stop()))
    house.models[OTHER].gone = True
    with house.run() as (_, retrieval, searching, said):
        assert searching == OWN and "It is not there." in said and "learned anew" in said
        assert retrieval.unlearned() == (1, 20)
        assert [hit.passage.text for hit in retrieval.search("passage 7", b"", 1)] == ["passage 7"]


def smaller(folder: Path, target: Path, width: int = 192) -> Path:
    """The embedded model with its first `width` dimensions alone: another model, as small as one can be made."""
    from safetensors.numpy import load_file, save_file

    shutil.copytree(folder, target)
    whole = {384: width, 1536: 2 * width}
    parts: dict[str, Any] = load_file(str(folder / "model.safetensors"))
    cut = {
        name: numpy.ascontiguousarray(part[tuple(slice(whole.get(size, size)) for size in part.shape)])
        for name, part in parts.items()
    }
    (target / "model.safetensors").unlink()
    save_file(cut, str(target / "model.safetensors"))
    for name, values in (
        ("config.json", {"hidden_size": width, "intermediate_size": 2 * width, "num_attention_heads": width // 32}),
        ("1_Pooling/config.json", {"word_embedding_dimension": width}),
    ):
        place = target / name
        content = json.loads(place.read_text())
        place.unlink()  # the copy may share the file with the original
        place.write_text(json.dumps(content | values))
    return target


@pytest.mark.model
def test_a_real_model_of_another_width_is_imported_chosen_and_searches(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    own = Path(__file__).absolute().parents[3] / "models" / "embedded" / "all-minilm-l6-v2"
    if not (own / "model.safetensors").is_file():
        pytest.skip("the embedded embedder is not there; run make test")
    monkeypatch.setenv("PRIVET_HOME", str(tmp_path / "home"))
    folders = Folders.inside(tmp_path / "home")
    note = tmp_path / "note.txt"
    note.write_text("The hedge at the end of the lane was planted in 1874.\n")
    privet = Privet.open(folders, by_passphrase())
    try:
        list(privet.documents.add([note], Stop()))
        assert privet.embedder.dimensions == 384
        (model,) = [
            event.model
            for event in privet.models.bring([smaller(own, tmp_path / "narrow")], Stop())
            if isinstance(event, Imported)
        ]
    finally:
        privet.close()
    assert main(["models", "embedder", model.name]) == 0
    assert "privet index rebuild" in capsys.readouterr().out
    privet = Privet.open(folders, by_passphrase())
    try:
        assert privet.settings.get(options.EMBEDDING_MODEL) == str(model.path)
        assert privet.embedder.dimensions == 384
        assert list(privet.renew(Stop()))[-1].done == 1
    finally:
        privet.close()
    privet = Privet.open(folders, by_passphrase())
    try:
        assert privet.embedder.dimensions == 192 and privet.retrieval.count() == 1
        hits = privet.retrieval.search(
            "Who planted it?", privet.embedder.embed(["When was the hedge planted?"]).row(0), 1
        )
        assert hits[0].similarity is not None and "1874" in hits[0].passage.text
        assert "searches your documents" in privet.about_embedder(model.path)
    finally:
        privet.close()
    assert main(["models", "remove", model.name]) == 1
    assert main(["models", "embedder", "all-MiniLM-L6-v2", "--json"]) == 0
    assert json.loads(capsys.readouterr().out.splitlines()[-1])["own"]
