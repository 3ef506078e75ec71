"""A room opens with a sentence, says what it may not do, and is entered by its front door only."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys

import pytest

from tests.house.sources import ROOT, Module, exported, imports, modules, room_of, rooms

EVERYTHING = ("assistant", "ui", "packaging", "tests")


def opening_fault(docstring: str, alone: bool) -> str:
    """What is wrong with a docstring's opening, or "": it is a whole sentence; alone: the only one of its paragraph."""
    opening = " ".join(docstring.split("\n\n")[0].split())
    if not opening:
        return "has no docstring"
    if not opening.endswith((".", "?")):
        return f"does not open with a whole sentence: {opening!r}"
    if alone and re.search(r"[.?] [A-Z]", re.sub(r"`[^`]*`", "", opening)):
        return f"opens with more than one sentence: {opening!r}"
    return ""


@pytest.mark.parametrize(
    ("docstring", "fault"),
    [
        ("The vault: one database.\n\nMay not: leak.\n", ""),
        ("Run it: `a. B`.", ""),
        ("", "has no docstring"),
        ("No full stop", "whole sentence"),
        ("One. Two.", "more than one"),
    ],
)
def test_the_sentence_check_tells_good_from_bad(docstring: str, fault: str) -> None:
    found = opening_fault(docstring, alone=True)
    assert fault in found
    assert bool(fault) == bool(found)


def test_every_module_opens_with_a_sentence_and_every_package_with_one_alone() -> None:
    found = {module.name: opening_fault(module.docstring, alone=module.is_package) for module in modules(*EVERYTHING)}
    assert [f"{name} {fault}" for name, fault in found.items() if fault] == []


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_room_says_what_it_may_not_do(room: Module) -> None:
    assert re.search(r"^May not: \S", room.docstring, flags=re.M)


@pytest.mark.parametrize("room", rooms(), ids=lambda room: room.name)
def test_a_front_door_hands_out_exactly_what_it_names(room: Module) -> None:
    names = exported(room)
    assert names is not None
    assert len(names) == len(set(names))
    bound = {name for name in bound_names(room.tree) if not name.startswith("_")}
    # Names bound for the door's own use come from outside the room.
    foreign = {
        found.name or found.module.split(".")[0]
        for found in imports(room.tree)
        if not (found.module + ".").startswith(room.name + ".")
    }
    assert set(names) == bound - (foreign - set(names))


def bound_names(tree: ast.Module) -> set[str]:
    """The names that a module's top level binds."""
    names = set()
    for node in tree.body:
        match node:
            case ast.Import(names=aliases) | ast.ImportFrom(names=aliases):
                names |= {alias.asname or alias.name.split(".")[0] for alias in aliases}
            case ast.FunctionDef(name=name) | ast.ClassDef(name=name):
                names.add(name)
            case ast.Assign(targets=[ast.Name(id=name)]) | ast.AnnAssign(target=ast.Name(id=name)):
                names.add(name)
    return names


def test_what_the_doors_name_can_be_had() -> None:
    program = """
import importlib, json, sys
lacking = []
for name in json.loads(sys.argv[1]):
    room = importlib.import_module(name)
    lacking += [f"{name}.{one}" for one in room.__all__ if not hasattr(room, one)]
print(json.dumps(lacking))
"""
    names = json.dumps([room.name for room in rooms()])
    answer = subprocess.run(
        [sys.executable, "-W", "error", "-c", program, names],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert answer.returncode == 0, answer.stderr
    assert json.loads(answer.stdout) == []


def intrusions(module: Module, doors: dict[str, list[str]]) -> list[str]:
    """The imports of a module that reach into another room past its front door. doors: what each room hands out."""
    found = []
    home = room_of(module.name)
    for one in imports(module.tree):
        room = room_of(one.full)
        # A room's own floor, or a single file that is no room.
        if room == home or room not in doors or home.startswith(room + "."):
            continue
        by_the_door = one.full == room or (one.module == room and one.name in doors[room])
        # `from ui import theme` takes the room itself.
        if not by_the_door and one.full != room:
            found.append(f"{module.path.relative_to(ROOT)}:{one.line} reaches past {room} for {one.full}")
    return found


def test_rooms_are_entered_by_the_front_door() -> None:
    doors = {room.name: exported(room) or [] for room in rooms()}
    faults = [fault for module in modules() for fault in intrusions(module, doors)]
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize(
    ("source", "allowed"),
    [
        ("from assistant.vault import Vault", True),
        ("import assistant.vault", True),
        ("from assistant.engine.client import Engine", True),
        ("from assistant.values import Token", True),
        ("from assistant.vault.keys import derive", False),
        ("import assistant.vault.keys", False),
        ("from assistant.vault import keys", False),
        ("def f():\n    from assistant.vault.keys import derive", False),
    ],
)
def test_the_door_check_tells_guests_from_intruders(source: str, allowed: bool) -> None:
    guest = Module("assistant.engine.worker", ROOT / "assistant" / "engine" / "worker.py", ast.parse(source))
    faults = intrusions(guest, {"assistant.vault": ["Vault"], "assistant.engine": ["Engine"]})
    assert (faults == []) == allowed
