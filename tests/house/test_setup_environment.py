"""Set-up's knowledge of .venv: stamps that notice any change, packages that a killed pip left half-written."""

from __future__ import annotations

import hashlib
import io
import os
import subprocess
import sys
from pathlib import Path

import pytest

from privet_setup import environment, layout, llama, models, requirements, stamp
from privet_setup.failure import SetupFailure
from privet_setup.requirements import Pin
from tests.house.sources import ROOT


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A small checkout with an environment in it, which set-up takes for its own."""
    for name, content in {
        "pyproject.toml": "[project]\nname = 'x'\n\n[dependency-groups]\n",
        "packaging/locks/build.txt": "a",
        "packaging/locks/linux-x86_64.txt": "b",
        "packaging/locks/dev-linux-x86_64.txt": "c",
        "packaging/setup/__main__.py": "d",
        "packaging/setup/privet_setup/main.py": "e",
        "models/catalog.toml": "f",
        "models/embedded/weights": "1234",
        ".venv/pyvenv.cfg": "version = 3.11.7",
        ".venv/bin/python": "",
    }.items():
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content, encoding="utf-8")
    for name in ("LOCKS", "PROJECT", "MODELS", "CATALOG", "SETUP", "VENV", "VENV_PYTHON", "NOTES", "LOG"):
        monkeypatch.setattr(layout, name, tmp_path / getattr(layout, name).relative_to(layout.ROOT))
    for name in ("BUILD_LOCK", "RUNTIME_LOCK", "DEV_LOCK"):
        monkeypatch.setattr(layout, name, tmp_path / getattr(layout, name).relative_to(layout.ROOT))
    monkeypatch.setattr(layout, "ROOT", tmp_path)
    return tmp_path


def test_a_stamp_holds_until_something_changes(checkout: Path) -> None:
    assert not stamp.is_current("run")
    stamp.write("run", [("embedded/weights", 4)])
    assert stamp.is_current("run")
    assert not stamp.is_current("test")
    stamp.forget()
    assert not stamp.is_current("run")


def test_what_the_tests_need_includes_what_running_needs(checkout: Path) -> None:
    stamp.write("test", [])
    assert stamp.is_current("test")
    assert stamp.is_current("run")


@pytest.mark.parametrize(
    "changed",
    [
        "packaging/locks/build.txt",
        "packaging/locks/linux-x86_64.txt",
        "packaging/setup/privet_setup/main.py",
        "models/catalog.toml",
        ".venv/pyvenv.cfg",
        "models/embedded/weights",
    ],
)
def test_a_changed_input_makes_the_stamp_stale(checkout: Path, changed: str) -> None:
    stamp.write("run", [("embedded/weights", 4)])
    with open(checkout / changed, "a", encoding="utf-8") as file:
        file.write("more")
    assert not stamp.is_current("run")


@pytest.mark.parametrize("gone", [".venv/bin/python", "models/embedded/weights", "packaging/locks/build.txt"])
def test_a_missing_file_makes_the_stamp_stale(checkout: Path, gone: str) -> None:
    stamp.write("run", [("embedded/weights", 4)])
    (checkout / gone).unlink()
    assert not stamp.is_current("run")


def test_a_changed_linter_rule_does_not_but_a_changed_command_does(checkout: Path) -> None:
    stamp.write("run", [])
    text = layout.PROJECT.read_text(encoding="utf-8")
    layout.PROJECT.write_text(text + "[tool.ruff]\n", encoding="utf-8")
    assert stamp.is_current("run")
    layout.PROJECT.write_text(text.replace("'x'", "'y'"), encoding="utf-8")
    assert not stamp.is_current("run")


def test_a_torn_stamp_is_no_stamp(checkout: Path) -> None:
    stamp.write("run", [("embedded/weights", 4)])
    path = layout.NOTES / "run.stamp"
    path.write_text(path.read_text(encoding="utf-8")[:-8], encoding="utf-8")
    assert not stamp.is_current("run")


def put_package(checkout: Path, name: str, version: str, module: str = "x = 1\n") -> Path:
    """Lay a package into the environment as pip would; returns its module's path."""
    site = checkout / ".venv" / "lib" / "python3.11" / "site-packages"
    info = site / f"{name}-{version}.dist-info"
    info.mkdir(parents=True)
    path = site / f"{name}.py"
    path.write_text(module, encoding="utf-8")
    (info / "METADATA").write_text(f"Name: {name}\n", encoding="utf-8")
    record = f"{name}.py,sha256=x,{len(module)}\n{info.name}/METADATA,sha256=x,{7 + len(name)}\n{info.name}/RECORD,,\n"
    (info / "RECORD").write_text(record, encoding="utf-8")
    return path


def pin(name: str, version: str) -> Pin:
    return Pin(name, version, (), f"{name}=={version}")


def test_a_whole_package_in_the_locked_version_is_not_lacking(checkout: Path) -> None:
    put_package(checkout, "some_thing", "1.0")
    assert environment.lacking([pin("some-thing", "1.0")]) == []
    assert environment.lacking([pin("some-thing", "1.1")]) == [pin("some-thing", "1.1")]
    assert environment.lacking([pin("other", "1.0")]) == [pin("other", "1.0")]


@pytest.mark.parametrize("damage", ["truncated", "missing", "no record"])
def test_a_half_written_package_is_forgotten(checkout: Path, damage: str) -> None:
    path = put_package(checkout, "torn", "1.0")
    whole = put_package(checkout, "whole", "1.0")
    match damage:
        case "truncated":
            path.write_text("x", encoding="utf-8")
        case "missing":
            path.unlink()
        case _:
            (path.parent / "torn-1.0.dist-info" / "RECORD").unlink()
    (path.parent / "~orn").mkdir()
    environment.discard_broken()
    assert [package.name for package in environment.installed()] == ["whole"]
    assert whole.exists()
    assert not (path.parent / "~orn").exists()


def test_packages_that_no_lock_names_are_strangers(checkout: Path) -> None:
    for name in ("locked", "pip", "privet", "stranger"):
        put_package(checkout, name, "1.0")
    assert environment.strangers([pin("locked", "1.0")]) == ["stranger"]


def test_a_kept_wheel_counts_only_with_its_checksum(tmp_path: Path) -> None:
    wheel = tmp_path / "llama.whl"
    wheel.write_bytes(b"wheel")
    assert llama.kept_wheel(tmp_path) is None
    note = tmp_path / "llama.whl.sha256"
    note.write_text(hashlib.sha256(b"wheel").hexdigest(), encoding="utf-8")
    assert llama.kept_wheel(tmp_path) == wheel
    wheel.write_bytes(b"whee")
    assert llama.kept_wheel(tmp_path) is None


def model_file(content: bytes, promised: bytes) -> models.ModelFile:
    """A catalogue entry for content whose checksum is that of promised."""
    return models.ModelFile("embedded/w", "pkg/w", len(content), hashlib.sha256(promised).hexdigest())


def test_a_model_file_appears_only_whole_and_checked(checkout: Path) -> None:
    good = model_file(b"weights", b"weights")
    assert not models.is_intact(good)
    models.put(good, io.BytesIO(b"weights"))
    assert models.is_intact(good)
    with pytest.raises(SetupFailure, match="checksum"):
        models.put(model_file(b"forged!", b"weights"), io.BytesIO(b"forged!"))
    # The good one is still there, and nothing lies beside it.
    assert models.is_intact(good)
    assert sorted(path.name for path in good.place.parent.iterdir()) == ["w", "weights"]
    good.place.write_bytes(b"weighty")
    assert not models.is_intact(good)


@pytest.mark.parametrize(
    ("file", "answer"),
    [
        # What the package index has for Linux: the same version, built for CUDA. pip does not even read it.
        ("torch-2.13.0-cp311-cp311-manylinux_2_28_x86_64.whl", "No matching distribution found for torch==2.13.0+cpu"),
        ("torch-2.13.0-cp312-cp312-manylinux_2_28_x86_64.whl", "No matching distribution found for torch==2.13.0+cpu"),
        # Something else under the CPU build's name.
        ("torch-2.13.0+cpu-py3-none-any.whl", "DO NOT MATCH THE HASHES"),
    ],
)
def test_pip_refuses_every_torch_but_the_locked_one(tmp_path: Path, file: str, answer: str) -> None:
    (tmp_path / file).write_bytes(b"not the locked wheel")
    torch = [one for one in requirements.read(layout.RUNTIME_LOCK) if one.name == "torch"]
    wanted = requirements.write(tmp_path / "torch.txt", torch)
    command = [sys.executable, "-I", "-m", "pip", "download", "--no-deps", "--require-hashes", "--no-index"]
    command += ["--find-links", str(tmp_path), "--dest", str(tmp_path / "got"), "--requirement", str(wanted)]
    # No settings of the person at the keyboard: these may well name a folder with the true wheel.
    env = {"PATH": "", "PIP_CONFIG_FILE": os.devnull}
    result = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False, env=env)
    assert result.returncode != 0
    assert answer in result.stderr
