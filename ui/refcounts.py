"""WORKAROUND for PySide6 6.12.0 on Python 3.11: its calls give back references to None and True that they never took.

From Python 3.12 on these objects can't be freed (PEP 683), so nothing happens there; on 3.11 the interpreter aborts
with "deallocating None" after some thousand calls. Seen with the cp310-abi3 wheel of 6.12.0 on Linux, not with 6.11.1:
`sys.getrefcount(None)` falls by one with every `QFont.setItalic(True)`. To be removed when 3.11 is.
"""

from __future__ import annotations

import ctypes
import sys
from typing import Final

_ENOUGH: Final = 1 << 48  # references given back at a million a second would last for nine years


def protect_constants() -> None:
    """Give the constants so many references that they outlive the process, as Python 3.12 does."""
    if sys.version_info >= (3, 12) or sys.implementation.name != "cpython":
        return
    for constant in (None, True, False, NotImplemented, Ellipsis):
        # The reference count is the first field of every object of CPython 3.11.
        ctypes.c_ssize_t.from_address(id(constant)).value = _ENOUGH
