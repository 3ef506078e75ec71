"""Models of other programs are found by their names, quickly; an administrator's rules are obeyed or fail closed."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import pytest

from assistant.app import model_store
from assistant.errors import EnvironmentFault, ModelUnreadable
from assistant.modelstore import ModelStore, allowed, discovery
from assistant.policy import Policy
from assistant.settings import Folders
from assistant.values import FoundModel, Imported, Kept, Stop
from tests.assistant.modelstore.gguf_files import Gguf


def names(models: list[FoundModel]) -> set[str]:
    return {f"{model.program}:{model.name}" for model in models}


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home with models of four programs."""
    for name in ("OLLAMA_MODELS", "XDG_DATA_HOME"):
        monkeypatch.delenv(name, raising=False)
    content = Gguf().bytes()
    for path in (
        ".lmstudio/models/maker/Some-GGUF/Some-Q4_K_M.gguf",
        ".lmstudio/models/maker/Split-GGUF/Split-00001-of-00002.gguf",
        ".lmstudio/models/maker/Split-GGUF/Split-00002-of-00002.gguf",
        ".lmstudio/models/maker/Some-GGUF/notes.txt",
        ".local/share/nomic.ai/GPT4All/Orca.gguf",
        ".local/share/Jan/data/llamacpp/models/tiny/model.gguf",
        ".cache/lm-studio/models/.hidden.gguf",
    ):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    digest = hashlib.sha256(content).hexdigest()
    ollama = tmp_path / ".ollama" / "models"
    (ollama / "blobs").mkdir(parents=True)
    (ollama / "blobs" / f"sha256-{digest}").write_bytes(content)
    library = ollama / "manifests" / "registry.ollama.ai" / "library" / "smollm2"
    library.mkdir(parents=True)
    layer = {"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{digest}", "size": len(content)}
    other = {"mediaType": "application/vnd.ollama.image.license", "digest": "sha256:" + "0" * 64}
    (library / "135m").write_text(json.dumps({"layers": [other, layer]}))
    (library / "gone").write_text(json.dumps({"layers": [layer | {"digest": "sha256:" + "1" * 64}]}))
    (library / "outside").write_text(json.dumps({"layers": [layer | {"digest": "sha256:../../../x"}]}))
    (library / "broken").write_text("{" * 1000)
    return tmp_path


def test_four_programs_are_known(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    folders = [one for one in discovery.programs(home, {}) if one[1].is_relative_to(home)]
    found = list(discovery.find(folders, Stop()))
    assert names(found) == {
        "LM Studio:Some-Q4_K_M", "LM Studio:Split", "GPT4All:Orca", "Jan:tiny", "Ollama:smollm2:135m",
    }  # fmt: skip
    split = next(model for model in found if model.name == "Split")
    assert [path.name for path in split.files] == ["Split-00001-of-00002.gguf", "Split-00002-of-00002.gguf"]


@pytest.mark.parametrize("system", ["linux", "darwin", "win32"])
def test_each_system_has_its_folders(system: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.platform", system)
    known = discovery.programs(Path("/home/x"), {"OLLAMA_MODELS": "/big/ollama", "LOCALAPPDATA": "/l", "APPDATA": "/r"})
    assert {program for program, _ in known} == {"LM Studio", "Ollama", "Jan", "GPT4All"}
    assert ("Ollama", Path("/big/ollama")) in known


@pytest.mark.parametrize("in_place", [True, False])
def test_a_model_of_another_program_is_taken_under_its_name(home: Path, tmp_path: Path, in_place: bool) -> None:
    store = ModelStore(Folders.inside(tmp_path / "own"), rules=allowed.Rules())
    found = next(model for model in store.elsewhere(Stop(), home) if model.program == "Ollama")
    event = list(store.bring_found(found, Stop(), in_place=in_place))[-2]
    assert isinstance(event, Imported)
    assert (event.model.name, event.model.program) == ("smollm2:135m", "Ollama")
    assert (event.model.kept is Kept.IN_PLACE) == in_place
    assert store.inspect(event.model.path).name == "smollm2:135m"
    store.remove(event.model)
    assert found.files[0].exists()


def test_ten_thousand_files_are_listed_without_opening_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(10_000):
        os.close(os.open(tmp_path / f"{number:05}.{'gguf' if number % 10 == 0 else 'txt'}", os.O_CREAT | os.O_WRONLY))

    def opened(*_: object, **__: object) -> None:
        raise AssertionError("a file was opened")

    monkeypatch.setattr(Path, "open", opened)
    monkeypatch.setattr(Path, "stat", opened)
    monkeypatch.setattr(Path, "is_dir", lambda _: False)
    assert len(list(discovery.in_folder(tmp_path, Stop()))) == 1000
    stop = Stop()
    seen = 0
    for _ in discovery.in_folder(tmp_path, stop):
        seen += 1
        stop.set()
    assert seen == 1
    monkeypatch.setattr(discovery, "MOST_FILES", 50)
    assert len(list(discovery.in_folder(tmp_path, Stop()))) <= 50


def test_a_ring_of_links_ends(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.gguf").touch()
    (tmp_path / "a" / "again").symlink_to(tmp_path)
    (tmp_path / "a" / "nowhere.gguf").symlink_to(tmp_path / "none")
    assert [model.name for model in discovery.in_folder(tmp_path, Stop())] == ["one"]


def rules(tmp_path: Path, text: str, owner: int | None = None) -> allowed.Rules:
    place = tmp_path / "policy.toml"
    place.write_text(text)
    place.chmod(0o644)
    return allowed.read_rules(place, os.getuid() if owner is None else owner)


def test_rules_are_read(tmp_path: Path) -> None:
    assert allowed.read_rules(tmp_path / "none") == allowed.Rules()
    assert rules(tmp_path, "[other]\nx = 1\n") == allowed.Rules()
    one = "AB" * 32
    found = rules(tmp_path, f'[models]\nallowed_sha256 = ["{one}"]\nfolder = "/srv/models"\n')
    assert found == allowed.Rules(frozenset({one.lower()}), Path("/srv/models"))
    assert rules(tmp_path, "[models]\nallowed_sha256 = []\n").allowed == frozenset()


@pytest.mark.parametrize(
    "text",
    [
        "[models",
        "models = 3",
        "[models]\nallowed_sha256 = 'x'",
        "[models]\nallowed_sha256 = ['abc']",
        "[models]\nallowed_sha265 = []",
        "[models]\nfolder = 'here'",
        "\0",
    ],
)
def test_rules_that_make_no_sense_allow_nothing(tmp_path: Path, text: str) -> None:
    found = rules(tmp_path, text)
    assert found.allowed == frozenset()
    assert found.warning.count(".") >= 2


def test_rules_that_others_may_write_are_not_rules(tmp_path: Path) -> None:
    assert "not obeyed" in rules(tmp_path, "[models]\nallowed_sha256 = []\n", owner=os.getuid() + 1).warning
    place = tmp_path / "policy.toml"
    place.chmod(0o666)
    found = allowed.read_rules(place, os.getuid())
    assert found.allowed is None and found.warning


def test_what_an_administrator_laid_ready_is_found(tmp_path: Path) -> None:
    (tmp_path / "ready").mkdir()
    (tmp_path / "ready" / "house.gguf").write_bytes(Gguf().bytes())
    store = ModelStore(Folders.inside(tmp_path / "own"), rules=allowed.Rules(folder=tmp_path / "ready"))
    found = list(store.elsewhere(Stop(), tmp_path / "nobody"))
    assert "your organisation:house" in names(found)


def test_what_lies_in_the_folder_of_a_policy_is_listed_and_used_in_place(tmp_path: Path) -> None:
    laid = tmp_path / "srv" / "privet-models"
    good, other, embedder = laid / "deep" / "good.gguf", laid / "other.gguf", laid / "e5"
    for path, content in ((good, Gguf().bytes()), (other, Gguf().bytes() + b"\0"), (embedder / "modules.json", b"[]")):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    folders = Folders.inside(tmp_path / "home")
    policy = Policy(
        allowed_models=frozenset({hashlib.sha256(good.read_bytes()).hexdigest()}), model_folder=laid, place="there"
    )
    store = model_store(folders, policy)
    listed = {model.path: model for model in store.installed() if model.kept is not Kept.EMBEDDED}
    assert set(listed) == {good, other, embedder} and listed[embedder].kind == "embedding"
    assert {model.kept for model in listed.values()} == {Kept.IN_PLACE}
    assert store.find("good").path == good and store.inspect(good).path == good
    list(store.check(listed[good], Stop()))
    for refused in (lambda: store.inspect(other), lambda: list(store.check(listed[other], Stop()))):
        with pytest.raises(ModelUnreadable, match="not on the list"):
            refused()
    with pytest.raises(EnvironmentFault):
        store.remove(listed[good])
    assert good.is_file()
    good.unlink()
    other.unlink()
    assert [model.path for model in store.installed() if model.kept is not Kept.EMBEDDED] == [embedder]
    assert len(model_store(folders, Policy(model_folder=tmp_path / "gone")).installed()) == len(store.installed()) - 1
