"""Write TOML, which Python reads but does not write. Source: toml.io/en/v1.0.0."""

from __future__ import annotations

import datetime
import json
import math
import re
from typing import Final

_BARE_KEY: Final = re.compile(r"[A-Za-z0-9_-]+")


def line(key: str, value: object) -> str:
    """`key = value` on one line; tables inside `value` are written inline. Raises TypeError for what TOML has not."""
    return f"{_key(key)} = {_value(value)}\n"


def _key(key: str) -> str:
    return key if _BARE_KEY.fullmatch(key) else _text(key)


def _value(value: object) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case str():
            return _text(value)
        case int():
            return str(value)
        case float():
            return repr(value) if math.isfinite(value) else str(value)  # TOML knows inf and nan by these names
        case datetime.datetime() | datetime.date() | datetime.time():
            return value.isoformat()
        case list():
            return "[" + ", ".join(_value(item) for item in value) + "]"
        case dict():
            return "{" + ", ".join(f"{_key(str(key))} = {_value(item)}" for key, item in value.items()) + "}"
        case _:
            raise TypeError(f"TOML has no {type(value).__name__}")


def _text(text: str) -> str:
    # JSON's escapes are TOML's, but for DEL, which JSON leaves as it is and TOML does not allow.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
