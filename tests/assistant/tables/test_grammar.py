"""The grammar of a table's queries is made of its own columns and values."""

from __future__ import annotations

from assistant.tables import Choices, grammar_of


def _rule(text: str, name: str) -> str:
    (line,) = [line for line in text.splitlines() if line.startswith(f"{name} ::= ")]
    return line.removeprefix(f"{name} ::= ")


def test_it_holds_the_tables_own_words() -> None:
    text = grammar_of(Choices(["value", "difference"], ["2019", "2018"], ["\"Region\" = 'South'"], "Region"))
    assert _rule(text, "root") == '"SELECT " (value | difference)'
    assert _rule(text, "column") == r'"\"2019\"" | "\"2018\""'
    assert _rule(text, "condition") == '"\\"Region\\" = \'South\'"'


def test_what_cannot_be_asked_of_a_table_is_not_in_it() -> None:
    text = grammar_of(Choices(["change", "most", "count", "value"], ["Sold"], []))
    assert _rule(text, "root") == '"SELECT " (value)'
    assert "condition" not in text


def test_where_nothing_can_be_asked_there_is_no_grammar() -> None:
    assert grammar_of(Choices(["change"], ["Sold"], [])) == ""


def test_marks_of_the_grammar_in_a_cell_stay_text() -> None:
    text = grammar_of(Choices(["value"], ['a"b\\c\nd'], ["x = 'y\" | root'"]))
    assert _rule(text, "column") == r'"\"a\"\"b\\c d\""'
    assert _rule(text, "condition") == '"x = \'y\\" | root\'"'
