"""The back end lies beside llama.cpp's library while these tests run, as in a package that brings it along."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from assistant.engine.backends import library_folder
from assistant.privacy import clean_environment
from assistant.workers import child


@pytest.fixture(scope="session")
def library() -> Path:
    """The folder that holds llama.cpp's libraries in this environment."""
    folder = library_folder()
    assert folder is not None
    return folder


@pytest.fixture(scope="session")
def back_end(pytestconfig: pytest.Config, library: Path) -> Iterator[Path]:
    """The compiled back end, put in its place; the test skips where none was given."""
    given = pytestconfig.getoption("--gpu")
    if not given:
        pytest.skip("no back end was given; run make test-gpu")
    module = library / Path(given).name
    if module.exists():
        yield module
        return
    shutil.copyfile(given, module)
    yield module
    module.unlink()


@pytest.fixture(autouse=True)
def software_driver(monkeypatch: pytest.MonkeyPatch) -> None:
    """Children are told which driver to take: by themselves they get no such variable, and take no software for one."""
    told = {name: value for name, value in os.environ.items() if name.startswith(("GGML_VK_", "VK_"))}

    def environment(whole: Mapping[str, str]) -> dict[str, str]:
        return clean_environment(whole) | told

    monkeypatch.setattr(child, "clean_environment", environment)
