"""Everything else that one does with Privet, in the terminal's own code, one command after the other in one process.

python -m tests.sealed.errands FOLDER: a passphrase file, documents and an export of another program lie in FOLDER;
what is written on request goes to FOLDER/out. Prints the exit status of each command as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from pathlib import Path

from assistant.privacy import seal_process

seal_process()

from assistant.cli import main as privet  # noqa: E402 - nothing may load before the seal is set


def main(folder: Path) -> None:
    """Do them all."""
    out = folder / "out"
    done: dict[str, list[object]] = {}
    for words in (
        ("sources", "add", str(folder / "watched"), "--collection", "Leases"),
        ("workspaces", "--create", "Client A"),
        ("add", str(folder / "estate.md"), "--workspace", "Client A"),
        ("ask", "When does the gate at Harrow Lane open?", "--quotes", "--workspace", "Client A"),
        ("index", "verify"),
        ("models", "list"),
        ("models", "fit"),
        ("settings", "instructions", "Say when you do not know."),
        ("vault", "backup", str(out / "all.privet")),
        ("vault", "check"),
        ("vault", "restore", str(out / "all.privet")),
        ("import-chats", str(folder / "chats")),
        ("conversations", "--delete", "1"),
        ("collections", "--remove", "Leases"),
        ("trash", "--empty"),
        ("export", str(out / "export")),
        ("audit", "verify"),
        ("privacy",),
        ("erase", "--yes", "--certificate", str(out / "certificate.txt")),
    ):
        said = io.StringIO()
        status: object
        with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
            try:
                status = privet(["--no-keychain", "--passphrase-file", str(folder / "passphrase.txt"), *words])
            except SystemExit as error:  # of a command that is no command
                status = error.code
        done[" ".join(words[:2])] = [status, said.getvalue()[-400:]]
    sys.stdout.write(json.dumps(done) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
