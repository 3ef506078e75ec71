"""The environment variables that tell libraries to stay offline, and those that must not reach a child."""

from __future__ import annotations

import os
from collections.abc import Mapping

OFFLINE = {
    "HF_HUB_OFFLINE": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "DO_NOT_TRACK": "1",
    "ANONYMIZED_TELEMETRY": "False",
    "OTEL_SDK_DISABLED": "true",
    "TOKENIZERS_PARALLELISM": "false",
}

# Each of these makes a library load code from a place that somebody else chose, or reach for a proxy.
_DROPPED = frozenset(
    {
        "GGML_BACKEND_PATH",
        "LLAMA_CPP_LIB_PATH",
        "CUDA_PATH",
        "HIP_PATH",
        "LD_PRELOAD",
        "LD_AUDIT",
        "PYTHON_KEYRING_BACKEND",
        "HTTP_PROXY",
        "HTTPS_PROXY",
        "ALL_PROXY",
        "FTP_PROXY",
    }
)


def go_offline() -> None:
    """Set the offline variables in this process; to be called before any library loads."""
    os.environ.update(OFFLINE)
    for name in list(os.environ):
        if name.upper() in _DROPPED:
            del os.environ[name]


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment a child gets: `environment` without what could load foreign code, and offline."""
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() not in _DROPPED and not name.upper().startswith("PYTHON")
    }
    return kept | OFFLINE
