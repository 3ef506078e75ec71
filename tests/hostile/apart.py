"""Documents read in a process of its own, so that the memory of the largest child is that of their children alone.

`python -m tests.hostile.apart FEWEST_SECONDS FILE...` prints what each file ends in, and that memory, as JSON.
"""

from __future__ import annotations

import json
import resource
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from assistant.errors import DocumentUnreadable
from assistant.ingestion import read_document, reader
from assistant.values import ReadDocument
from tests.conftest import PROJECT


def told(path: Path) -> str:
    """What a person gets: "" for text, else the first of two sentences."""
    refused: DocumentUnreadable | None = None
    document: object = None
    try:
        *_, document = read_document(path)
    except DocumentUnreadable as error:
        refused = error
    if refused is None:
        assert isinstance(document, ReadDocument)
        assert any(block.text.strip() for block in document.blocks)
        return ""
    assert path.name in refused.what
    assert refused.what.endswith(".") and refused.do.endswith(".")
    # A code "bug" would mean a mistake of ours in reading, not a fault of the file.
    assert "built in a way that Privet can't read yet" not in refused.what
    return refused.what


def told_apart(paths: Sequence[Path], seconds: float = 0.0) -> tuple[list[str], int]:
    """What each of the files ends in, and the peak memory of the largest child, in kibibytes.

    seconds: that a small file may take, 0 for as long as always.
    """
    command = [sys.executable, "-m", "tests.hostile.apart", str(seconds), *map(str, paths)]
    ran = subprocess.run(command, cwd=PROJECT, capture_output=True, text=True, timeout=280, check=False)
    assert ran.returncode == 0, ran.stderr
    answers, largest = json.loads(ran.stdout)
    assert largest > 10_000, "no child was measured"
    return list(answers), int(largest)


if __name__ == "__main__":
    if float(sys.argv[1]):
        reader._FEWEST_SECONDS = float(sys.argv[1])  # type: ignore[misc]
    found = [told(Path(name)) for name in sys.argv[2:]]
    # Most children are the template's: only when it has ended, what they took is counted among ours.
    if reader._template is not None:
        reader._template.close()
    print(json.dumps([found, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss]))
