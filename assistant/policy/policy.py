"""A policy as values, and how it is understood; unknown keys are named, nonsense is answered with the safe default."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

Value = bool | int | float | str

_SHA256: Final = re.compile(r"[0-9a-f]{64}")
_PUBLIC_KEY: Final = re.compile(r"[0-9a-f]{64}")
_KEYS: Final = frozenset({"options", "organisation", "audit", "models"})
_LONGEST_NAME: Final = 80
_NO_SENSE: Final = (
    "The policy in {place} could not be understood, so only the models that came with Privet are used. "
    "Tell whoever manages this computer."
)


@dataclass(frozen=True, slots=True)
class Organisation:
    """Who may recover the data of this computer's users. public_key: X25519, 32 bytes raw."""

    name: str
    public_key: bytes


@dataclass(frozen=True, slots=True)
class Policy:
    """place: where it stands, "" where there is none. options: values that nobody but the administrator changes.

    audit: the log of what was asked of what is on; None leaves it to the person. audit_content: with what was asked
    and answered. allowed_models: SHA-256 of files that may be used, in lower case; None allows all. model_folder:
    where models lie ready. warnings: sentences about what in it was not as it should be.
    """

    place: str = ""
    options: Mapping[str, Value] = field(default_factory=dict)
    organisation: Organisation | None = None
    audit: bool | None = None
    audit_content: bool = False
    allowed_models: frozenset[str] | None = None
    warnings: tuple[str, ...] = ()
    model_folder: Path | None = None
    obeyed: bool = True


def refused(place: str, why: str) -> Policy:
    """A policy that is there and is not obeyed; nothing that it may have said before is changed by that."""
    return Policy(place, warnings=(f"{why} Tell whoever manages this computer.",), obeyed=False)


def unreadable(place: str) -> Policy:
    """A policy that makes no sense: until it does, only the models that came with Privet are used."""
    return Policy(
        place,
        allowed_models=frozenset(),
        warnings=(_NO_SENSE.format(place=place),),
        obeyed=False,
    )


def understood(place: str, fields: object) -> Policy:
    """The policy that `fields`, as JSON gives them, stand for."""
    if not isinstance(fields, dict):
        return unreadable(place)
    warnings = [f"The policy in {place} names “{key}”, which Privet does not know." for key in fields.keys() - _KEYS]
    try:
        audit = _table(fields, "audit")
        return Policy(
            place,
            _options(_table(fields, "options")),
            _organisation(_table(fields, "organisation")),
            _yes(audit, "on") if "on" in audit else None,
            _yes(audit, "content"),
            _allowed(_table(fields, "models")),
            tuple(sorted(warnings)),
            _folder(_table(fields, "models")),
        )
    except (ValueError, TypeError):
        return unreadable(place)


def _table(fields: Mapping[str, object], name: str) -> Mapping[str, object]:
    table = fields.get(name, {})
    if not isinstance(table, dict):
        raise TypeError("a table that is none")
    return table


def _options(table: Mapping[str, object]) -> dict[str, Value]:
    options: dict[str, Value] = {}
    for key, value in table.items():
        if not isinstance(value, bool | int | float | str):
            raise TypeError("an option's value that is none")
        options[key] = value
    return options


def _organisation(table: Mapping[str, object]) -> Organisation | None:
    if not table:
        return None
    name, key = table.get("name"), table.get("public_key")
    if not isinstance(name, str) or not isinstance(key, str) or not _PUBLIC_KEY.fullmatch(key.lower()):
        raise ValueError("an organisation without a name or a key")
    name = " ".join(name.split())[:_LONGEST_NAME]
    if not name:
        raise ValueError("an organisation without a name")
    return Organisation(name, bytes.fromhex(key))


def _yes(table: Mapping[str, object], name: str) -> bool:
    value = table.get(name, False)
    if not isinstance(value, bool):
        raise TypeError("neither true nor false")
    return value


def _folder(table: Mapping[str, object]) -> Path | None:
    folder = table.get("folder")
    if folder is None:
        return None
    if not isinstance(folder, str) or "\0" in folder or not Path(folder).is_absolute():
        raise ValueError("a folder that is no whole path")
    return Path(folder)


def _allowed(table: Mapping[str, object]) -> frozenset[str] | None:
    listed = table.get("allowed_sha256")
    if listed is None:
        return None
    if not isinstance(listed, list):
        raise TypeError("a list that is none")
    sums = [str(one).lower() for one in listed]
    if not all(_SHA256.fullmatch(one) for one in sums):
        raise ValueError("a checksum that is none")
    return frozenset(sums)
