"""Logs that say what happened and when, and never what a person wrote or read."""

from __future__ import annotations

import logging
from logging.handlers import RotatingFileHandler
from pathlib import Path


def log_to(folder: Path) -> None:
    """Write Privet's log to `folder`/privet.log, at most three files of one megabyte.

    Callers log names of rooms, counts, seconds and codes. Text of people, documents and models
    never goes in: neither as message nor as argument.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "privet.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger("privet")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False
