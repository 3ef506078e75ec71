"""Settings are kept, survive a damaged file, and lose nothing that somebody wrote into them."""

from __future__ import annotations

import os
import stat
import tomllib
from pathlib import Path

import pytest

from assistant.errors import BadInput, DiskFull, EnvironmentFault
from assistant.settings import Folders, Settings, options


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders.inside(tmp_path)


def written(folders: Folders, text: str) -> Settings:
    folders.config.mkdir(parents=True)
    (folders.config / "settings.toml").write_text(text, encoding="utf-8")
    return Settings(folders)


def test_without_a_file_the_defaults_are_in_force(folders: Folders) -> None:
    settings = Settings(folders)
    assert settings.get(options.THEME) == "system"
    assert settings.source(options.THEME) == "default"
    assert settings.warnings == ()
    assert not folders.config.exists()


def test_what_is_chosen_is_there_the_next_time(folders: Folders) -> None:
    words = 'Say "ja"\n\tand \\ and \x7f and ü and 😀'
    Settings(folders).set(options.CHAT_MODEL, words)
    Settings(folders).set(options.TEMPERATURE, 1)
    settings = Settings(folders)
    assert settings.get(options.CHAT_MODEL) == words
    assert settings.get(options.TEMPERATURE) == 1.0
    assert settings.source(options.TEMPERATURE) == "person"
    assert settings.source(options.THEME) == "default"


def test_a_reset_option_leaves_the_file(folders: Folders) -> None:
    settings = Settings(folders)
    settings.set(options.THEME, "dark")
    settings.reset(options.THEME)
    settings.reset(options.TEXT_SIZE)
    assert settings.get(options.THEME) == "system"
    assert settings.source(options.THEME) == "default"
    assert "dark" not in (folders.config / "settings.toml").read_text(encoding="utf-8")


def test_what_is_no_value_changes_nothing(folders: Folders) -> None:
    settings = Settings(folders)
    settings.set(options.TEXT_SIZE, 120)
    with pytest.raises(BadInput):
        settings.set(options.TEXT_SIZE, 1000)
    assert settings.get(options.TEXT_SIZE) == 120
    assert Settings(folders).get(options.TEXT_SIZE) == 120


def test_unknown_keys_are_kept_and_named(folders: Folders) -> None:
    settings = written(
        folders,
        'theme = "dark"\nfuture = [1, {a = 2.5, b = true}]\n[later]\nwhen = 2026-11-22T10:00:00Z\n"odd key" = "ö"\n',
    )
    assert [key for key in ("future", "later") if any(key in warning for warning in settings.warnings)] == [
        "future",
        "later",
    ]
    settings.set(options.TEXT_SIZE, 110)
    kept = tomllib.loads((folders.config / "settings.toml").read_text(encoding="utf-8"))
    assert kept["future"] == [1, {"a": 2.5, "b": True}]
    assert kept["later"]["odd key"] == "ö"
    assert kept["later"]["when"].year == 2026
    assert kept["theme"] == "dark"


def test_a_value_out_of_range_is_answered_with_the_default_and_a_warning(folders: Folders) -> None:
    settings = written(folders, 'text_size = 5000\ntheme = "dark"\n')
    assert settings.get(options.TEXT_SIZE) == 100
    assert settings.get(options.THEME) == "dark"
    (warning,) = settings.warnings
    assert "Text size" in warning and "from 80 to 200" in warning


@pytest.mark.parametrize("content", [b"theme = ", b"\xff\xfe", b"\x00" * 100, b"# " + b"x" * (2 << 20), b"[" * 5000])
def test_a_damaged_file_is_set_aside_not_lost(folders: Folders, content: bytes) -> None:
    folders.config.mkdir(parents=True)
    file = folders.config / "settings.toml"
    file.write_bytes(content)
    settings = Settings(folders)
    assert settings.get(options.THEME) == "system"
    (warning,) = settings.warnings
    assert "damaged" in warning
    assert (folders.config / "settings.toml.damaged").read_bytes() == content
    settings.set(options.THEME, "light")
    assert Settings(folders).warnings == ()


def test_only_the_owner_can_read_the_file_and_no_other_is_left(folders: Folders) -> None:
    Settings(folders).set(options.THEME, "dark")
    assert os.listdir(folders.config) == ["settings.toml"]
    assert stat.S_IMODE((folders.config / "settings.toml").stat().st_mode) == 0o600


def test_a_place_that_cannot_be_written_is_said(folders: Folders) -> None:
    folders.config.parent.mkdir(parents=True, exist_ok=True)
    folders.config.write_text("a file where the folder should be")
    settings = Settings(folders)
    with pytest.raises(EnvironmentFault) as fault:
        settings.set(options.THEME, "dark")
    assert "could not be kept" in fault.value.what
    assert settings.get(options.THEME) == "system"


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_keeps_the_old_file(folders: Folders) -> None:
    settings = Settings(folders)
    settings.set(options.THEME, "dark")
    (folders.config / f".settings.toml.{os.getpid()}").symlink_to("/dev/full")
    with pytest.raises(DiskFull):
        settings.set(options.THEME, "light")
    assert settings.get(options.THEME) == "dark"
    assert Settings(folders).get(options.THEME) == "dark"


def test_what_a_policy_sets_goes_first_and_cannot_be_changed(tmp_path: Path) -> None:
    folders = Folders.inside(tmp_path)
    Settings(folders).set(options.THEME, "light")
    settings = Settings(folders, {"theme": "dark", "text_size": 4, "nonsense": True})
    assert settings.get(options.THEME) == "dark" and settings.source(options.THEME) == "policy"
    with pytest.raises(BadInput, match="policy"):
        settings.set(options.THEME, "system")
    assert settings.get(options.TEXT_SIZE) == 100 and settings.source(options.TEXT_SIZE) == "default"
    assert len(settings.warnings) == 2 and "policy" in settings.warnings[1]
    assert Settings(folders).get(options.THEME) == "light"  # kept for when the policy goes


class Kept(dict[str, str]):
    """Named values, as the vault keeps them."""

    def remember(self, name: str, value: str) -> None:
        self[name] = value

    def recall(self, name: str) -> str | None:
        return self.get(name)


def test_a_persons_own_words_are_kept_apart_from_the_file(folders: Folders) -> None:
    kept = Kept()
    Settings(folders, private=kept).set(options.INSTRUCTIONS, "Zanzibarquokka")
    settings = Settings(folders, private=kept)
    settings.set(options.THEME, "dark")
    assert settings.get(options.INSTRUCTIONS) == "Zanzibarquokka"
    assert settings.source(options.INSTRUCTIONS) == "person"
    assert "Zanzibarquokka" not in (folders.config / "settings.toml").read_text(encoding="utf-8")
    settings.reset(options.INSTRUCTIONS)
    assert "Zanzibarquokka" not in str(kept)
    assert Settings(folders, private=kept).source(options.INSTRUCTIONS) == "default"


def test_what_an_earlier_version_wrote_into_the_file_moves_and_its_bytes_are_overwritten(folders: Folders) -> None:
    assert written(folders, 'theme = "dark"\ninstructions = "Zanzibarquokka"\n').get(options.INSTRUCTIONS)
    file = folders.config / "settings.toml"
    before = (folders.config / "link").absolute()
    os.link(file, before)  # the old file's blocks, which outlive its name
    kept = Kept()
    settings = Settings(folders, private=kept)
    assert settings.get(options.INSTRUCTIONS) == "Zanzibarquokka" and settings.get(options.THEME) == "dark"
    assert settings.warnings == ()
    assert "Zanzibarquokka" not in file.read_text(encoding="utf-8")
    assert set(before.read_bytes()) == {0}
    assert Settings(folders, private=kept).get(options.INSTRUCTIONS) == "Zanzibarquokka"


def test_where_the_file_keeps_them_the_person_is_told(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    written(folders, 'instructions = "Zanzibarquokka"\n')

    def refuse(*arguments: object) -> None:
        raise PermissionError

    monkeypatch.setattr("assistant.settings.settings.write_atomically", refuse)
    settings = Settings(folders, private=Kept())
    assert settings.get(options.INSTRUCTIONS) == "Zanzibarquokka"
    assert any("could not be taken out" in warning for warning in settings.warnings)
    assert "Zanzibarquokka" in (folders.config / "settings.toml").read_text(encoding="utf-8")
