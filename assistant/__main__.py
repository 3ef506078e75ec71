"""Privet in a terminal: shut the network off, then do what was asked."""

from __future__ import annotations

import sys


def main() -> int:
    """The command line; returns the exit status."""
    from assistant.privacy import SealError, enter_empty_network, seal_process, wanted

    if wanted(sys.argv):
        why_not = enter_empty_network()
        if why_not:
            sys.stderr.write(f"{why_not}\n")
    try:
        seal_process()
    except SealError as error:
        sys.stderr.write(f"{error} So Privet does not start.\n")
        return 3
    from assistant.cli import main as run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
