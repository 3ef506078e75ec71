"""Modules and functions stay short enough to be read."""

from __future__ import annotations

import ast

from tests.house.sources import ROOT, modules

MODULE_LINES = 500
FUNCTION_LINES = 80
EVERYTHING = ("assistant", "ui", "packaging", "tests")


def test_no_module_is_longer_than_a_reader_can_hold() -> None:
    lengths = {
        str(module.path.relative_to(ROOT)): module.path.read_text(encoding="utf-8").count("\n")
        for module in modules(*EVERYTHING)
    }
    assert {name: length for name, length in lengths.items() if length > MODULE_LINES} == {}


def test_no_function_is_longer_than_a_screen() -> None:
    long = []
    for module in modules(*EVERYTHING):
        for node in ast.walk(module.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                length = (node.end_lineno or node.lineno) - node.lineno + 1
                if length > FUNCTION_LINES:
                    long.append(f"{module.path.relative_to(ROOT)}:{node.lineno} {node.name}: {length} lines")
    assert not long, "\n".join(long)
