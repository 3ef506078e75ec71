"""`privet doctor`: what is installed, where things are, and whether each part of the way works."""

from __future__ import annotations

import argparse
import platform
import sys
from collections.abc import Iterator
from dataclasses import asdict
from importlib.metadata import PackageNotFoundError, version
from typing import Final

from assistant.app import Privet
from assistant.cli import output, privacy
from assistant.cli.main import EXIT_FAULT, EXIT_OK, unlock
from assistant.engine import LoadedModel
from assistant.errors import PrivetError
from assistant.models import ChosenModel
from assistant.modelstore import ModelStore
from assistant.policy import read_policy
from assistant.privacy import memory_is_private, seal_state
from assistant.settings import Folders
from assistant.values import Check, Generated, Message, Role, Sampling, Stop
from assistant.vault import Vault

_PACKAGES: Final = (
    "privet", "llama-cpp-python", "torch", "sentence-transformers", "chromadb", "sqlcipher3", "keyring",
    "pypdfium2", "PySide6-Essentials",
)  # fmt: skip


def run(options: argparse.Namespace) -> int:
    """Check everything, say each result as it comes; the exit status is 1 if anything does not hold."""
    checks: list[Check] = []
    for check in _checks(options):
        checks.append(check)
        if not options.json:
            output.say(f"{'ok   ' if check.holds else 'FAULT'}  {check.name}: {check.seen}")
    if options.json:
        output.as_json([asdict(check) for check in checks])
    return EXIT_OK if all(check.holds for check in checks) else EXIT_FAULT


def _checks(options: argparse.Namespace) -> Iterator[Check]:
    folders = Folders.standard()
    yield Check("system", True, f"{platform.system()} {platform.machine()}, Python {platform.python_version()}")
    yield from _installed()
    yield seal_check()
    yield from privacy.checks()
    yield memory_check()
    yield from _policy()
    for name, folder in asdict(folders).items():
        yield Check(f"{name} folder", True, f"{folder}{'' if folder.exists() else ' (not made yet)'}")
    models = ModelStore(folders)
    yield from _model_files(models)
    if not Vault.exists(folders.data):
        yield Check("vault", True, "not made yet; it is made at the first start")
        return
    try:
        privet = Privet.open(folders, unlock(options))
    except PrivetError as error:
        yield Check("vault", False, f"{error.what} {error.do}")
        return
    try:
        yield Check("vault", privet.vault.file_check(), f"open, key from {privet.vault.way}")
        yield from working(privet)
    finally:
        privet.close()


def seal_check() -> Check:
    """Whether the network is shut off for this process and all it starts."""
    seal = seal_state()
    if seal.holds:
        return Check("seal", True, "set: the kernel refuses network sockets to this process and its children")
    return Check("seal", False, "not set; Privet must not be used like this")


def memory_check() -> Check:
    """Whether this process's memory is kept from dumps and debuggers."""
    if memory_is_private():
        return Check("memory", True, "not dumpable, not traceable, no core files")
    return Check("memory", not sys.platform.startswith("linux"), "the system does not say that it is kept private")


def _policy() -> Iterator[Check]:
    policy = read_policy()
    if policy.place:
        yield Check("policy", policy.obeyed, " ".join(policy.warnings) or f"{policy.place} is obeyed")


def graphics_check(model: ChosenModel, loaded: LoadedModel) -> Check:
    """Which graphics processors there are, what is free on them, and how much of the model lies there."""
    devices = model.devices()
    if not devices:
        return Check("graphics", True, "no graphics processor is used: none was found that Privet has a back end for")
    seen = [
        f"{device.words} ({device.name}), {device.free / 1e9:.1f} of {device.memory / 1e9:.1f} GB free"
        for device in devices
    ]
    plan = loaded.plan
    placed = f"{plan.gpu_layers} layers of the model lie on {plan.device}" if plan.gpu_layers else "the model uses none"
    return Check("graphics", True, f"{'; '.join(seen)}; {placed}")


def working(privet: Privet) -> Iterator[Check]:
    """Whether the children do their work: the model answers, the embedder embeds, the index finds."""
    try:
        file = privet.model.use()
        loaded = privet.engine.load()
        asked = (Message(Role.USER, "Say yes."),)
        ends = [
            event
            for event in privet.engine.stream(asked, Sampling(temperature=0, max_tokens=8))
            if isinstance(event, Generated)
        ]
        yield graphics_check(privet.model, loaded)
        speed = ends[-1].answer_tokens / max(ends[-1].write_seconds, 1e-6)
        yield Check(
            "model",
            bool(ends),
            f"{file.name} answers, {speed:.0f} tokens a second, {loaded.context:,} tokens of context",
        )
    except PrivetError as error:
        yield Check("model", False, f"{error.what} {error.do}")
    try:
        vectors = privet.embedder.embed(["a hedge"])
        yield Check("embedder", vectors.count == 1, f"{privet.embedder.name}, {vectors.dimensions} dimensions")
        yield _reader_check(privet)
        for _ in privet.retrieval.ensure(Stop()):
            pass
        yield Check("index", True, f"{len(privet.documents.list())} documents, {privet.retrieval.count():,} passages")
    except PrivetError as error:
        yield Check("documents", False, f"{error.what} {error.do}")


def _reader_check(privet: Privet) -> Check:
    """Whether the reader tells a passage that answers from one that does not. Raises as `Embedder.read`."""
    readings = privet.embedder.read(
        "Who owns the hedge?", ["The hedge belongs to Ada.", "The hedge is two metres high."]
    )
    holds = readings is not None and readings[0].answerable > readings[1].answerable
    return Check("reader", holds, "tells a passage that answers" if holds else "can't tell which passages answer")


def _installed() -> Iterator[Check]:
    found, missing = [], []
    for package in _PACKAGES:
        try:
            found.append(f"{package} {version(package)}")
        except PackageNotFoundError:
            missing.append(package)
    yield Check("packages", not missing, f"missing: {', '.join(missing)}" if missing else ", ".join(found))
    yield Check("program", True, sys.executable)


def _model_files(models: ModelStore) -> Iterator[Check]:
    for name, path in (("embedded model", models.embedded_chat()), ("embedded embedder", models.embedded_embedder())):
        try:
            sound = models.verify(path)
        except PrivetError as error:
            yield Check(name, False, f"{error.what} {error.do}")
            continue
        yield Check(
            name, sound, f"{path.name}, {'checksum as expected' if sound else 'NOT the file that came with Privet'}"
        )
