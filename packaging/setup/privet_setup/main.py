"""Reads the command, answers at once where nothing is to be done, and otherwise starts the steps."""

from __future__ import annotations

import sys

from privet_setup import layout, stamp
from privet_setup.failure import SetupFailure

USAGE = "usage: python3 packaging/setup run | test | backend | lock"


def main() -> int:
    """Set up a target, or remake the lock files; returns the exit code."""
    arguments = sys.argv[1:]
    if len(arguments) != 1 or arguments[0] not in (*layout.TARGETS, layout.BACKEND, "lock"):
        print(USAGE, file=sys.stderr)
        return 2
    command = arguments[0]
    if command in layout.TARGETS and stamp.is_current(command):
        return 0
    import signal  # here and below: what is only needed when there is something to do

    # A closed terminal or a polite kill ends set-up like Ctrl-C does: its children first.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    signal.signal(signal.SIGHUP, signal.default_int_handler)
    try:
        return _start(command)
    except SetupFailure as failure:
        print(f"\n{failure.what}\n{failure.do}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("\nStopped. Run the same command again to go on from here.", file=sys.stderr)
        return 130


def _start(command: str) -> int:
    import os

    from privet_setup import interpreter

    python = interpreter.choose()
    if sys.version_info[:2] not in interpreter.SUPPORTED:
        os.execv(python.path, [python.path, str(layout.SETUP), command])
    # Only now: everything below is written for Python 3.11.
    if command == "lock":
        from privet_setup import locks

        return locks.make()
    from privet_setup import steps

    if command == layout.BACKEND:
        return steps.make_backend(python)
    return steps.set_up(command, python)
