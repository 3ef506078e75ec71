"""Each promise of SECURITY.md names tests, and the tests it names are there."""

from __future__ import annotations

import ast
import re

import pytest

from tests.house.sources import ROOT

PROMISES = ROOT / "packaging" / "release" / "SECURITY.md"
NAMED = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def rows() -> list[str]:
    """The rows of the tables, less their heads."""
    lines = PROMISES.read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line.startswith("| ") and not line.startswith(("| promise", "|---"))]


def faults(text: str) -> list[str]:
    """The tests that a text names and that are not there."""
    missing = []
    for file, name in NAMED.findall(text):
        path = ROOT / file
        tree = ast.parse(path.read_text(encoding="utf-8")) if path.is_file() else ast.Module([], [])
        if name not in {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}:
            missing.append(f"{file}::{name}")
    return missing


def test_every_promise_names_a_test_and_each_is_there() -> None:
    assert len(rows()) >= 10
    assert [row for row in rows() if not NAMED.search(row)] == []
    assert faults(PROMISES.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("`tests/house/test_promises.py::test_every_promise_names_a_test_and_each_is_there`", 0),
        ("`tests/house/test_promises.py::test_nobody_wrote_this`", 1),
        ("`tests/house/test_nowhere.py::test_it`", 1),
    ],
)
def test_a_missing_test_is_noticed(text: str, missing: int) -> None:
    assert len(faults(text)) == missing
