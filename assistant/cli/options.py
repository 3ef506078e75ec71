"""`privet settings`: what is set and who chose it; one is set, or goes back to the usual value."""

from __future__ import annotations

import argparse
from typing import Final, cast

from assistant.cli import output
from assistant.cli.main import EXIT_OK, opened
from assistant.errors import BadInput, NotFound
from assistant.settings import Option, options

_WIDTH: Final = 60
_TRUTH: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}


def run(arguments: argparse.Namespace) -> int:
    """List the options, or show, set or reset one."""
    with opened(arguments) as privet:
        settings = privet.settings
        # Whatever an option's type is, it accepts no value of another.
        known = {option.key: cast("Option[str]", option) for option in options.ALL}
        if arguments.key is not None and arguments.key not in known:
            raise NotFound(f"There is no setting {arguments.key}.", "List them with: privet settings")
        if arguments.value is not None:
            option = known[arguments.key]
            settings.set(option, cast("str", _value(option, arguments.value)))
        if arguments.reset is not None:
            if arguments.reset not in known:
                raise NotFound(f"There is no setting {arguments.reset}.", "List them with: privet settings")
            settings.reset(known[arguments.reset])
        shown = [option for option in known.values() if arguments.key in (None, option.key)]
        if arguments.json:
            output.as_json({one.key: {"value": settings.get(one), "source": settings.source(one)} for one in shown})
            return EXIT_OK
        for option in shown:
            value = str(settings.get(option))
            if arguments.key is None:
                value = " ".join(value.split())
                value = value if len(value) <= _WIDTH else value[: _WIDTH - 1] + "…"
            output.say(f"{option.key} = {value}  ({settings.source(option)})")
            if arguments.key is not None:
                output.say(f"    {option.title}: {option.text} It may be {option.allowed}.")
        return EXIT_OK


def _value(option: Option[str], written: str) -> object:
    """What a person wrote, as the option's type. Raises BadInput."""
    kind = type(cast("object", option.default))
    try:
        if kind is bool:
            return _TRUTH[written.strip().lower()]
        return written if kind is str else kind(written)  # type: ignore[call-arg]
    except (KeyError, ValueError) as error:
        raise BadInput(f"{written} is no value for “{option.title}”.", f"It may be {option.allowed}.") from error
