"""What the processes do that are killed, cut off and refused: they write, and say a number once it is kept."""

from __future__ import annotations

import sys
import time
from pathlib import Path

from assistant.errors import PrivetError
from assistant.vault import Vault
from tests.assistant.vault.opening import CHEAP, PASSPHRASE, by_passphrase, open_vault


def a_life(folder: str) -> None:
    """From the first start to a closing, with everything that rewrites files on the way."""
    vault = open_vault(Path(folder))
    for number in range(1, 61):
        _write(vault, number)
        if number % 15 == 0:
            vault.empty_log()
        if number == 20:
            vault.ways.set_passphrase(PASSPHRASE, CHEAP)
        if number == 40:
            vault.rekey(by_passphrase())
            vault = open_vault(Path(folder))
    vault.close()


def some_writes(folder: str) -> None:
    """Write on, whatever fails; each failure is said with its sentence."""
    try:
        vault = open_vault(Path(folder))
    except PrivetError as error:
        _say(f"{type(error).__name__}: {error}")
        return
    for number in range(1, 31):
        try:
            _write(vault, number)
            if number % 6 == 0:
                vault.empty_log()
            if number % 10 == 0:
                vault.ways.set_passphrase(PASSPHRASE, CHEAP)
        except PrivetError as error:
            _say(f"{type(error).__name__}: {error}")
    try:
        vault.close()
    except PrivetError as error:
        _say(f"{type(error).__name__}: {error}")


def many_lives(folder: str) -> None:
    """Open, write, back up, change the keys and close, until somebody ends it."""
    number = int(time.time() * 1000) % 1_000_000_000
    _say("begun")
    for life in range(1_000):
        vault = open_vault(Path(folder))
        for _ in range(15):
            number += 1
            _write(vault, number)
        vault.back_up_if_changed(2)
        if life % 2:
            vault.ways.set_passphrase(PASSPHRASE, CHEAP)
            vault.rekey(by_passphrase())
        vault.close()


def _write(vault: Vault, number: int) -> None:
    value = f"{number}:" + "x" * (37 * number % 9000)
    with vault.write() as connection:
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (f"n{number}", value))
        connection.execute("INSERT INTO meta (key, value) VALUES (?, ?)", (f"m{number}", value))
    _say(str(number))


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()
