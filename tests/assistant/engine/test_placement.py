"""Layers go to the graphics processor as planned, fewer where that failed, and none in the end."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest

from assistant.engine import Place, Placement
from assistant.engine.backends import library_folder, modules
from assistant.engine.continuing import Half
from assistant.engine.graphics import blames_device
from assistant.engine.replies import OutOfRoom
from assistant.errors import Bug, ChildDied, ChildOutOfMemory, ChildTimedOut, PrivetError
from assistant.values import Message, Role, Sampling, Token


@pytest.mark.parametrize(("layers", "steps"), [(31, [31, 15, 7, 0]), (4, [4, 0]), (3, [3, 0]), (1, [1, 0]), (0, [0])])
def test_each_failure_halves_and_the_processor_is_last(layers: int, steps: list[int]) -> None:
    assert list(Placement().steps("model", "Vulkan0", layers)) == steps


def test_what_failed_is_not_tried_again_even_after_a_start(tmp_path: Path) -> None:
    place = tmp_path / "placement.json"
    Placement(place).failed("model", "Vulkan0", 31)
    assert list(Placement(place).steps("model", "Vulkan0", 31)) == [15, 7, 0]
    assert list(Placement(place).steps("model", "CUDA0", 31)) == [31, 15, 7, 0]
    assert list(Placement(place).steps("other", "Vulkan0", 31)) == [31, 15, 7, 0]
    Placement(place).failed("model", "Vulkan0", 0)
    assert list(Placement(place).steps("model", "Vulkan0", 31)) == [0]
    Placement(place).forget()
    assert list(Placement(place).steps("model", "Vulkan0", 31)) == [31, 15, 7, 0]


@pytest.mark.parametrize("kept", [b"", b"[]", b'{"a": "x"}', b"\xff"])
def test_a_damaged_file_remembers_nothing(tmp_path: Path, kept: bytes) -> None:
    place = tmp_path / "placement.json"
    place.write_bytes(kept)
    assert list(Placement(place).steps("model", "Vulkan0", 8)) == [8, 4, 0]


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (ChildDied("It crashed.", "", "engine", signal.SIGSEGV), True),
        (ChildDied("It was aborted.", "", "engine", signal.SIGABRT), True),
        (ChildTimedOut("It hung.", ""), True),
        (OutOfRoom("No room.", ""), True),
        (ChildDied("It was killed.", "", "engine", signal.SIGKILL), False),
        (ChildOutOfMemory("Memory ran out.", "", "engine", signal.SIGKILL), False),
        (Bug("ours"), False),
    ],
)
def test_a_crash_is_blamed_on_the_driver_a_kill_is_not(error: PrivetError, blamed: bool) -> None:
    assert blames_device(error) is blamed


def test_only_known_back_ends_are_taken_and_by_absolute_path(tmp_path: Path) -> None:
    for name in ("libggml-vulkan.so", "libggml-evil.so", "libggml-cpu.so", "libggml-cuda.so", "ggml-vulkan.so.txt"):
        (tmp_path / name).touch()
    assert modules(tmp_path) == [tmp_path / "libggml-cuda.so", tmp_path / "libggml-vulkan.so"]
    folder = library_folder()
    assert folder is not None and folder.is_absolute() and (folder / "libllama.so").exists()


def test_half_an_answer_is_gone_on_with() -> None:
    asked = (Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Count."))
    half = Half(asked, Sampling(max_tokens=10))
    assert (half.messages, half.sampling) == (asked, Sampling(max_tokens=10))
    half.written(3)
    assert half.sampling.max_tokens == 10  # of thought, which begins anew
    half.add(Token("One, "))
    half.add(Token("two"))
    half.written(2)
    assert half.messages == (*asked, Message(Role.ASSISTANT, "One, two"))
    assert half.sampling.max_tokens == 5
    begun = Half((*asked, Message(Role.ASSISTANT, "Zero, ")), Sampling(max_tokens=10))
    begun.add(Token("one"))
    assert begun.messages == (*asked, Message(Role.ASSISTANT, "Zero, one"))


def test_the_sentences_say_what_became_of_the_layers() -> None:
    assert "Only 7 of 31 layers" in Place(31, "Vulkan0").fewer(7)
    assert "runs on the processor" in Place(31, "Vulkan0").fewer(0)
