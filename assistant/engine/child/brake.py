"""A flag that llama.cpp looks at between the steps of its work, so that it can be broken off at any moment."""

from __future__ import annotations

import ctypes
import sys
from typing import Final

import llama_cpp.llama_cpp as native


class Brake:
    """Pulled by one thread, noticed by llama.cpp in another within one operation of its graph.

    llama.cpp asks a C function some five hundred times a token. One written in Python takes about a hundredth of
    the speed, and waits for whoever holds Python's lock; the C library's `strlen` takes nothing: it answers 0, which
    is false, as long as the text that it is given is empty, and 1 when that has one letter.
    """

    def __init__(self) -> None:
        self._flag = ctypes.create_string_buffer(64)  # more than one byte: strlen reads whole words

    def pull(self) -> None:
        """Break off what is being decoded, and what is asked for later, until `release`."""
        self._flag[0] = b"!"

    def release(self) -> None:
        """Let llama.cpp work again."""
        self._flag[0] = b"\0"

    @property
    def pulled(self) -> bool:
        """True from `pull` to `release`."""
        return self._flag[0] != b"\0"

    @property
    def callback(self) -> object:
        """For `abort_callback`."""
        return _LENGTH

    @property
    def address(self) -> ctypes.c_void_p:
        """For `abort_callback_data`; valid as long as this object lives."""
        return ctypes.cast(self._flag, ctypes.c_void_p)


def _strlen() -> int:
    library = ctypes.CDLL("ucrtbase" if sys.platform == "win32" else None)
    address = ctypes.cast(library.strlen, ctypes.c_void_p).value
    assert address is not None
    return address


_LENGTH: Final = native.ggml_abort_callback(_strlen())
