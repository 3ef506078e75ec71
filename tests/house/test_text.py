"""What is written here hides nothing from a reader, names no particular machine, and lies where it belongs."""

from __future__ import annotations

import re
import unicodedata
from pathlib import Path

import pytest

from tests.house.sources import ROOT, kept_files

TOP_LEVEL = {
    ".ci",
    ".gitignore",
    "CHANGELOG.md",
    "LICENSE",
    "Makefile",
    "README.md",
    "assistant",
    "models",
    "packaging",
    "pyproject.toml",
    "tests",
    "ui",
}

# Characters that turn the reading direction, join, or take no room: what is read is then not what is run.
_UNSEEN = {"Cf", "Zl", "Zp", "Co", "Cn", "Cs"}

# In pieces, so that this file does not name what it looks for.
_MACHINE = re.compile(
    r"(?<![\w.-])/(?:opt/(?:wheels|pypi)|tmp/w/|work/(?:main|shared)|root/)"
    "|"
    + "|".join(map(re.escape, ["pypi" + ".org", "pythonhosted" + ".org", "debian" + ".org/", "npmjs" + ".org"]))
    + "|"
    + re.escape("download.pytorch" + ".org")
)


def text_of(path: Path) -> str | None:
    """A kept file's text, or None where it is not text."""
    try:
        return (ROOT / path).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return None


def hidden_characters(text: str, any_script: bool) -> list[str]:
    """The characters of a text that a reader cannot see, or could take for others (letters of another script)."""
    found = set()
    for character in set(text):
        category = unicodedata.category(character)
        if category in _UNSEEN or (category == "Cc" and character not in "\n\t"):
            found.add(character)
        elif category[0] in "LNM" and ord(character) > 127 and not any_script:
            name = unicodedata.name(character, "")
            if not name.startswith(("LATIN SMALL", "LATIN CAPITAL", "SUPERSCRIPT", "VULGAR")):
                found.add(character)
    return sorted(f"U+{ord(character):04X} {unicodedata.name(character, '?')}" for character in found)


def test_no_source_hides_anything_from_its_reader() -> None:
    # Test data speaks every script; what cannot be seen is written as an escape there too.
    hidden = {
        str(path): hidden_characters(text_of(path) or "", any_script=path.parts[0] == "tests")
        for path in kept_files()
        if path.suffix in (".py", ".toml", ".md", ".cmake", ".txt", "")
    }
    assert {path: found for path, found in hidden.items() if found} == {}


@pytest.mark.parametrize(
    ("text", "any_script", "hides"),
    [
        ("naïve – “quoted” … → ×", False, False),
        ("a\u202eb", True, True),
        ("a\u200bb", True, True),
        ("p\u0430ssword", False, True),
        ("p\u0430ssword", True, False),
    ],
)
def test_the_reader_check_tells_plain_from_hidden(text: str, any_script: bool, hides: bool) -> None:
    assert bool(hidden_characters(text, any_script)) == hides


def test_no_file_names_this_machine_or_a_registry() -> None:
    faults = []
    for path in kept_files():
        text = text_of(path)
        if text and (found := _MACHINE.search(text)):
            faults.append(f"{path}: {found[0]}")
    assert faults == []


@pytest.mark.parametrize("text", ["see /work/" + "main/x", "--index https://pypi" + ".org/simple", "/opt/" + "wheels"])
def test_the_machine_check_finds_what_it_looks_for(text: str) -> None:
    assert _MACHINE.search(text)


def test_the_top_level_holds_what_belongs_there() -> None:
    assert {path.parts[0] for path in kept_files()} == TOP_LEVEL


def test_packaging_is_not_a_package() -> None:
    # With an __init__.py it would stand before the installed `packaging`, which half of Python's tools import.
    assert not (ROOT / "packaging" / "__init__.py").exists()


def test_only_the_weights_that_are_made_here_are_in_git() -> None:
    kept = {path.name for path in kept_files() if path.parts[0] == "models"}
    assert kept == {".gitignore", "catalog.toml", "reader.safetensors"}
