"""JSON schemas as grammars: an answer is a JSON text of the schema, since nothing else can be chosen.

What is known of JSON Schema (draft 2020-12): type (one or several), properties, required, additionalProperties: false,
items, minItems, maxItems, minLength, maxLength, enum, const, anyOf, oneOf, $ref into $defs or definitions; true and {}
for any value. Objects have their properties in the schema's order and no others. Titles, descriptions, defaults and
examples say nothing. Everything else is refused: what can't be held to is not silently left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Final

from assistant.errors import BadInput

_LONGEST: Final = 32 << 10
"""Characters of a schema."""
_DEEPEST: Final = 24
_MOST_RULES: Final = 400
_MOST_ITEMS: Final = 64
_LONGEST_TEXT: Final = 512

_SAYS_NOTHING: Final = frozenset(
    {"$schema", "$id", "$comment", "$defs", "definitions", "title", "description", "default", "examples"}
)
_BELONGS_TO: Final[Mapping[str, frozenset[str]]] = {
    "object": frozenset({"properties", "required", "additionalProperties"}),
    "array": frozenset({"items", "minItems", "maxItems"}),
    "string": frozenset({"minLength", "maxLength"}),
    "number": frozenset(),
    "integer": frozenset(),
    "boolean": frozenset(),
    "null": frozenset(),
}
_BASE: Final = r"""
ws ::= | " " | "\n" [ \t]{0,16}
char ::= [^"\\\x7F\x00-\x1F] | "\\" (["\\/bfnrt] | "u" [0-9a-fA-F]{4})
string ::= "\"" char* "\""
integer ::= "-"? ("0" | [1-9] [0-9]{0,15})
number ::= integer ("." [0-9]{1,16})? ([eE] [-+]? [0-9]{1,3})?
boolean ::= "true" | "false"
null ::= "null"
member ::= string ws ":" ws any
object ::= "{" ws (member ws ("," ws member ws)*)? "}"
array ::= "[" ws (any ws ("," ws any ws)*)? "]"
any ::= string | number | boolean | null | object | array
"""


def grammar_of(schema: str) -> str:
    """The GBNF grammar of the JSON texts of a schema, itself a JSON text. Raises BadInput."""
    if len(schema) > _LONGEST:
        raise _refused("is too long")
    try:
        read = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise _refused("is no JSON") from error
    rules = _Rules(read if isinstance(read, dict) else {})
    root = rules.expression(read, 0)
    return "\n".join([f"root ::= {root}", *rules.lines]) + _BASE


class _Rules:
    """The rules of one schema, made as they are needed."""

    def __init__(self, whole: Mapping[str, object]) -> None:
        self._whole = whole
        self._named: dict[str, str] = {}
        self.lines: list[str] = []

    def expression(self, schema: object, depth: int) -> str:
        """What stands in a rule for a schema."""
        if depth > _DEEPEST:
            raise _refused("is nested too deeply")
        if schema is True or schema == {}:
            return "any"
        if not isinstance(schema, dict):
            raise _refused("has a part that is no schema")
        for key, make in (("$ref", self._reference), ("const", self._constant), ("enum", self._one_of)):
            if key in schema:
                _only(schema, {key, "type"} if key != "$ref" else {key})
                return make(schema[key], depth)
        for key in ("anyOf", "oneOf"):
            if key in schema:
                _only(schema, {key})
                return self._alternatives(schema[key], depth)
        return self._typed(schema, depth)

    def _typed(self, schema: Mapping[str, object], depth: int) -> str:
        given = schema.get("type")
        kinds = [str(kind) for kind in given] if isinstance(given, list) else [str(given)]
        if not kinds or not all(kind in _BELONGS_TO for kind in kinds):
            raise _refused("has a part without a type that is known")
        _only(schema, {"type"}.union(*(_BELONGS_TO[kind] for kind in kinds)))
        made = [self._of_kind(kind, schema, depth) for kind in kinds]
        return made[0] if len(made) == 1 else self._rule(" | ".join(made))

    def _of_kind(self, kind: str, schema: Mapping[str, object], depth: int) -> str:
        if kind == "object" and "properties" in schema:
            return self._object(schema, depth)
        if kind == "object" and schema.get("additionalProperties", True) is not True:
            return self._rule('"{" ws "}"')
        if kind == "array" and _BELONGS_TO[kind] & schema.keys():
            return self._array(schema, depth)
        if kind == "string" and _BELONGS_TO[kind] & schema.keys():
            return self._rule(f'"\\"" char{_times(schema, "minLength", "maxLength", _LONGEST_TEXT)} "\\""')
        return kind

    def _object(self, schema: Mapping[str, object], depth: int) -> str:
        properties, required = schema["properties"], schema.get("required", [])
        if not isinstance(properties, dict) or not isinstance(required, list):
            raise _refused("has properties that are none")
        if schema.get("additionalProperties", False) is not False or not set(map(str, required)) <= properties.keys():
            raise _refused("wants properties that it does not name")
        members = []
        for name, value in properties.items():
            made = self.expression(value, depth + 1)
            members.append((f'{_literal(json.dumps(name))} ws ":" ws {made} ws', name in required))
        return self._rule(f'"{{" ws {self._members(members)} "}}"')

    def _members(self, members: Sequence[tuple[str, bool]]) -> str:
        """Members in their order, each (what it is, whether it has to be there), with commas between those there."""
        starts: list[str] = []  # ways to begin, one for each member that may be the first
        rest, rests = "", [""]
        for member, needed in reversed(members):
            following = f'"," ws {member}' if needed else f'("," ws {member})?'
            rest = self._rule(f"{following} {rest}".strip())
            rests.append(rest)
        for number, (member, needed) in enumerate(members):
            starts.append(f"{member} {rests[len(members) - 1 - number]}".strip())
            if needed:
                return self._rule(" | ".join(starts))
        return f"({self._rule(' | '.join(starts))})?" if starts else ""

    def _array(self, schema: Mapping[str, object], depth: int) -> str:
        item = self.expression(schema.get("items", True), depth + 1)
        least, most = _bounds(schema, "minItems", "maxItems", _MOST_ITEMS)
        if most == 0:
            return self._rule('"[" ws "]"')
        further = f'("," ws {item} ws){{{max(0, least - 1)},{"" if most is None else most - 1}}}'
        inner = f"{item} ws {further}"
        return self._rule(f'"[" ws {inner if least else f"({inner})?"} "]"')

    def _alternatives(self, given: object, depth: int) -> str:
        if not isinstance(given, list) or not given:
            raise _refused("has a choice between nothing")
        return self._rule(" | ".join(self.expression(one, depth + 1) for one in given))

    def _one_of(self, given: object, depth: int) -> str:
        if not isinstance(given, list) or not given:
            raise _refused("has a choice between nothing")
        return self._rule(" | ".join(self._constant(one, depth) for one in given))

    def _constant(self, given: object, depth: int) -> str:
        return _literal(json.dumps(given, ensure_ascii=False))

    def _reference(self, given: object, depth: int) -> str:
        place, _, name = str(given).removeprefix("#/").partition("/")
        group = self._whole.get(place)
        if not str(given).startswith("#/") or not isinstance(group, dict) or name not in group:
            raise _refused("refers to a part that is not in it")
        key = str(given)
        if key not in self._named:
            self._named[key] = f"named{len(self._named)}"
            made = self.expression(group[name], depth + 1)
            self._line(self._named[key], made)
        return self._named[key]

    def _rule(self, body: str) -> str:
        name = f"r{len(self.lines)}"
        self._line(name, body)
        return name

    def _line(self, name: str, body: str) -> None:
        if len(self.lines) >= _MOST_RULES:
            raise _refused("is too large")
        self.lines.append(f"{name} ::= {body}")


def _only(schema: Mapping[str, object], known: set[str]) -> None:
    for key in schema:
        if key not in known and key not in _SAYS_NOTHING:
            raise _refused(f'uses "{key[:40]}" in a way that Privet does not know')


def _bounds(schema: Mapping[str, object], low: str, high: str, largest: int) -> tuple[int, int | None]:
    least, most = schema.get(low, 0), schema.get(high)
    if not isinstance(least, int) or not isinstance(most, int | None):
        raise _refused(f"has no number for {low} or {high}")
    if not 0 <= least <= largest or (most is not None and not least <= most <= largest):
        raise _refused(f"asks for more than {largest} by {low} or {high}")
    return least, most


def _times(schema: Mapping[str, object], low: str, high: str, largest: int) -> str:
    least, most = _bounds(schema, low, high, largest)
    return f"{{{least},{'' if most is None else most}}}"


def _literal(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _refused(why: str) -> BadInput:
    return BadInput(
        f"The JSON schema {why}.",
        "Describe the answer with type, properties, required, items, enum, const and anyOf, in fewer parts.",
    )
