"""The window and the terminal start light: what is heavy loads in child processes, what is unused never."""

from __future__ import annotations

import json
import os
import subprocess
import sys

import pytest

from tests.house.sources import ROOT

HEAVY = {
    "chromadb",
    "docx",
    "grpc",
    "kubernetes",
    "llama_cpp",
    "lxml",
    "numpy",
    "onnxruntime",
    "opentelemetry",
    "pypdfium2",
    "pypdfium2_raw",
    "sentence_transformers",
    "tokenizers",
    "torch",
    "transformers",
}
NETWORK = {"PySide6.QtNetwork", "asyncio", "http.client", "http.server", "httpx", "requests", "ssl", "urllib3"}


def loaded_by(module: str) -> set[str]:
    """The modules that a fresh interpreter holds after importing one of ours."""
    program = f"import sys, json; import {module}; print(json.dumps(sorted(sys.modules)))"
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    return set(json.loads(answer.stdout.splitlines()[-1]))


@pytest.mark.parametrize("module", ["assistant.cli", "assistant.app", "ui.app"])
def test_a_face_starts_without_what_is_heavy_or_speaks_to_networks(module: str) -> None:
    face = ROOT.joinpath(*module.split("."))
    if not (face.with_suffix(".py").exists() or (face / "__init__.py").exists()):
        pytest.skip(f"{module} is not built yet")
    assert loaded_by(module) & (HEAVY | NETWORK) == set()


def test_the_terminal_starts_without_qt() -> None:
    assert {name for name in loaded_by("assistant.cli") if name.startswith(("PySide6", "shiboken6"))} == set()
