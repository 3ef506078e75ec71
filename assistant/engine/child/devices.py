"""Graphics processors, as llama.cpp's back ends see them; a back end is loaded from our own package folder alone."""

from __future__ import annotations

import ctypes
import os
from pathlib import Path
from typing import Any, Final

import llama_cpp
from llama_cpp import _ggml

from assistant.engine.backends import modules
from assistant.values import Device

_GPU: Final = 1  # enum ggml_backend_dev_type of ggml-backend.h: CPU, GPU, IGPU, ACCEL
_IGPU: Final = 2
_FOLDER: Final = Path(os.path.abspath(llama_cpp.__file__)).parent / "lib"


def _function(name: str, result: Any, *arguments: Any) -> Any:
    function = getattr(_ggml.libggml, name)
    function.restype, function.argtypes = result, list(arguments)
    return function


_load = _function("ggml_backend_load", ctypes.c_void_p, ctypes.c_char_p)
_count = _function("ggml_backend_dev_count", ctypes.c_size_t)
_get = _function("ggml_backend_dev_get", ctypes.c_void_p, ctypes.c_size_t)
_name = _function("ggml_backend_dev_name", ctypes.c_char_p, ctypes.c_void_p)
_description = _function("ggml_backend_dev_description", ctypes.c_char_p, ctypes.c_void_p)
_kind = _function("ggml_backend_dev_type", ctypes.c_int, ctypes.c_void_p)
_memory = _function(
    "ggml_backend_dev_memory",
    None,
    ctypes.c_void_p,
    ctypes.POINTER(ctypes.c_size_t),
    ctypes.POINTER(ctypes.c_size_t),
)
_loaded: set[Path] = set()


def load_backends() -> None:
    """Load each back end that lies beside the library, by its absolute path; one without its driver stays out.

    Nothing is searched for: `ggml_backend_load_all` would look in the current folder as well.
    """
    for module in modules(_FOLDER):
        if module not in _loaded:
            _loaded.add(module)
            _load(os.fsencode(module))


def devices() -> list[Device]:
    """The graphics processors, with what is free of their memory now."""
    load_backends()
    found = []
    for index in range(_count()):
        device = _get(index)
        kind = _kind(device)
        if kind in (_GPU, _IGPU):
            free, total = ctypes.c_size_t(), ctypes.c_size_t()
            _memory(device, ctypes.byref(free), ctypes.byref(total))
            name, description = (_text(of(device)) for of in (_name, _description))
            found.append(Device(name, total.value, free.value, shared=kind == _IGPU, description=description))
    return found


def handle(name: str) -> int | None:
    """llama.cpp's handle of a graphics processor by its name, None where there is none of that name."""
    load_backends()
    return next((_get(index) for index in range(_count()) if _text(_name(_get(index))) == name), None)


def _text(value: bytes | None) -> str:
    return (value or b"").decode("utf-8", "replace")
