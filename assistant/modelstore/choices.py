"""The models that a person could get, from the catalogue, and what the one or the other would cost here."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from assistant.errors import ModelMissing
from assistant.modelstore.anatomy import Anatomy, Matrix, type_bits
from assistant.values import ChoiceFile, Facts, ModelChoice, Shape

NEEDS: Final = ("chat", "documents", "translation", "long_texts", "weak_hardware")
_USUAL: Final = ("Q4_K_M", "Q4_0", "Q4_1")
"""The file that is looked at first: about the least that keeps a model's abilities."""
_USUAL_BITS: Final = 5.0  # of the files in this catalogue in Q4_K_M, between 4.8 and 5.4
# llama.cpp's mixtures: most weights are of this type (src/llama-quant.cpp).
_MOSTLY: Final = {
    "Q2_K": "Q2_K", "Q3_K_S": "Q3_K", "Q3_K_M": "Q3_K", "Q3_K_L": "Q3_K", "Q4_K_S": "Q4_K", "Q4_K_M": "Q4_K",
    "Q5_K_S": "Q5_K", "Q5_K_M": "Q5_K",
}  # fmt: skip


def read_choices(models: Path) -> tuple[ModelChoice, ...]:
    """The choices in `catalog.toml` in the folder `models`, smallest first. Raises ModelMissing without them."""
    try:
        with (models / "catalog.toml").open("rb") as file:
            entries = tomllib.load(file)["choice"]
        return tuple(sorted((_choice(entry) for entry in entries), key=lambda choice: choice.parameters))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise ModelMissing(f"The list of models to choose from is not in {models}.", "Install Privet again.") from error


def usual_file(choice: ModelChoice) -> ChoiceFile:
    """The file to look at first; where no source gives a size, one of a usual size in Q4_K_M, without a checksum."""
    by_name = {file.quantization: file for file in choice.files}
    first = next((by_name[name] for name in _USUAL if name in by_name), next(iter(choice.files), None))
    return first or ChoiceFile("Q4_K_M", round(choice.parameters * _USUAL_BITS / 8))


def anatomy_of(choice: ModelChoice, file: ChoiceFile) -> Anatomy | None:
    """What the file would be made of, as far as the catalogue tells; None where it does not tell enough.

    All weights are taken to be of the type that most are of, so it is rougher than from a header.
    """
    shape = choice.shape
    if shape is None:
        return None
    kind = _MOSTLY.get(file.quantization, file.quantization)
    table = shape.vocabulary * shape.width
    body = max(0, choice.active - table)
    bits = 8 * file.size / choice.parameters
    try:
        copied = int(min(type_bits(kind), bits) * (choice.parameters - table) / 8)
    except StopIteration:
        return None
    pairs = shape.layers * shape.kv_heads * shape.head_size
    looks = 2 * shape.layers * shape.heads * shape.head_size
    near = looks * (shape.full_every - 1) // shape.full_every if shape.full_every else 0
    return Anatomy(
        facts=Facts(
            choice.parameters, choice.active, kind, bits, shape.layers, choice.context_length or 4096, choice.licence
        ),
        matrices=(
            Matrix(kind, body, int(body * bits / 8)),
            Matrix(kind, table, int(table * bits / 8), once=True),
        ),
        resident=file.size,
        copied={kind: copied},
        key=pairs,
        value=pairs,
        attention=looks,
        windowed=near,
        window=shape.window,
        fixed=0,
        width=shape.width,
        inner=shape.inner,
        tokens=2 * shape.vocabulary,
        vocabulary=shape.vocabulary,
    )


def _choice(entry: dict[str, Any]) -> ModelChoice:
    parameters = int(entry["parameters"])
    needs = tuple(str(need) for need in entry["needs"])
    if not set(needs) <= set(NEEDS):
        raise ValueError("a need that nobody has")
    return ModelChoice(
        id=str(entry["id"]),
        name=str(entry["name"]),
        maker=str(entry["maker"]),
        parameters=parameters,
        active=int(entry.get("active", parameters)),
        licence=str(entry["licence"]),
        needs=needs,
        page=str(entry["page"]),
        files=tuple(_file(file) for file in entry.get("files", [])),
        sources={str(figure): str(source) for figure, source in entry["sources"].items()},
        context_length=int(entry.get("context_length", 0)),
        languages=tuple(str(language) for language in entry.get("languages", [])),
        thinks=bool(entry.get("thinks", False)),
        unfaithful=float(entry["unfaithful"]) if "unfaithful" in entry else None,
        note=str(entry.get("note", "")),
        shape=Shape(**{str(key): int(value) for key, value in entry["shape"].items()}) if "shape" in entry else None,
    )


def _file(file: dict[str, Any]) -> ChoiceFile:
    size = int(file.get("bytes", round(float(file["gigabytes"]) * 1e9)))
    return ChoiceFile(str(file["quantization"]), size, str(file.get("sha256", "")))
