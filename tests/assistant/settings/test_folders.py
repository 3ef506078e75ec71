"""Where Privet keeps things, with and without a folder of one's own."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.errors import BadInput
from assistant.settings import Folders


def test_one_variable_moves_everything_into_one_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PRIVET_HOME", str(tmp_path / "new"))
    folders = Folders.standard()
    all_of_them = {folders.data, folders.config, folders.cache, folders.models, folders.logs}
    assert len(all_of_them) == 5
    assert all(folder.parent == tmp_path / "new" for folder in all_of_them)


def test_a_relative_home_is_made_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRIVET_HOME", "here")
    assert Folders.standard().data == tmp_path / "here" / "data"


def test_without_it_the_systems_folders_are_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PRIVET_HOME", raising=False)
    for name in ("DATA", "CONFIG", "CACHE", "STATE"):
        monkeypatch.setenv(f"XDG_{name}_HOME", str(tmp_path / name))
    folders = Folders.standard()
    assert folders.data == tmp_path / "DATA" / "privet"
    assert folders.config == tmp_path / "CONFIG" / "privet"
    assert folders.cache == tmp_path / "CACHE" / "privet"
    assert folders.logs.is_relative_to(tmp_path / "STATE")


def test_asking_for_the_folders_creates_none(tmp_path: Path) -> None:
    Folders.inside(tmp_path / "new")
    assert not (tmp_path / "new").exists()


def test_a_home_that_is_a_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(BadInput, match="not a folder"):
        Folders.inside(tmp_path / "file")


def test_the_embedded_models_lie_beside_the_program(tmp_path: Path) -> None:
    import assistant

    assert assistant.__file__ is not None
    expected = Path(assistant.__file__).parent.parent / "models"
    assert Folders.inside(tmp_path).embedded_models == expected
