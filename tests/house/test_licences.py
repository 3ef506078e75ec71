"""Everything that ships with Privet may ship with it."""

from __future__ import annotations

import re
from importlib.metadata import distribution

import pytest

from privet_setup import layout, requirements

# Packages whose metadata names no licence, or adds words to it; read in the files they carry or in their repository.
READ_BY_HAND = {"pypdfium2": "BSD-3-Clause AND Apache-2.0", "sqlcipher3": "Zlib"}

# Licences whose conditions a signed, closed installer keeps by carrying their texts (LGPL and MPL: also by staying
# apart, as libraries that can be replaced). GPL and AGPL are not among them, and neither is an unknown word.
_FINE = re.compile(
    r"LGPL|Lesser General Public|MPL|Mozilla|MIT|BSD|0BSD|Apache|ISC|Zlib|PSF|Python Software Foundation|CNRI-Python"
    r"|HPND|Unlicense|CC0|NCSA|BSL-1\.0|Boost",
    flags=re.I,
)


def licence_of(package: str) -> str:
    """The licence expression of an installed package, or the nearest its metadata has to one."""
    if package in READ_BY_HAND:
        return READ_BY_HAND[package]
    metadata = distribution(package).metadata
    if "License-Expression" in metadata:
        return metadata["License-Expression"]
    classifiers = metadata.get_all("Classifier") or []
    classified = [line.split(" :: ")[-1] for line in classifiers if line.startswith("License")]
    words = metadata["License"].strip() if "License" in metadata else ""
    # Some put the whole text where the name belongs.
    return words if words and len(words) < 100 else " AND ".join(classified)


def may_ship(licence: str) -> bool:
    """True if one alternative of a licence expression has only parts that are fine."""
    return any(
        bool(alternative) and all(_FINE.search(part) for part in re.split(r"\bAND\b", alternative) if part.strip())
        for alternative in re.sub(r"[()]", " ", licence).split(" OR ")
    )


@pytest.mark.parametrize("package", [pin.name for pin in requirements.read(layout.RUNTIME_LOCK)])
def test_a_locked_package_may_ship(package: str) -> None:
    licence = licence_of(package)
    assert may_ship(licence), f"{package}: {licence!r}"


@pytest.mark.parametrize(
    ("licence", "fine"),
    [
        ("MIT", True),
        ("LGPL-3.0-only OR GPL-2.0-only OR GPL-3.0-only", True),
        ("MPL-2.0 AND (Apache-2.0 OR MIT)", True),
        ("GPL-3.0-or-later", False),
        ("AGPL-3.0", False),
        ("MIT AND GPL-2.0-only", False),
        ("GNU General Public License v3 (GPLv3)", False),
        ("Proprietary", False),
        ("", False),
    ],
)
def test_the_licence_check_tells_fine_from_not(licence: str, fine: bool) -> None:
    assert may_ship(licence) == fine
