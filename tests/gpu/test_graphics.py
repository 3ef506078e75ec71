"""The engine on a graphics processor: found, used with all layers, left behind when it fails, even in an answer.

`make test-gpu` runs this on Mesa's software driver, which is slow and takes the same way as any other.
"""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from assistant.engine import PROCESSOR, Engine, Place, Placement, look
from assistant.modelstore import Fitting, ModelStore
from assistant.settings import Folders
from assistant.values import Device, Generated, Message, ModelFile, Noted, Role, Said, Sampling, Token

pytestmark = [pytest.mark.gpu, pytest.mark.model, pytest.mark.timeout(1200)]

ASKED = (Message(Role.USER, "Name three trees."),)
GREEDY = Sampling(temperature=0, max_tokens=12, ignore_end=True)
LAYERS = 31  # of the embedded model, the output counted as one


@pytest.fixture
def device(back_end: Path) -> Device:
    """The graphics processor that is tested."""
    found = look()
    assert found, "the back end sees no graphics processor; is GGML_VK_VISIBLE_DEVICES=0 set?"
    return found[0]


@pytest.fixture
def engine(embedded_chat: Path, tmp_path: Path) -> Iterator[Engine]:
    engine = Engine(placement=Placement(tmp_path / "placement.json"))
    yield engine
    engine.close()


def file_of(path: Path) -> ModelFile:
    return ModelFile(path, "SmolLM2", "llama", "chatml", 8192, path.stat().st_size)


def text_of(events: list[Said]) -> str:
    return "".join(event.text for event in events if isinstance(event, Token))


def libraries(engine: Engine) -> str:
    """What the engine's child has loaded."""
    assert engine.pid is not None
    return Path(f"/proc/{engine.pid}/maps").read_text(encoding="utf-8")


def test_the_plan_puts_all_layers_on_a_device_that_has_the_room(
    device: Device, embedded_chat: Path, tmp_path: Path
) -> None:
    assert device.memory >= device.free > 1 << 28 and device.words
    folders = Folders.inside(tmp_path)
    fitting = Fitting(folders, ModelStore(folders))
    plan = fitting.plan_now(embedded_chat, [device])
    assert (plan.gpu_layers, plan.device) == (LAYERS, device.name)
    assert device.words in fitting.fit(embedded_chat, fitting.machine([device])).why


def test_all_layers_answer_and_a_crash_in_the_middle_is_survived(
    device: Device, engine: Engine, embedded_chat: Path, tmp_path: Path
) -> None:
    place = Place(LAYERS, device.name)
    engine.use(file_of(embedded_chat), 512, place=place)
    answer = engine.stream(ASKED, GREEDY)
    events = [next(answer) for _ in range(4)]
    assert engine.load().plan.gpu_layers == LAYERS
    assert "libvulkan" in libraries(engine) and engine.notes() == ()
    assert engine.pid is not None
    os.kill(engine.pid, signal.SIGSEGV)
    rest = list(answer)
    assert isinstance(rest[-1], Generated)
    assert [event.sentence for event in rest if isinstance(event, Noted)] == [place.fewer(0)]
    # The answer goes on where it was: as one that the processor alone had written all of.
    assert engine.load().plan.gpu_layers == 0 and "libvulkan" not in libraries(engine)
    alone = Engine()
    alone.use(file_of(embedded_chat), 512)
    try:
        whole = text_of(list(alone.stream(ASKED, GREEDY)))
    finally:
        alone.close()
    assert text_of(events + rest)[:20] == whole[:20]
    # The next start does not try again what crashed, until a person asks for it.
    assert list(Placement(tmp_path / "placement.json").steps(engine._loader.content, device.name, LAYERS)) == [0]


def test_a_device_that_is_gone_is_left_behind_with_a_sentence(
    device: Device, engine: Engine, embedded_chat: Path
) -> None:
    place = Place(LAYERS, "Vulkan7")
    engine.use(file_of(embedded_chat), 512, place=place)
    assert engine.load().plan.gpu_layers == 0
    assert engine.notes() == (place.fewer(0),)
    assert text_of(list(engine.stream(ASKED, GREEDY)))


@pytest.mark.parametrize("init", ["__builtin_trap();", "for (;;) {}", "return 0;"])
def test_a_driver_that_crashes_hangs_or_refuses_takes_nothing_with_it(
    back_end: Path,
    library: Path,
    engine: Engine,
    embedded_chat: Path,
    tmp_path: Path,
    init: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("assistant.engine.graphics._LOOK_SECONDS", 3.0)
    source, module = tmp_path / "bad.c", library / "libggml-cuda.so"
    assert not module.exists()
    source.write_text(f"void *ggml_backend_init(void) {{ {init} }}\n")
    subprocess.run(["gcc", "-shared", "-fPIC", "-w", "-o", str(module), str(source)], check=True)
    try:
        # One that only says no leaves the others; after a crash or a hang there is the processor.
        assert len(look()) == (init == "return 0;")
        engine.use(file_of(embedded_chat), 512, place=PROCESSOR)
        assert text_of(list(engine.stream(ASKED, GREEDY)))
    finally:
        module.unlink()
