"""Logs that say what happened and when, and never what a person wrote or read."""

from __future__ import annotations

import logging
from pathlib import Path


def log_to(folder: Path) -> None:
    """Write Privet's log to `folder`/privet.log, at most three files of one megabyte.

    Callers log names of rooms, counts, seconds and codes. Text of people, documents and models
    never goes in: neither as message nor as argument.
    """
    from logging.handlers import RotatingFileHandler  # loads a good deal that the first paint need not wait for

    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    handler = RotatingFileHandler(folder / "privet.log", maxBytes=1_000_000, backupCount=2, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(name)s %(levelname)s %(message)s"))
    root = logging.getLogger("privet")
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    root.propagate = False


def place_of(error: BaseException) -> str:
    """Kind and place of an error, without its text, which may quote what a person wrote."""
    traceback = error.__traceback__
    while traceback is not None and traceback.tb_next is not None:
        traceback = traceback.tb_next
    if traceback is None:
        return type(error).__name__
    return f"{type(error).__name__} at {traceback.tb_frame.f_code.co_filename}:{traceback.tb_lineno}"
