"""All models at a glance: those that are here, judged for this machine, and those that a person could get."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from assistant.values.layouts import MeasuredPlan, Tuned
from assistant.values.models import Facts, Fit, InstalledModel, Machine, ModelChoice, RunWish


@dataclass(frozen=True, slots=True)
class JudgedModel:
    """An installed model. facts, fit: None for what can't answer, or can't be read; fault says why then, in sentences.

    note: what an embedding model does here, in a sentence. tuned: what its layouts are worth here, plan: how it runs
    best, None where nobody measured. answers: it is in use.
    """

    model: InstalledModel
    facts: Facts | None = None
    fit: Fit | None = None
    tuned: Tuned | None = None
    plan: MeasuredPlan | None = None
    answers: bool = False
    fault: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Overriding:
    """A model's wish and what it means, and what each other choice would. choices: by field of a wish, Privet's first.

    locked: fields that a policy has decided.
    """

    wish: RunWish
    fit: Fit
    choices: Mapping[str, tuple[tuple[RunWish, Fit], ...]]
    locked: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class JudgedChoice:
    """A model of the catalogue, in its usual file, of `size` bytes. fit: None where too little is known of it."""

    choice: ModelChoice
    quantization: str
    size: int
    fit: Fit | None = None


@dataclass(frozen=True, slots=True)
class Overview:
    """The machine, what is installed (what comes with Privet first), and what could be got (smallest first)."""

    machine: Machine
    installed: tuple[JudgedModel, ...]
    choices: tuple[JudgedChoice, ...]
