"""Scarce and dangerous things have one owner each: threads, child processes, the keychain."""

from __future__ import annotations

import ast
from collections.abc import Iterator

import pytest

from tests.house.sources import Module, imports, modules

# Child processes are `assistant.workers`' alone.
_PROCESSES = ("assistant.workers",)
# One fork besides: the seal tries in a child what this process could not take back.
_FORKS = (*_PROCESSES, "assistant.privacy.namespace")
# Threads are the bridge's; `assistant.workers` reads its pipes with them; a worker module is a process of its own.
_THREADS = ("ui.bridge", "assistant.workers", "assistant.*.worker")

OWNERS: dict[str, tuple[str, ...]] = {
    "PySide6.QtConcurrent": _THREADS,
    "PySide6.QtCore.QProcess": _PROCESSES,
    "PySide6.QtCore.QRunnable": _THREADS,
    "PySide6.QtCore.QThread": _THREADS,
    "PySide6.QtCore.QThreadPool": _THREADS,
    "_thread": _THREADS,
    "concurrent.futures": _THREADS,
    "keyring": ("assistant.vault",),
    "os.fork": _FORKS,
    "os.popen": _PROCESSES,
    "os.posix_spawn": _PROCESSES,
    "os.startfile": _PROCESSES,
    "os.system": _PROCESSES,
    "pty": _PROCESSES,
    "subprocess": _PROCESSES,
    "threading.Thread": _THREADS,
    "threading.Timer": _THREADS,
}


def used_names(tree: ast.Module) -> Iterator[tuple[str, int]]:
    """The dotted names that a module imports or reaches through what it imported, with their lines."""
    local = {}
    for found in imports(tree):
        yield found.full, found.line
        local[found.name or found.module.split(".")[0]] = found.full if found.name else found.module.split(".")[0]
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute):
            parts = ast.unparse(node).split(".")
            if parts[0] in local:
                yield ".".join([local[parts[0]], *parts[1:]]), node.lineno


def owns(module: str, owner: str) -> bool:
    """True if a module is the owner or lives in it; "*" stands for one part of a name."""
    parts, wanted = module.split("."), owner.split(".")
    return len(parts) >= len(wanted) and all(want in ("*", part) for part, want in zip(parts, wanted, strict=False))


def trespasses(module: Module) -> set[str]:
    """The uses in a module of what belongs to others."""
    found = set()
    for name, line in used_names(module.tree):
        for thing, owners in OWNERS.items():
            if (name + ".").startswith(thing + ".") and not any(owns(module.name, owner) for owner in owners):
                found.add(f"{module.path.name}:{line} uses {thing}, which is for {' and '.join(owners)}")
    return found


def test_everybody_keeps_to_what_is_theirs() -> None:
    assert sorted(fault for module in modules() for fault in trespasses(module)) == []


@pytest.mark.parametrize(
    ("name", "source", "allowed"),
    [
        ("ui.shell.window", "import threading\nthreading.Thread()", False),
        ("ui.shell.window", "import threading\nthreading.Lock()", True),
        ("ui.shell.window", "from PySide6.QtCore import QThread", False),
        ("ui.shell.window", "from PySide6 import QtCore\nQtCore.QThread()", False),
        ("ui.bridge.bridge", "from threading import Thread", True),
        ("assistant.engine.worker", "from threading import Thread", True),
        ("assistant.engine.client", "from concurrent.futures import ThreadPoolExecutor", False),
        ("assistant.engine.client", "import subprocess as s", False),
        ("assistant.workers.child", "import subprocess", True),
        ("assistant.cli.doctor", "import os\nos.system('x')", False),
        ("assistant.settings.store", "def f():\n    from keyring import get_password", False),
        ("assistant.vault.keychain", "import keyring.backends", True),
    ],
)
def test_the_owner_check_tells_owners_from_others(name: str, source: str, allowed: bool) -> None:
    module = Module(name, modules()[0].path, ast.parse(source))
    assert (trespasses(module) == set()) == allowed
