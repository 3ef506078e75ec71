"""Tests of the question whether there can be a window: it is answered in a sentence, never by Qt ending the program."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from ui.display import why_no_window

ROOT = Path(__file__).absolute().parents[2]

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere there is always a display")


def test_without_a_display_it_says_so() -> None:
    assert why_no_window({}) == "No display was found, so Privet opens in the terminal."


def test_a_platform_that_somebody_chose_is_believed() -> None:
    assert why_no_window({"QT_QPA_PLATFORM": "offscreen"}) == ""


def test_a_display_that_does_not_answer_is_no_display() -> None:
    program = "import os; from ui.display import why_no_window; print(why_no_window(os.environ))"
    environment = {
        name: value for name, value in os.environ.items() if name not in ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
    }
    answer = subprocess.run(
        [sys.executable, "-c", program],
        cwd=ROOT,
        env=environment | {"DISPLAY": ":987"},
        capture_output=True,
        text=True,
        check=True,
    )
    # On a machine without the libraries of X11 it names the first that is missing instead.
    assert answer.stdout.strip().endswith("so Privet opens in the terminal.")


def test_without_a_display_the_terminal_opens_and_says_why(home: Path) -> None:
    names = ("QT_QPA_PLATFORM", "DISPLAY", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in names}
    answer = subprocess.run(
        [sys.executable, "-m", "ui"],
        cwd=ROOT,
        env=environment,
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert answer.stdout.splitlines()[0] == "No display was found, so Privet opens in the terminal."
    assert "Traceback" not in answer.stderr
