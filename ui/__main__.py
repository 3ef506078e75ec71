"""`python -m ui`: seals the process, then opens the window, or the terminal where there is no display."""

from __future__ import annotations

import gc
import sys

from assistant.privacy import SealError, enter_empty_network, seal_process, wanted


def main() -> int:
    """Open Privet. Returns the exit code."""
    if wanted(sys.argv):
        why_not = enter_empty_network()
        if why_not:
            sys.stderr.write(f"{why_not}\n")
    try:
        seal_process()
    except SealError as error:
        sys.stderr.write(f"{error} Privet does not start without it.\n")
        return 3
    # Everything else is imported once the seal is set. Until the window is painted there is hardly any garbage, and to
    # look for it would cost a tenth of that time.
    gc.disable()
    from ui.display import why_no_window

    reason = why_no_window()
    if reason:
        sys.stdout.write(f"{reason}\n")
        sys.stdout.flush()
        from assistant.cli import main as terminal

        gc.enable()

        return terminal(["chat"])
    from ui.app import run

    return run(sys.argv)


if __name__ == "__main__":
    raise SystemExit(main())
