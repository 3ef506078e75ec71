"""Tests of how the window looks, by facts of its pictures; they lie in build/looks/ for whoever changes the window."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

import pytest
from PySide6.QtGui import QColor, QImage

from ui.theme import DARK, LIGHT, Palette, with_more_contrast

ROOT = Path(__file__).absolute().parents[2]
SCENES = ("empty", "reading", "answer", "fault", "narrow", "branches")
PAGES = ("privacy", "proof")
STYLES = [("light", 1.0), ("dark", 1.0), ("light", 1.5), ("dark", 1.5)]


class Look(NamedTuple):
    """The pictures of one style."""

    palette: Palette
    scale: float
    pictures: dict[str, QImage]
    pages: dict[str, QImage]


@pytest.fixture(scope="module", params=STYLES, ids=lambda style: f"{style[0]}-{style[1]:.0%}")
def look(request: pytest.FixtureRequest) -> Look:
    """The scenes, drawn anew."""
    choice, scale = request.param
    folder = ROOT / "build" / "looks" / f"{choice}-{round(scale * 100)}"
    folder.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(
        [sys.executable, "-m", "tests.looks.scenes", str(folder), choice],
        cwd=ROOT,
        env={**os.environ, "QT_SCALE_FACTOR": str(scale), "QT_QPA_PLATFORM": "offscreen"},
        capture_output=True,
        text=True,
        timeout=280,
    )
    assert done.returncode == 0, done.stderr
    pictures = {scene: QImage(str(folder / f"{scene}.png")) for scene in SCENES}
    pages = {page: QImage(str(folder / f"{page}.png")) for page in PAGES}
    return Look(DARK if choice == "dark" else LIGHT, scale, pictures, pages)


def shares(picture: QImage) -> dict[str, float]:
    """The share of each colour among a grid of points of a picture."""
    points = [
        picture.pixelColor(x, y).name() for x in range(0, picture.width(), 4) for y in range(0, picture.height(), 4)
    ]
    return {color: count / len(points) for color, count in Counter(points).items()}


def brightness(color: str) -> float:
    """Relative luminance as WCAG 2 defines it, 0 to 1."""
    parts = [part / 255 for part in (QColor(color).red(), QColor(color).green(), QColor(color).blue())]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def nearness(one: str, other: str) -> int:
    """How far two colours are apart: the sum of the differences of red, green and blue."""
    first, second = QColor(one), QColor(other)
    pairs = ((first.red(), second.red()), (first.green(), second.green()), (first.blue(), second.blue()))
    return sum(abs(a - b) for a, b in pairs)


def contrast(one: str, other: str) -> float:
    """The ratio that WCAG 2 asks to be 4.5 for text."""
    light, dark = sorted((brightness(one), brightness(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_every_scene_has_the_size_it_is_asked_for(look: Look) -> None:
    for scene, picture in look.pictures.items():
        width, height = (900, 600) if scene == "narrow" else (1240, 800)
        assert (picture.width(), picture.height()) == (round(width * look.scale), round(height * look.scale)), scene


def test_the_ground_is_that_of_the_theme(look: Look) -> None:
    for scene, picture in look.pictures.items():
        found = shares(picture)
        grounds = {color: share for color, share in found.items() if share > 0.2}
        assert look.palette.canvas in grounds, scene
        assert set(grounds) <= {look.palette.canvas, look.palette.side, look.palette.raised}, scene


def test_no_large_area_has_a_colour_that_nobody_chose(look: Look) -> None:
    chosen = {value for value in vars(look.palette).values() if isinstance(value, str)}
    for scene, picture in look.pictures.items():
        strangers = {color: share for color, share in shares(picture).items() if color not in chosen and share > 0.01}
        assert strangers == {}, scene


def test_the_accent_is_there_and_stays_an_accent(look: Look) -> None:
    for scene, picture in look.pictures.items():
        found = shares(picture)
        assert 0.0003 < found.get(look.palette.accent, 0) + found.get(look.palette.tint, 0) < 0.05, scene


def test_the_privacy_page_is_calm_and_marks_what_holds(look: Look) -> None:
    for name, picture in look.pages.items():
        found = shares(picture)
        assert found[look.palette.canvas] > 0.6, name
        assert look.palette.warn_tint not in found, name
        # The marks of what holds: thin strokes, whose edges are mixed with the ground.
        edge = range(picture.width() // 6)
        greens = [picture.pixelColor(x, y).name() for x in edge for y in range(picture.height())]
        marks = sum(nearness(color, look.palette.leaf) < 40 for color in greens)
        assert marks > 20, name


def test_what_went_wrong_is_seen_and_only_then(look: Look) -> None:
    warned = {scene: look.palette.warn_tint in shares(picture) for scene, picture in look.pictures.items()}
    assert warned == {
        "empty": False,
        "reading": False,
        "answer": False,
        "fault": True,
        "narrow": True,
        "branches": False,
    }


def test_the_sources_stand_at_the_right_before_the_first_word(look: Look) -> None:
    def right(picture: QImage) -> QImage:
        return picture.copy(round(picture.width() * 0.75), 0, picture.width() // 4, picture.height())

    before, after = (shares(right(look.pictures[scene])) for scene in ("empty", "reading"))
    assert look.palette.side not in before
    assert after[look.palette.side] > 0.3
    assert after[look.palette.raised] > before[look.palette.raised] + 0.15


@pytest.mark.parametrize("palette", [LIGHT, DARK, with_more_contrast(LIGHT), with_more_contrast(DARK)])
def test_text_can_be_read_on_every_ground(palette: Palette) -> None:
    pairs = [
        (text, ground)
        for text in ("ink", "soft", "faint", "leaf")
        for ground in ("canvas", "side", "raised", "sunken", "hover")
    ]
    pairs += [("on_accent", "accent"), ("on_accent", "accent_hover"), ("leaf", "tint"), ("ink", "tint")]
    pairs += [("warn", "warn_tint"), ("ink", "selection")]
    weak = {
        (text, ground): round(contrast(getattr(palette, text), getattr(palette, ground)), 2)
        for text, ground in pairs
        if contrast(getattr(palette, text), getattr(palette, ground)) < 4.5
    }
    assert weak == {}


def test_dark_is_darker_than_light() -> None:
    assert brightness(DARK.canvas) < 0.02 < 0.9 < brightness(LIGHT.canvas)
