"""The source files as the house tests see them: parsed, and sorted into rooms."""

from __future__ import annotations

import ast
import subprocess
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
FACES = ("assistant", "ui")


@dataclass(frozen=True)
class Module:
    """A source file: its dotted name ("assistant.vault" for a package's __init__.py), its path, its tree."""

    name: str
    path: Path
    tree: ast.Module

    @property
    def is_package(self) -> bool:
        """True for an __init__.py."""
        return self.path.name == "__init__.py"

    @property
    def docstring(self) -> str:
        """The module's docstring, or ""."""
        return ast.get_docstring(self.tree) or ""


@dataclass(frozen=True)
class Import:
    """One imported thing: `from module import name`, or `import module` with an empty name."""

    module: str
    name: str
    line: int

    @property
    def full(self) -> str:
        """The dotted name of what is imported."""
        return f"{self.module}.{self.name}" if self.name else self.module


@cache
def modules(*folders: str) -> tuple[Module, ...]:
    """Every Python file under the given folders (the two faces where none is given), sorted by path."""
    found = []
    for folder in folders or FACES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            parts = list(path.relative_to(ROOT).with_suffix("").parts)
            if parts[-1] == "__init__":
                parts.pop()
            found.append(Module(".".join(parts), path, ast.parse(path.read_text(encoding="utf-8"), str(path))))
    return tuple(found)


def imports(tree: ast.AST) -> Iterator[Import]:
    """Every import in a tree, also inside functions and under TYPE_CHECKING."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(alias.name, "", node.lineno)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for alias in node.names:
                yield Import(node.module, alias.name, node.lineno)


@cache
def rooms() -> tuple[Module, ...]:
    """The __init__.py of every room: the packages directly under a face, and each panel."""
    return tuple(module for module in modules() if module.is_package and room_of(module.name) == module.name)


def room_of(name: str) -> str:
    """The room that a module lives in: "assistant.vault.keys" gives "assistant.vault", panels count one by one."""
    parts = name.split(".")
    depth = 3 if parts[:2] == ["ui", "panels"] and len(parts) > 2 else 2
    return ".".join(parts[:depth]) if len(parts) > 1 else ""


def exported(module: Module) -> list[str] | None:
    """The names in a module's __all__, or None where it has none that can be read."""
    for node in module.tree.body:
        match node:
            case ast.Assign(targets=[ast.Name(id="__all__")], value=value):
                return list(ast.literal_eval(value))
            case ast.AnnAssign(target=ast.Name(id="__all__"), value=ast.expr() as value):
                return list(ast.literal_eval(value))
    return None


@cache
def project() -> dict[str, Any]:
    """What pyproject.toml says."""
    return tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@cache
def kept_files() -> tuple[Path, ...]:
    """Every file that git keeps or would keep, relative to the root. Skips the test outside a git checkout."""
    command = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        answer = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        pytest.skip("git is not installed")
    if answer.returncode != 0:
        pytest.skip("this is not a git checkout")
    return tuple(Path(name) for name in answer.stdout.split("\0") if name and (ROOT / name).exists())
