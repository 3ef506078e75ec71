"""The catalogue of embedded models is complete, and what set-up put in place is what it promises."""

from __future__ import annotations

import hashlib
import re
import tomllib
from pathlib import PurePosixPath
from typing import Any

import pytest

from privet_setup import models
from tests.house.sources import ROOT

MODELS = ROOT / "models"
CATALOG: dict[str, Any] = tomllib.loads((MODELS / "catalog.toml").read_text(encoding="utf-8"))
ENTRIES: list[dict[str, Any]] = CATALOG["model"]

FIELDS = {
    "architecture": str,
    "context_length": int,
    "family": str,
    "file": list,
    "id": str,
    "kind": str,
    "licence": str,
    "name": str,
    "parameters": int,
    "path": str,
    "source": dict,
}
OPTIONAL = {"dimensions": int, "quantization": str}
SHA256 = re.compile(r"[0-9a-f]{64}")

by_id = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry["id"])


def test_there_is_one_model_to_chat_with_and_one_for_embeddings() -> None:
    assert CATALOG["schema"] == 1
    assert sorted(entry["kind"] for entry in ENTRIES) == ["chat", "embedding"]
    assert len({entry["id"] for entry in ENTRIES}) == len(ENTRIES)


@by_id
def test_an_entry_has_its_fields_and_no_others(entry: dict[str, Any]) -> None:
    assert set(FIELDS) <= set(entry) <= set(FIELDS) | set(OPTIONAL)
    for field, kind in (FIELDS | OPTIONAL).items():
        assert field not in entry or type(entry[field]) is kind, field
    assert entry["licence"] in {"Apache-2.0", "MIT"}


@by_id
def test_files_are_checked_and_stay_inside_the_models_folder(entry: dict[str, Any]) -> None:
    assert entry["file"]
    for file in entry["file"]:
        assert set(file) == {"path", "member", "bytes", "sha256"}
        assert SHA256.fullmatch(file["sha256"])
        assert file["bytes"] > 0
        path = PurePosixPath(file["path"])
        assert path.parts[0] == "embedded"
        assert ".." not in path.parts
        # What is loaded is one of the files, or the folder of them all.
        assert PurePosixPath(entry["path"]) in (path, *path.parents)


@by_id
def test_the_source_is_one_exact_wheel(entry: dict[str, Any]) -> None:
    assert set(entry["source"]) == {"wheel", "version", "sha256"}
    assert SHA256.fullmatch(entry["source"]["sha256"])


@pytest.mark.model
@pytest.mark.parametrize("source", models.read_catalog(), ids=lambda source: source.name)
def test_what_lies_in_place_is_what_the_catalogue_says(source: models.Source) -> None:
    assert [file.path for file in source.files if not models.is_intact(file)] == []


def test_the_reader_is_the_one_that_the_catalogue_names() -> None:
    reader = CATALOG["reader"]
    content = (MODELS / reader["path"]).read_bytes()
    assert (len(content), hashlib.sha256(content).hexdigest()) == (reader["bytes"], reader["sha256"])
    assert reader["base"] in {entry["id"] for entry in ENTRIES}
    assert SHA256.fullmatch(reader["learned_from"]["sha256"])
