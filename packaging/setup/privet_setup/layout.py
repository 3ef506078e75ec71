"""Where everything is: the checkout, the environment in it, the lock files, the models."""

from __future__ import annotations

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
SETUP = ROOT / "packaging" / "setup"
LOCKS = ROOT / "packaging" / "locks"
PROJECT = ROOT / "pyproject.toml"
MODELS = ROOT / "models"
CATALOG = MODELS / "catalog.toml"

VENV = ROOT / ".venv"
VENV_PYTHON = VENV / "bin" / "python"
# What set-up knows about the environment it made: stamps, filtered requirement files, half-done downloads.
NOTES = VENV / ".privet"
LOG = VENV / "setup.log"

BUILD_LOCK = LOCKS / "build.txt"
RUNTIME_LOCK = LOCKS / "linux-x86_64.txt"
DEV_LOCK = LOCKS / "dev-linux-x86_64.txt"

TARGETS = ("run", "test")
# Sets up what the tests need, and a back end for graphics processors in the build cache.
BACKEND = "backend"


def build_cache() -> Path:
    """The folder that keeps compiled wheels across checkouts and deleted environments."""
    base = os.environ.get("XDG_CACHE_HOME", "")
    root = Path(base) if os.path.isabs(base) else Path.home() / ".cache"
    return root / "privet-build"
