"""Every room stands on a floor, and the contracts in pyproject.toml break when someone climbs the wrong way."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.house.sources import FACES, ROOT, project, rooms


def floors(face: str) -> list[set[str]]:
    """The floors of a face from top to bottom, as the contracts name them."""
    for contract in project()["tool"]["importlinter"]["contracts"]:
        if contract["type"] == "layers" and contract.get("containers") == [face]:
            return [set(re.findall(r"\w+", layer)) for layer in contract["layers"]]
    raise AssertionError(f"no contract gives the floors of {face}")


@pytest.mark.parametrize("face", FACES)
def test_every_room_stands_on_exactly_one_floor(face: str) -> None:
    named = [room for floor in floors(face) for room in floor]
    assert len(named) == len(set(named))
    built = {path.stem for path in (ROOT / face).iterdir() if path.suffix == ".py" or (path / "__init__.py").exists()}
    assert built - {"__init__"} <= set(named)


def test_a_room_without_a_front_door_is_not_overlooked() -> None:
    folders = {path.parent for face in FACES for path in (ROOT / face).rglob("*.py")}
    assert [str(folder.relative_to(ROOT)) for folder in sorted(folders) if not (folder / "__init__.py").exists()] == []


def test_the_floors_hold_the_rooms_that_the_design_names() -> None:
    ways, crafts, ground = floors("assistant")[3:6]
    assert {"answering", "documents"} <= ways
    assert {"engine", "ingestion", "modelstore", "retrieval", "conversations"} <= crafts
    assert {"vault", "workers", "settings"} <= ground
    assert {room.name.split(".")[1] for room in rooms()} <= set().union(*floors("assistant"), *floors("ui"))


# --- The contracts themselves, tried on a small house of empty rooms in which one import is wrong. ---

_SAMPLE_MODULES = (
    *(f"assistant.{room}" for floor in floors("assistant") for room in sorted(floor)),
    *(f"ui.{room}" for floor in floors("ui") for room in sorted(floor)),
    "assistant.engine.worker",
    "assistant.engine.client",
    "assistant.engine.child",
    "assistant.engine.child.llama",
    "assistant.embedding.worker",
    "assistant.quantizing.child",
    "assistant.quantizing.worker",
    "assistant.ingestion.worker",
    "assistant.ingestion.formats",
    "assistant.ingestion.formats.pdf",
    "assistant.vault.keys",
    "ui.panels.chat",
    "ui.panels.library",
)


def build_house(folder: Path, content: Mapping[str, str]) -> None:
    """Write the sample house into a folder; content: source text of some of its modules."""
    shutil.copy(ROOT / "pyproject.toml", folder)
    names = set(_SAMPLE_MODULES) | set(FACES) | set(content)
    packages = {name for name in names if any(other.startswith(name + ".") for other in names)}
    for name in names:
        path = folder.joinpath(*name.split("."))
        path = path / "__init__.py" if name in packages else path.with_suffix(".py")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content.get(name, ""), encoding="utf-8")


def broken_contracts(folder: Path) -> list[str]:
    """The names of the contracts that do not hold in a folder."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    answer = subprocess.run(
        command,
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={"COLUMNS": "300", "PYTHONPATH": str(folder)},
    )
    assert "kept" in answer.stdout, answer.stdout + answer.stderr
    return re.findall(r"^(.*) BROKEN", answer.stdout, flags=re.M)


def test_the_sample_house_breaks_no_contract(tmp_path: Path) -> None:
    build_house(
        tmp_path,
        {
            "assistant.engine.client": "import assistant.workers, assistant.values",
            "assistant.engine.worker": "import assistant.engine.child.llama",
            "assistant.engine.child.llama": "import llama_cpp",
            "assistant.embedding.worker": "import sentence_transformers, torch",
            "assistant.ingestion.worker": "import assistant.ingestion.formats.pdf",
            "assistant.ingestion.formats.pdf": "import pypdfium2_raw, lxml",
            "assistant.vault.keys": "import cryptography, keyring",
            "assistant.answering": "import assistant.engine, assistant.retrieval, assistant.vault",
            "ui.panels.chat": "import ui.bridge, ui.widgets, assistant.values, PySide6",
        },
    )
    assert broken_contracts(tmp_path) == []


@pytest.mark.parametrize(
    ("module", "source", "contract"),
    [
        ("assistant.settings", "import ui.theme", "The window stands on the engine"),
        ("assistant.vault", "import assistant.engine", "The engine's floors"),
        ("assistant.engine", "import assistant.retrieval", "The engine's floors"),
        ("assistant.vault", "import assistant.workers", "The engine's floors"),
        ("assistant.privacy", "import assistant.values", "The engine's floors"),
        ("assistant.documents", "import assistant.answering", "The engine's floors"),
        ("assistant.cellar", "", "The engine's floors"),
        ("assistant.values", "import assistant.privacy", "Words stand alone"),
        ("ui.widgets", "import ui.panels", "The window's floors"),
        ("ui.attic", "", "The window's floors"),
        ("ui.panels.chat", "import ui.panels.library", "Panels are strangers"),
        ("ui.widgets", "import assistant.values", "Widgets, theme and words know no engine"),
        ("ui.bridge", "import ui.theme", "The bridge and the ports know no widget"),
        ("assistant.app", "from PySide6 import QtCore", "The engine knows no Qt"),
        ("assistant.engine.client", "import assistant.engine.worker", "A worker is started by name"),
        ("assistant.engine.client", "import assistant.engine.child.llama", "llama.cpp's bindings"),
        ("assistant.documents", "import assistant.ingestion.formats.pdf", "Format readers"),
        ("assistant.engine.client", "import llama_cpp", "What is heavy or native"),
        ("ui.panels.chat", "def f():\n    import torch", "What is heavy or native"),
        ("assistant.settings", "import keyring", "The vault alone"),
    ],
)
def test_one_wrong_import_breaks_its_contract(tmp_path: Path, module: str, source: str, contract: str) -> None:
    build_house(tmp_path, {module: source})
    broken = broken_contracts(tmp_path)
    assert any(name.startswith(contract) for name in broken), broken
