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
# What a child does not need besides: its window system and locale converters are nobody's, and which driver, loader or
# back end it takes is Privet's to say. CUDA_VISIBLE_DEVICES and its like stay: they name a device, and load nothing.
_DROPPED_IN_CHILDREN = frozenset(
    {
        "BASH_ENV",
        "ENV",
        "GBM_BACKENDS_PATH",
        "GCONV_PATH",
        "GETCONF_DIR",
        "HSA_TOOLS_LIB",
        "LIBGL_DRIVERS_PATH",
        "LOCPATH",
        "NLSPATH",
        "OPENSSL_CONF",
        "OPENSSL_ENGINES",
        "OPENSSL_MODULES",
        "TESSDATA_PREFIX",
    }
)
_PREFIXES_DROPPED_IN_CHILDREN = (
    "CUDA_INJECTION",
    "DYLD_",
    "GGML_",
    "LD_",
    "LLAMA_",
    "MESA_",
    "NVTX_INJECTION",
    "OCL_ICD_",
    "PYTHON",
    "VK_",
    "__EGL_",
    "__GLX_",
)


def go_offline() -> None:
    """Set the offline variables in this process; to be called before any library loads."""
    os.environ.update(OFFLINE)
    for name in list(os.environ):
        if name.upper() in _DROPPED:
            del os.environ[name]


def clean_environment(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment a child gets: `environment` without what could load foreign code or choose it, and offline."""
    dropped = _DROPPED | _DROPPED_IN_CHILDREN
    kept = {
        name: value
        for name, value in environment.items()
        if name.upper() not in dropped and not name.upper().startswith(_PREFIXES_DROPPED_IN_CHILDREN)
    }
    return kept | OFFLINE
