"""`privet privacy`: how each layer of the seal stands, and the self-test that tries to get out."""

from __future__ import annotations

import argparse
import os
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path

from assistant.cli import output
from assistant.cli.main import EXIT_FAULT, EXIT_OK
from assistant.errors import BadInput
from assistant.privacy import Layer, LayerState, Place, Process, layers, place, processes
from assistant.proving import Outcome, Tried, checksum_holds, prove, report, verdict
from assistant.settings import Folders
from assistant.values import Check, Stop

_MARKS = {LayerState.HOLDS: "ok   ", LayerState.BROKEN: "FAULT", LayerState.OFF: "off  ", LayerState.ABSENT: "none "}
_OUTCOMES = {Outcome.REFUSED: "refused", Outcome.OUT: "GOT OUT", Outcome.UNTRIED: "untried"}


def run(options: argparse.Namespace) -> int:
    """Say how the seal stands, prove it, or check a report."""
    match options.deed:
        case "prove":
            return _prove(options.report, as_json=options.json)
        case "verify":
            return _verify(options.file)
        case _:
            return _show(as_json=options.json)


def checks() -> list[Check]:
    """The layers as checks, for `privet doctor`: what is mandatory has to hold, the rest is said."""
    return [
        Check(layer.name, layer.state is LayerState.HOLDS or not layer.mandatory, f"{layer.state.value}: {layer.seen}")
        for layer in layers()
    ]


def places() -> list[tuple[str, Place]]:
    """Where things lie, and who may open them."""
    return [(name, place(str(path))) for name, path in asdict(Folders.standard()).items()]


def _show(*, as_json: bool) -> int:
    standing, running, lying = layers(), processes(), places()
    if as_json:
        output.as_json(_state(standing, running, lying))
    else:
        for layer in standing:
            output.say(f"{_MARKS[layer.state]}  {layer.name}: {layer.seen}")
        output.say()
        for one in running:
            output.say(f"       process {one.number}, {one.role}: {_sockets(one)}")
        output.say()
        for name, where in lying:
            output.say(f"{'ok   ' if where.private else 'LOOK '}  {name} folder: {where.path}: {where.readers}")
        output.say()
        output.say("privet privacy prove tries to get out, and writes a report with --report FILE.")
    return EXIT_OK if all(layer.state is LayerState.HOLDS for layer in standing if layer.mandatory) else EXIT_FAULT


def _sockets(one: Process) -> str:
    if one.network_sockets is None:
        return "its sockets can't be looked at from here; its filter is " + ("set" if one.filtered else "NOT SET")
    filtered = "filter set" if one.filtered else "FILTER NOT SET"
    return f"{filtered}, {one.network_sockets} network sockets, {one.local_sockets} Unix sockets"


def _prove(file: Path | None, *, as_json: bool) -> int:
    before = _writable(file)
    tried: list[Tried] = []
    for one in prove(Stop()):
        tried.append(one)
        if not as_json:
            detail = f" ({one.detail})" if one.detail else ""
            output.say(f"{_OUTCOMES[one.outcome]}  {one.way.title}: {one.by}{detail}")
    standing, running, lying = layers(), processes(), places()
    if as_json:
        ways = [{"id": one.way.id, "title": one.way.title, "outcome": one.outcome.value, "by": one.by,
                 "detail": one.detail} for one in tried]  # fmt: skip
        output.as_json(_state(standing, running, lying) | {"ways": ways, "verdict": verdict(tried)})
    else:
        output.say()
        output.say(verdict(tried))
    if before is not None:
        before.write_text(report(tried, standing, running, lying), encoding="utf-8")
        output.aside(f"The report is in {before}.")
    return EXIT_FAULT if any(one.outcome is Outcome.OUT for one in tried) else EXIT_OK


def _writable(file: Path | None) -> Path | None:
    """The report's file. Raises BadInput before the work is done, where nothing could be written there."""
    if file is not None and (file.is_dir() or not os.access(file.absolute().parent, os.W_OK)):
        raise BadInput(f"The report can't be written to {file}.", "Name a file in a folder that you may write to.")
    return file


def _verify(file: Path) -> int:
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise BadInput(f"The report {file} could not be read.", "Name a report that Privet wrote.") from error
    if checksum_holds(text):
        output.say(f"{file}: the checksum is that of the text.")
        return EXIT_OK
    output.say(f"{file}: the text is NOT what was written, or this is no report.")
    return EXIT_FAULT


def _state(
    standing: Sequence[Layer], running: Sequence[Process], lying: Sequence[tuple[str, Place]]
) -> dict[str, object]:
    return {
        "layers": [
            {"name": layer.name, "state": layer.state.value, "mandatory": layer.mandatory, "seen": layer.seen}
            for layer in standing
        ],
        "processes": [
            {"number": one.number, "role": one.role, "filtered": one.filtered, "threads": one.threads,
             "network_sockets": one.network_sockets, "unix_sockets": one.local_sockets}
            for one in running
        ],
        "places": [
            {"name": name, "path": where.path, "exists": where.exists, "private": where.private,
             "readers": where.readers}
            for name, where in lying
        ],
    }  # fmt: skip
