"""llama.cpp's own quantizer: a model file written again with its weights in another layout."""

from __future__ import annotations

import ctypes
import errno
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import llama_cpp.llama_cpp as native

from assistant.workers import Refusal, Request

_LINE: Final = re.compile(rb"\[ *(\d+)/ *(\d+)\] ")
_LEFT: Final = 16 << 20

Tell = Callable[[int, int], None]


class _Listener:
    """Hears what llama.cpp prints; keeps none of it, and makes progress of the quantizer's lines."""

    def __init__(self) -> None:
        self.tell: Tell = lambda done, total: None
        self.callback = native.llama_log_callback(self._heard)

    def _heard(self, level: int, text: bytes, user: object) -> None:
        if found := _LINE.match(text):
            self.tell(int(found[1]), int(found[2]))


_LISTENER: Final = _Listener()  # for the life of the process: llama.cpp calls it from then on


def listen() -> None:
    """Hear what llama.cpp says from now on, instead of having it printed."""
    native.llama_log_set(_LISTENER.callback, ctypes.c_void_p(0))


def run(request: Request, tell: Tell) -> None:
    """Arguments: source, target (paths), layout (llama_ftype), threads, pure (all in one type). Raises Refusal.

    What is quantized already is quantized again from what it stands for (`allow_requantize`), so nothing comes back
    that was lost before. Source: llama.h, llama_model_quantize.
    """
    source, target = str(request.arguments.get("source")), str(request.arguments.get("target"))
    parameters: Any = native.llama_model_quantize_default_params()
    parameters.ftype = _whole(request, "layout")
    parameters.nthread = _whole(request, "threads")
    parameters.allow_requantize = True
    parameters.pure = request.arguments.get("pure") is True
    _LISTENER.tell = tell
    try:
        failed = native.llama_model_quantize(os.fsencode(source), os.fsencode(target), ctypes.byref(parameters))
    finally:
        _LISTENER.tell = lambda done, total: None
    if failed:
        raise Refusal("disk-full" if _full(target) else "model-unreadable")


def _full(target: str) -> bool:
    """True where nothing more can be written: llama.cpp says only that it failed."""
    try:
        if shutil.disk_usage(Path(target).parent).free < _LEFT:
            return True
        with open(target, "ab") as file:
            file.write(b"\0" * 4096)
            file.flush()
    except OSError as error:
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return False


def _whole(request: Request, key: str) -> int:
    value = request.arguments.get(key)
    if not isinstance(value, int):
        raise Refusal("bad-request", key)
    return value
