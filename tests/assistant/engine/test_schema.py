"""A JSON schema becomes a grammar of exactly its texts, or is refused with two sentences."""

from __future__ import annotations

import json

import pytest

from assistant.engine.schema import grammar_of
from assistant.errors import BadInput


def rules(schema: object) -> dict[str, str]:
    found = {}
    for line in grammar_of(json.dumps(schema)).splitlines():
        name, _, body = line.partition(" ::= ")
        found[name] = body
    return found


def test_a_required_property_needs_no_question_mark_and_the_others_have_one() -> None:
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "age": {"type": "integer"}},
        "required": ["name"],
        "additionalProperties": False,
    }
    found = rules(schema)
    text = "\n".join(found.values())
    assert '"\\"name\\"" ws ":" ws string ws' in text
    assert '("," ws "\\"age\\"" ws ":" ws integer ws)?' in text
    assert '("," ws "\\"name\\""' not in text


def test_constants_are_spelled_as_json() -> None:
    found = rules({"enum": ['a"b', 3, None, True, {"x": [1]}]})
    assert found["r0"] == '"\\"a\\\\\\"b\\"" | "3" | "null" | "true" | "{\\"x\\": [1]}"'


def test_a_reference_may_lead_to_itself() -> None:
    schema = {
        "$ref": "#/$defs/tree",
        "$defs": {
            "tree": {"type": "object", "properties": {"left": {"$ref": "#/$defs/tree"}, "name": {"type": "string"}}}
        },
    }
    found = rules(schema)
    assert found["root"] == "named0"
    assert "named0" in "".join(body for name, body in found.items() if name != "root")


def nested(depth: int) -> object:
    schema: object = {"type": "string"}
    for _ in range(depth):
        schema = {"type": "array", "items": schema}
    return schema


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^a+$"},
        {"type": "integer", "minimum": 3},
        {"type": "date"},
        {"type": []},
        {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["b"]},
        {"type": "object", "properties": {"a": {"type": "string"}}, "additionalProperties": True},
        {"type": "array", "maxItems": 10**9},
        {"type": "array", "minItems": -1},
        {"type": "array", "minItems": "many"},
        {"type": "string", "minItems": 1},
        {"$ref": "https://example.org/schema"},
        {"$ref": "#/$defs/none"},
        {"anyOf": []},
        {"enum": "a"},
        {"properties": {"a": {"type": "string"}}},
        {"type": "object", "properties": {"a": False}},
        {"allOf": [{"type": "string"}]},
        [1],
        3,
        None,
        nested(60),
        {"type": "object", "properties": {f"p{number}": {"type": "string"} for number in range(900)}},
    ],
)
def test_what_is_not_known_is_refused(schema: object) -> None:
    with pytest.raises(BadInput) as caught:
        grammar_of(json.dumps(schema))
    assert caught.value.what.startswith("The JSON schema ")
    assert caught.value.do


@pytest.mark.parametrize("text", ["", "{", '{"type": "string"' * 9, "[" * 20_000, '"' + "x" * 100_000 + '"'])
def test_what_is_no_schema_at_all_is_refused(text: str) -> None:
    with pytest.raises(BadInput):
        grammar_of(text)
