"""Privet's terminal as a person uses it: the real program in a process of its own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Terminal:
    """One home, opened with a passphrase from a file."""

    home: Path
    passphrase: Path

    @classmethod
    def at(cls, folder: Path) -> Terminal:
        """A new home inside `folder`."""
        passphrase = folder / "passphrase.txt"
        passphrase.write_text("correct horse battery staple\n", encoding="utf-8")
        return cls(folder / "home", passphrase)

    def command(self, *arguments: str) -> list[str]:
        """The command line of the program with these arguments."""
        return [
            sys.executable, "-m", "assistant", "--no-keychain", "--passphrase-file", str(self.passphrase), *arguments,
        ]  # fmt: skip

    def environment(self) -> dict[str, str]:
        """The environment it runs in."""
        return os.environ | {"PRIVET_HOME": str(self.home)}

    def run(self, *arguments: str, typed: str = "", prefix: Sequence[str] = ()) -> subprocess.CompletedProcess[str]:
        """Run to the end. prefix: a program that runs this one, as strace."""
        return subprocess.run(
            [*prefix, *self.command(*arguments)],
            input=typed,
            capture_output=True,
            text=True,
            env=self.environment(),
            timeout=600,
        )

    def json(self, *arguments: str) -> object:
        """Run with --json and read what it printed."""
        done = self.run(*arguments, "--json")
        assert done.stdout, done.stderr
        return json.loads(done.stdout)
