"""A folder that never rests: files are added, changed, saved anew, moved, renamed and deleted in it, by chance."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

from assistant.values import Stop
from tests.hostile.crashing import MARK, write

_MOST: Final = 24
_FOLDERS: Final = ("", "leases", "leases/old", "letters")


class Churn:
    """What happens in `top`, one thing after the other. done: how often each thing happened."""

    def __init__(self, top: Path, seed: int) -> None:
        self._top = top
        self._chance = random.Random(seed)
        self._number = 0
        self.done: dict[str, int] = {}
        for name in _FOLDERS:
            (top / name).mkdir(parents=True, exist_ok=True)

    def until(self, stop: Stop, pause: float) -> None:
        """Go on until `stop`, about `pause` seconds apart."""
        ways = (self.add, self.add, self.change, self.save_anew, self.move, self.rename_folder, self.delete)
        while not stop.requested:
            self.step(self._chance.choice(ways))
            time.sleep(self._chance.uniform(0, 2 * pause))
        for folder in self._top.glob("renamed*"):  # where it was when this ended
            folder.rename(self._top / "letters")

    def step(self, way: Callable[[], None]) -> None:
        """Let one thing happen."""
        way()
        self.done[way.__name__] = self.done.get(way.__name__, 0) + 1

    def add(self) -> None:
        """A new file; where there are many, an old one goes."""
        if len(self.files()) >= _MOST:
            self.delete()
        self._number += 1
        made = write(self._top, self._number, 1)
        made.rename(self._somewhere() / made.name)

    def change(self) -> None:
        """Written where it is, in two halves, as slow programs do."""
        for path, content in self._new_version():
            with path.open("w", encoding="utf-8") as file:
                file.write(content[: len(content) // 2])
                file.flush()
                time.sleep(0.05)
                file.write(content[len(content) // 2 :])

    def save_anew(self) -> None:
        """Written beside, and put in its place, as careful programs do."""
        for path, content in self._new_version():
            beside = path.with_suffix(".tmp")
            beside.write_text(content, encoding="utf-8")
            os.replace(beside, path)

    def move(self) -> None:
        """Into another folder, under its name."""
        for path in self._one():
            path.rename(self._somewhere() / path.name)

    def rename_folder(self) -> None:
        """A folder with all that is in it."""
        old, new = self._top / "letters", self._top / "renamed"
        old.rename(new) if old.exists() else new.rename(old)

    def delete(self) -> None:
        """One file."""
        for path in self._one():
            path.unlink()

    def files(self) -> list[Path]:
        """All that lie there now."""
        return sorted(self._top.rglob("*.txt"))

    def marks(self) -> dict[Path, str]:
        """What each file says about itself."""
        return {path: "".join(sorted(set(mark_of(path.read_text(encoding="utf-8"))))) for path in self.files()}

    def _one(self) -> list[Path]:
        files = self.files()
        return [self._chance.choice(files)] if files else []

    def _somewhere(self) -> Path:
        return self._chance.choice([folder for name in _FOLDERS if (folder := self._top / name).is_dir()])

    def _new_version(self) -> list[tuple[Path, str]]:
        found = []
        for path in self._one():
            number, version = mark_of(path.read_text(encoding="utf-8"))[0].split(".")
            hidden = self._top / ".scratch"
            hidden.mkdir(exist_ok=True)
            made = write(hidden, int(number), int(version) + 1)
            found.append((path, made.read_text(encoding="utf-8")))
            made.unlink()
        return found


def mark_of(text: str) -> list[str]:
    """The marks of a text, as "file.version"."""
    return [f"{number}.{version}" for number, version in MARK.findall(text)]
