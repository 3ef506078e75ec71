"""Tests of how answers look where they are checked: sources, viewer, what the model saw.

PRIVET_LOOKS=all draws all styles. The pictures lie in build/looks/answers/ for whoever changes the window.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Final

import pytest
from PySide6.QtGui import QImage

from tests.looks.answers import SCENES, STYLES
from tests.looks.test_looks import ROOT, shares
from ui.theme import DARK, LIGHT, PAPER, Palette, with_more_contrast

_CHOSEN: Final = tuple(STYLES) if os.environ.get("PRIVET_LOOKS") == "all" else ("rtl",)
_DIALOGS: Final = ("saw", "wrong", "others")
_FOLDER: Final = ROOT / "build" / "looks" / "answers"


@pytest.fixture(scope="module")
def drawn() -> Mapping[str, Mapping[str, QImage]]:
    """The pictures, drawn anew: by style, then by scene."""
    _FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.looks.answers", str(_FOLDER), *_CHOSEN],
        cwd=ROOT,
        env={**os.environ, "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return {style: {scene: QImage(str(_FOLDER / f"{style}-{scene}.png")) for scene in SCENES} for style in _CHOSEN}


def palette(style: str) -> Palette:
    """The colours of a style."""
    plain = DARK if STYLES[style].choice == "dark" else LIGHT
    return with_more_contrast(plain) if STYLES[style].contrast else plain


@pytest.mark.parametrize("style", _CHOSEN)
def test_the_words_that_answer_stand_out_in_the_sources(drawn: Mapping[str, Mapping[str, QImage]], style: str) -> None:
    colors = palette(style)
    pointed, whole = (shares(drawn[style][scene]) for scene in ("pointed", "whole"))
    assert pointed[colors.selection] > whole.get(colors.selection, 0) + 0.002
    assert pointed[colors.tint] > whole.get(colors.tint, 0) + 0.002


@pytest.mark.parametrize("style", _CHOSEN)
def test_a_drawn_page_is_paper_with_its_marks(drawn: Mapping[str, Mapping[str, QImage]], style: str) -> None:
    page = shares(drawn[style]["page"])
    assert page[PAPER.sheet] > 0.15
    assert page[PAPER.passage] > 0.01
    text = shares(drawn[style]["text"])
    assert text[palette(style).selection] > 0.001


@pytest.mark.parametrize("style", _CHOSEN)
def test_no_large_area_has_a_colour_that_nobody_chose(drawn: Mapping[str, Mapping[str, QImage]], style: str) -> None:
    chosen = {value for value in vars(palette(style)).values() if isinstance(value, str)}
    for scene, picture in drawn[style].items():
        assert not picture.isNull(), scene
        if scene not in (*_DIALOGS, "page"):
            assert (picture.width(), picture.height()) == (1240, 800), scene
        # Marks on paper lie over one another there.
        strangers = {color for color, share in shares(picture).items() if share > 0.01 and color not in chosen}
        assert strangers == set() or scene == "page", scene


@pytest.mark.parametrize("style", _CHOSEN)
def test_dialogs_are_calm(drawn: Mapping[str, Mapping[str, QImage]], style: str) -> None:
    for scene in _DIALOGS:
        found = shares(drawn[style][scene])
        grounds = found.get(palette(style).canvas, 0) + found.get(palette(style).raised, 0)
        assert grounds > 0.8, scene
        assert palette(style).warn_tint not in found, scene
