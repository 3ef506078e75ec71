"""What a person chose, kept in one small file that they can read and edit; their own words, in the vault."""

from __future__ import annotations

import errno
import json
import os
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Final, Literal, Protocol, TypeVar

from assistant.errors import BadInput, DiskFull, EnvironmentFault
from assistant.settings import options
from assistant.settings.folders import Folders
from assistant.settings.options import Option

T = TypeVar("T", bool, int, float, str)

_MAX_BYTES: Final = 1 << 20
_PRIVATE: Final = frozenset(option.key for option in options.ALL if option.private)
_HEADER: Final = "# Settings of Privet. You may edit this file while Privet is closed.\n"


class Private(Protocol):
    """Where private options are kept; "" for one that was reset."""

    def remember(self, name: str, value: str, /) -> None:
        """Keep a named value, on the disk when this returns."""

    def recall(self, name: str, /) -> str | None:
        """A named value, None where it was never kept."""


class _Memory:
    """Keeps private options while no vault is open: for as long as the settings themselves."""

    def __init__(self) -> None:
        self._kept: dict[str, str] = {}

    def remember(self, name: str, value: str) -> None:
        """Keep a named value."""
        self._kept[name] = value

    def recall(self, name: str) -> str | None:
        """A named value."""
        return self._kept.get(name)


class Settings:
    """The options as they are set; a file that can't be understood never keeps Privet from starting.

    What the organisation's policy sets goes before what the person chose, which is kept for when it no longer does.
    May be asked from any thread.
    """

    def __init__(
        self, folders: Folders, locked: Mapping[str, object] | None = None, private: Private | None = None
    ) -> None:
        """locked: values by key that a policy sets; one that may not be is named in `warnings` and not in force.

        private: keeps the options that are private; None while no vault is open. What the file says of them, as an
        earlier version wrote it or a person did, goes there, and out of the file.
        """
        self.folders = folders
        self._file = folders.config / "settings.toml"
        self._lock = threading.Lock()
        self._warnings: list[str] = []
        self._written = self._read()
        self._chosen = self._understood(self._written, "settings name")
        self._locked = self._understood(dict(locked or {}), "policy of this computer names")
        self._private: Private = _Memory() if private is None else private
        if private is not None:
            self._move_private()
        self._recall_private()

    @property
    def warnings(self) -> tuple[str, ...]:
        """Sentences about what in the file was not as it should be."""
        return tuple(self._warnings)

    def get(self, option: Option[T]) -> T:
        """The value in force."""
        return option.accept(self._locked.get(option.key, self._chosen.get(option.key, option.default)))

    def source(self, option: Option[T]) -> Literal["default", "person", "policy"]:
        """Who chose the value in force."""
        if option.key in self._locked:
            return "policy"
        return "person" if option.key in self._chosen else "default"

    def set(self, option: Option[T], value: T) -> None:
        """Choose a value, kept on disk when this returns. Raises BadInput, DiskFull, EnvironmentFault."""
        accepted = option.accept(value)
        if option.key in self._locked:
            raise BadInput(
                f"“{option.title}” is set by the policy of this computer.", "Ask whoever manages it for another value."
            )
        with self._lock:
            if option.private:
                self._private.remember(_name(option.key), json.dumps(accepted))
            else:
                self._write({**self._written, option.key: accepted})
            self._chosen[option.key] = accepted

    def reset(self, option: Option[T]) -> None:
        """Go back to the default. Raises as `set` does."""
        with self._lock:
            if option.private:
                self._private.remember(_name(option.key), "")
            if option.key in self._written:
                self._write({key: value for key, value in self._written.items() if key != option.key})
            self._chosen.pop(option.key, None)

    def _move_private(self) -> None:
        """What the file says of private options goes to where they are kept, and then out of the file.

        In this order: a crash in between leaves it in both, and the next start takes it out. The old file is written
        over before it goes; on a disk that keeps old blocks, as many do, that is no promise.
        """
        found = {key: value for key, value in self._written.items() if key in _PRIVATE}
        if not found:
            return
        for key in found:
            if key in self._chosen:
                self._private.remember(_name(key), json.dumps(self._chosen[key]))
        try:
            with self._file.open("r+b") as old:
                self._write({key: value for key, value in self._written.items() if key not in found})
                length = old.seek(0, os.SEEK_END)
                old.seek(0)
                old.write(b"\0" * length)
                old.flush()
                os.fsync(old.fileno())
        except (OSError, EnvironmentFault):
            self._warnings.append(
                f"Your instructions are in your encrypted data now, but could not be taken out of {self._file}. "
                "Remove them there yourself."
            )

    def _recall_private(self) -> None:
        for option in options.ALL:
            kept = self._private.recall(_name(option.key)) if option.private else None
            if kept:
                try:
                    self._chosen[option.key] = option.accept(json.loads(kept))
                except (BadInput, ValueError):
                    self._warnings.append(f"“{option.title}” could not be understood. The usual value is in force.")

    def _read(self) -> dict[str, object]:
        """All keys of the file, known or not; none where there is no file or no sense in it."""
        try:
            with self._file.open("rb") as file:
                content = file.read(_MAX_BYTES + 1)
        except FileNotFoundError:
            return {}
        except OSError as error:
            self._warnings.append(
                f"Your settings in {self._file} could not be read ({_reason(error)}), so the usual ones are in force."
            )
            return {}
        import tomllib  # only where there is something to read: the window's first paint waits for the settings

        try:
            if len(content) > _MAX_BYTES:
                raise ValueError("too large")
            return tomllib.loads(content.decode("utf-8"))
        except (ValueError, RecursionError):
            self._set_aside()
            return {}

    def _set_aside(self) -> None:
        damaged = self._file.with_name(self._file.name + ".damaged")
        try:
            os.replace(self._file, damaged)
        except OSError as error:
            self._warnings.append(
                f"Your settings in {self._file} are damaged and could not be set aside ({_reason(error)}), "
                "so the usual ones are in force."
            )
        else:
            self._warnings.append(
                f"Your settings were damaged and are kept as {damaged}, so the usual ones are in force."
            )

    def _understood(self, written: dict[str, object], whose: str) -> dict[str, object]:
        """The values that are sound, with a warning for each that is not and for each key nobody knows.

        whose: in the words of the warning, "settings name".
        """
        chosen: dict[str, object] = {}
        known = {option.key: option for option in options.ALL}
        for key, value in written.items():
            if key not in known:
                self._warnings.append(f"The {whose} “{key}”, which this version of Privet does not know.")
                continue
            try:
                chosen[key] = known[key].accept(value)
            except BadInput as error:
                self._warnings.append(f"{error.what} {error.do} The usual value is in force.")
        return chosen

    def _write(self, written: dict[str, object]) -> None:
        text = _HEADER + "".join(_with_title(key, value) for key, value in written.items())
        try:
            write_atomically(self._file, text.encode("utf-8"))
        except OSError as error:
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise DiskFull(
                    "The disk is full, so this setting was not kept.", "Free some room and choose it again."
                ) from error
            raise EnvironmentFault(
                f"This setting could not be kept ({_reason(error)}).", f"Check that you may write to {self._file}."
            ) from error
        self._written = written


def _name(key: str) -> str:
    return f"setting {key}"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content`, readable by its owner only: after a crash it is the old file or the new one.

    Raises OSError; the old file is then as it was.
    """
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.replace(temporary, path)
    except OSError:
        temporary.unlink(missing_ok=True)
        raise
    _sync_folder(path.parent)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` outlive a power cut."""
    if os.name == "nt":
        return  # Windows has no handle on a folder that could be synced
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _with_title(key: str, value: object) -> str:
    from assistant.settings import toml  # as tomllib above

    titles = {option.key: option.title for option in options.ALL}
    heading = f"\n# {titles[key]}\n" if key in titles else "\n"
    return heading + toml.line(key, value)


def _reason(error: OSError) -> str:
    return (error.strerror or type(error).__name__).lower()
