"""What every test may ask for: the shared data, the embedded models, a home of its own."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

# Before any test imports Qt; `--onscreen` shows the windows instead.
os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

PROJECT = Path(__file__).absolute().parents[1]
SHARED_DATA = PROJECT.parent / "shared" / "data"
EMBEDDED_CHAT = PROJECT / "models" / "embedded" / "smollm2-135m-instruct" / "SmolLM2-135M-Instruct.Q4_1.gguf"
EMBEDDED_EMBEDDER = PROJECT / "models" / "embedded" / "all-minilm-l6-v2"

# What was committed passes or fails, whoever runs it. PRIVET_EXAMPLES=5000 searches on, at random, with that many.
settings.register_profile(
    "repeatable", derandomize=True, database=None, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.register_profile(
    "search",
    deadline=None,
    max_examples=int(os.environ.get("PRIVET_EXAMPLES", "100")),
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("search" if "PRIVET_EXAMPLES" in os.environ else "repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    """`--onscreen`: windows on the real display instead of the offscreen platform."""
    parser.addoption("--onscreen", action="store_true", help="show windows on the real display")
    parser.addoption("--gpu", metavar="FILE", default="", help="the back end for graphics processors that is tested")


def pytest_configure(config: pytest.Config) -> None:
    """Let go of the offscreen platform where somebody wants to look; keep each of several workers to a core of its own.

    A model computes on as many threads as there are cores for it, and its threads wait by spinning: two workers on the
    same cores would wait for each other most of the time.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and hasattr(os, "sched_setaffinity"):
        cores = sorted(os.sched_getaffinity(0))
        os.sched_setaffinity(0, {cores[int(worker.removeprefix("gw")) % len(cores)]})
    if config.getoption("--onscreen"):
        os.environ.pop("QT_QPA_PLATFORM", None)


@pytest.fixture
def shared_data() -> Path:
    """The folder of shared test data; the test skips where it is missing."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the shared test data does not lie beside the project")
    return SHARED_DATA


@pytest.fixture
def embedded_chat() -> Path:
    """The embedded language model's file; the test skips where set-up did not put it there."""
    if not EMBEDDED_CHAT.is_file():
        pytest.skip("the embedded language model is not there; run make test")
    return EMBEDDED_CHAT


@pytest.fixture
def embedded_embedder() -> Path:
    """The embedded embedder's folder; the test skips where set-up did not put it there."""
    if not (EMBEDDED_EMBEDDER / "model.safetensors").is_file():
        pytest.skip("the embedded embedder is not there; run make test")
    return EMBEDDED_EMBEDDER


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of its own for everything that one Privet keeps."""
    monkeypatch.setenv("PRIVET_HOME", str(tmp_path / "home"))
    return tmp_path / "home"
