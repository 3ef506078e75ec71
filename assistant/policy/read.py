"""Where a policy stands on each system, and whether nobody but the administrator could have written it.

Linux: /etc/privet/policies/policies.json. macOS: the managed preferences of org.privet.Privet, a property list.
Windows: HKEY_LOCAL_MACHINE\\SOFTWARE\\Policies\\Privet, one key for each table. The last two were written by their
systems' documentation and have not been run.
"""

from __future__ import annotations

import json
import os
import stat
import sys
from pathlib import Path
from typing import Final

from assistant.policy.policy import Policy, refused, understood, unreadable

_LINUX: Final = Path("/etc/privet/policies/policies.json")
_MACOS: Final = Path("/Library/Managed Preferences/org.privet.Privet.plist")
_WINDOWS: Final = r"SOFTWARE\Policies\Privet"
_MAX_BYTES: Final = 4 << 20


def read_policy() -> Policy:
    """The policy of this computer; an empty one where there is none."""
    if sys.platform == "win32":
        return _from_registry()
    if sys.platform == "darwin":
        return read_file(_MACOS)
    return read_file(_LINUX)


def read_file(place: Path, owner: int = 0, root: Path = Path("/")) -> Policy:
    """The policy in a JSON file or a property list. owner: the user to whom it and the folders above it must belong.

    root: the folder above which nobody looks.
    """
    try:
        with place.open("rb") as file:
            seen = os.fstat(file.fileno())
            content = file.read(_MAX_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return Policy()
    except OSError:
        return unreadable(str(place))
    above = [folder.stat() for folder in place.parents if folder.is_relative_to(root)]
    if any(_others_may_write(status, owner) for status in (seen, *above)):
        return refused(str(place), f"{place} is not obeyed, because others than the administrator may write to it.")
    if len(content) > _MAX_BYTES:
        return unreadable(str(place))
    try:
        return understood(str(place), _parsed(place, content))
    except (ValueError, RecursionError):
        return unreadable(str(place))


def _parsed(place: Path, content: bytes) -> object:
    if place.suffix == ".plist":
        import plistlib
        from xml.parsers.expat import ExpatError

        try:
            return plistlib.loads(content)
        except (plistlib.InvalidFileException, ExpatError) as error:
            raise ValueError("no property list") from error
    return json.loads(content.decode("utf-8"))


def _others_may_write(status: os.stat_result, owner: int) -> bool:
    # A folder with the sticky bit, as /tmp, lets others make files but not take these away; it is refused all the same.
    return status.st_uid != owner or bool(status.st_mode & (stat.S_IWGRP | stat.S_IWOTH))


def _from_registry() -> Policy:
    """Windows lets nobody but administrators write below HKLM\\SOFTWARE\\Policies."""
    if sys.platform != "win32":
        return Policy()
    import winreg

    place = f"HKEY_LOCAL_MACHINE\\{_WINDOWS}"
    try:
        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _WINDOWS) as top:
            fields: dict[str, object] = {}
            for number in range(winreg.QueryInfoKey(top)[0]):
                name = winreg.EnumKey(top, number)
                with winreg.OpenKey(top, name) as table:
                    values = [winreg.EnumValue(table, at) for at in range(winreg.QueryInfoKey(table)[1])]
                fields[name] = {key: _of_registry(key, value) for key, value, _ in values}
    except FileNotFoundError:
        return Policy()
    except OSError:
        return unreadable(place)
    return understood(place, fields)


def _of_registry(key: str, value: object) -> object:
    """A registry has numbers where others have true and false; lists come as they are (REG_MULTI_SZ)."""
    if key in ("on", "content") and isinstance(value, int):
        return bool(value)
    return value
