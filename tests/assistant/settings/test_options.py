"""What a value of an option may be."""

from __future__ import annotations

import pytest

from assistant.errors import BadInput
from assistant.settings import Option, options


def test_every_default_is_a_value_of_its_option() -> None:
    for option in options.ALL:
        assert option.accept(option.default) == option.default


def test_every_option_is_listed_once_and_has_words() -> None:
    declared = [value for value in vars(options).values() if isinstance(value, Option)]
    assert sorted(option.key for option in declared) == sorted(option.key for option in options.ALL)
    assert len({option.key for option in options.ALL}) == len(options.ALL)
    for option in options.ALL:
        assert option.title
        assert option.text.endswith(".")
        assert "!" not in option.title + option.text


@pytest.mark.parametrize(
    ("option", "value"),
    [
        (options.THEME, "purple"),
        (options.THEME, 1),
        (options.TEXT_SIZE, 79),
        (options.TEXT_SIZE, 201),
        (options.TEXT_SIZE, 100.0),
        (options.TEXT_SIZE, True),
        (options.TEXT_SIZE, "100"),
        (options.TEMPERATURE, -0.1),
        (options.TEMPERATURE, float("nan")),
        (options.TEMPERATURE, float("inf")),
        (options.TEMPERATURE, True),
        (options.CHAT_MODEL, "half a character \ud800"),
        (options.INSTRUCTIONS, None),
        (options.INSTRUCTIONS, ["a"]),
    ],
)
def test_what_is_no_value_is_refused_in_two_sentences(
    option: Option[str] | Option[int] | Option[float] | Option[bool], value: object
) -> None:
    with pytest.raises(BadInput) as refused:
        option.accept(value)
    assert option.title in refused.value.what
    assert refused.value.do.startswith("It may be")


@pytest.mark.parametrize(("value", "expected"), [(0, 0.0), (2, 2.0), (0.5, 0.5)])
def test_a_whole_number_will_do_for_a_number(value: float, expected: float) -> None:
    accepted = options.TEMPERATURE.accept(value)
    assert accepted == expected
    assert type(accepted) is float


def test_a_yes_or_no_takes_nothing_else() -> None:
    option = Option[bool]("sound", False, "Sound", "Whether there is one.")
    assert option.accept(True) is True
    with pytest.raises(BadInput, match="true or false"):
        option.accept(1)


def test_the_limits_themselves_are_allowed_and_named() -> None:
    assert options.TEXT_SIZE.accept(80) == 80
    assert options.TEXT_SIZE.accept(200) == 200
    assert options.TEXT_SIZE.allowed == "a whole number from 80 to 200"


def test_a_long_value_is_not_shown_whole() -> None:
    with pytest.raises(BadInput) as refused:
        options.THEME.accept("x" * 10_000)
    assert len(refused.value.what) < 120
