"""The lock files pin everything by hash, take no CUDA build, and agree with one another and with pyproject.toml."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.version import Version

from privet_setup import requirements
from privet_setup.requirements import Pin
from tests.house.sources import ROOT, project

LOCKS = ROOT / "packaging" / "locks"
PLATFORMS = ("linux-x86_64", "macos-arm64", "windows-x86_64")
ALL = (*PLATFORMS, "dev-linux-x86_64", "build")

# PyTorch's CPU wheels for Linux: CPython 3.11 and 3.12.
TORCH_CPU = {
    "6746dbcbeb526eb61330b76b41ff1b4eb848951103a892eeb080dfa2b264667b",
    "4ca4a9394b0c771238a4f73590fdbbc4debad85ed0fa63d026ae1b085da7d6e2",
}


def lock(name: str) -> dict[str, Pin]:
    """The pins of a lock file by package name."""
    return {pin.name: pin for pin in requirements.read(LOCKS / f"{name}.txt")}


def direct() -> list[Requirement]:
    """What pyproject.toml asks for."""
    return [Requirement(text) for text in project()["project"]["dependencies"]]


def test_there_are_these_lock_files_and_no_others() -> None:
    assert {path.stem for path in LOCKS.iterdir()} == set(ALL)


@pytest.mark.parametrize("name", ALL)
def test_every_package_is_pinned_once_and_by_hash(name: str) -> None:
    pins = requirements.read(LOCKS / f"{name}.txt")
    assert len({pin.name for pin in pins}) == len(pins)
    assert [pin.name for pin in pins if not pin.hashes] == []


@pytest.mark.parametrize("name", ALL)
def test_a_lock_holds_pins_hashes_and_comments_only(name: str) -> None:
    line = re.compile(r"#.*|[a-z0-9-]+==[\w.+]+( ; [^\\]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?")
    text = (LOCKS / f"{name}.txt").read_text(encoding="utf-8")
    assert [one for one in text.splitlines() if not line.fullmatch(one)] == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_what_the_project_asks_for_is_locked_in_a_version_that_fits(name: str) -> None:
    pins = lock(name)
    for wanted in direct():
        assert Version(pins[requirements.normalized(wanted.name)].version) in wanted.specifier


def test_the_platforms_agree_on_what_the_project_asks_for() -> None:
    for wanted in direct():
        name = requirements.normalized(wanted.name)
        versions = {Version(lock(platform)[name].version).public for platform in PLATFORMS}
        assert len(versions) == 1, f"{name}: {versions}"


def test_no_two_locks_disagree_on_linux() -> None:
    runtime = lock("linux-x86_64")
    for name in ("dev-linux-x86_64", "build"):
        shared = {pin.name: pin.version for pin in lock(name).values() if pin.name in runtime}
        assert shared == {one: runtime[one].version for one in shared}


def test_linux_takes_the_cpu_build_of_torch_and_can_take_no_other() -> None:
    torch = lock("linux-x86_64")["torch"]
    # The local version alone makes pip pass over the index's CUDA wheels; the hashes would refuse them.
    assert torch.version.endswith("+cpu")
    assert set(torch.hashes) == TORCH_CPU


def test_the_cuda_wheels_that_the_index_offers_are_not_among_the_hashes() -> None:
    # Where the index's own torch is taken, its hashes (CUDA wheels for Linux among them) are listed in full.
    assert TORCH_CPU.isdisjoint(lock("windows-x86_64")["torch"].hashes)


@pytest.mark.parametrize("name", ALL)
def test_nothing_comes_along_for_graphics_cards(name: str) -> None:
    assert [one for one in lock(name) if re.match(r"nvidia|cuda|triton|pytorch-triton|intel-", one)] == []


@pytest.mark.parametrize("name", PLATFORMS)
def test_of_qt_only_these_parts_are_taken(name: str) -> None:
    of_qt = {one for one in lock(name) if re.match(r"pyside|shiboken|pyqt|qt", one)}
    assert of_qt == {"pyside6-essentials", "pyside6-pdf", "shiboken6"}


@pytest.mark.parametrize("name", PLATFORMS)
def test_transformers_is_new_enough(name: str) -> None:
    # Older ones run code that a model's configuration names.
    assert Version(lock(name)["transformers"].version) >= Version("5.3")


def test_a_line_without_a_pin_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("--index-url https://example.invalid\n", encoding="utf-8")
    with pytest.raises(ValueError, match="not a pinned package"):
        requirements.read(tmp_path / "bad.txt")
