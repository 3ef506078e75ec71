"""How a person wants each model to run, kept in a small file; what a policy sets goes before it."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final

from assistant.errors import BadInput, EnvironmentFault
from assistant.settings import Option, Settings, options, write_atomically
from assistant.values import Device, Fit, Machine, Overriding, RunWish

_CONTEXTS: Final = (2048, 4096, 8192, 16_384, 32_768, 65_536, 131_072)
_MOST: Final = 500  # models
_OPTIONS: Final[Mapping[str, Option[int] | Option[str]]] = {
    "context": options.CONTEXT_TOKENS,
    "threads": options.THREADS,
    "kv_type": options.KV_TYPE,
    "gpu_layers": options.GPU_LAYERS,
}
_AUTOMATIC: Final = RunWish()


class Wishes:
    """The wishes for each model, by its path. What is wished for no model in particular stands in the settings."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._place = settings.folders.config / "models.json"
        self._lock = threading.Lock()

    @property
    def locked(self) -> frozenset[str]:
        """The fields of a wish that a policy has decided."""
        sources = {
            "context": self._settings.source(options.CONTEXT_TOKENS),
            "threads": self._settings.source(options.THREADS),
            "kv_type": self._settings.source(options.KV_TYPE),
            "gpu_layers": self._settings.source(options.GPU_LAYERS),
        }
        return frozenset(name for name, source in sources.items() if source == "policy")

    def own(self, path: Path) -> RunWish:
        """What was wished for this very model."""
        return self._read().get(str(path), _AUTOMATIC)

    def of(self, path: Path) -> RunWish:
        """What is in force for a model: the policy's, else its own, else that of the settings."""
        general = RunWish(
            self._settings.get(options.CONTEXT_TOKENS),
            self._settings.get(options.THREADS),
            _kv_type(self._settings.get(options.KV_TYPE)),
            self._settings.get(options.GPU_LAYERS),
        )
        own, locked = self.own(path), self.locked
        return replace(
            general,
            **{
                name: getattr(own, name)
                for name in _OPTIONS
                if name not in locked and getattr(own, name) != getattr(_AUTOMATIC, name)
            },
        )

    def set(self, path: Path, wish: RunWish) -> None:
        """Wish this for a model from the next load on. Raises BadInput, EnvironmentFault."""
        before, locked = self.of(path), self.locked
        for name, option in _OPTIONS.items():
            if name in locked and getattr(wish, name) != getattr(before, name):
                raise BadInput(
                    f"“{option.title}” is set by the policy of this computer.",
                    "Ask whoever manages it for another value.",
                )
        accepted = RunWish(
            options.CONTEXT_TOKENS.accept(wish.context),
            options.THREADS.accept(wish.threads),
            _kv_type(options.KV_TYPE.accept(wish.kv_type or "auto")),
            options.GPU_LAYERS.accept(wish.gpu_layers),
        )
        # What a policy decides is no wish of the person: theirs stays for when it no longer does.
        accepted = replace(accepted, **{name: getattr(self.own(path), name) for name in locked})
        with self._lock:
            kept = {key: one for key, one in self._read().items() if key != str(path)}
            if accepted != _AUTOMATIC:
                kept = dict([*list(kept.items())[-_MOST + 1 :], (str(path), accepted)])
            try:
                rows = {key: asdict(one) for key, one in kept.items()}
                write_atomically(self._place, json.dumps(rows, indent=1).encode())
            except OSError as error:
                raise EnvironmentFault(
                    "How this model is to run could not be kept.", f"Check that you may write to {self._place}."
                ) from error

    def _read(self) -> dict[str, RunWish]:
        try:
            rows = json.loads(self._place.read_bytes())
            return {str(path): _wish(row) for path, row in rows.items()}
        except (OSError, ValueError, TypeError, AttributeError, KeyError, BadInput, RecursionError):
            return {}


@dataclass(frozen=True, slots=True)
class _Judge:
    """Asks what a wish would mean."""

    fit: Any
    path: Path
    machine: Machine

    def __call__(self, wish: RunWish) -> Fit:
        found: Fit = self.fit(
            self.path,
            self.machine,
            context=wish.context,
            threads=wish.threads,
            kv_type=wish.kv_type,
            gpu_layers=wish.gpu_layers,
        )
        return found


def overriding(
    fit: Any, path: Path, machine: Machine, wish: RunWish, trained: int, locked: frozenset[str]
) -> Overriding:
    """What each choice beside a wish would mean, the others staying as they are wished.

    fit: `Fitting.fit`. trained: tokens that the model was trained for. locked: fields that are not to be chosen.
    """
    judge = _Judge(fit, path, machine)
    context = [tokens for tokens in _CONTEXTS if tokens <= trained]
    threads = sorted({1, machine.cores // 2 or 1, machine.cores, machine.threads})
    choices: dict[str, Sequence[RunWish]] = {
        "context": [replace(wish, context=tokens) for tokens in (0, *context)],
        "threads": [replace(wish, threads=count) for count in (0, *threads)],
        "kv_type": [replace(wish, kv_type=kind) for kind in ("", "f16", "q8_0")],
        "gpu_layers": [replace(wish, gpu_layers=layers) for layers in _layers(judge(wish), machine.devices)],
    }
    return Overriding(
        wish,
        judge(wish),
        {name: tuple((one, judge(one)) for one in some) for name, some in choices.items()},
        locked,
    )


def _layers(found: Fit, devices: Sequence[Device]) -> Sequence[int]:
    """Counts of layers worth a choice; where there is no graphics processor, none but Privet's own choice."""
    if not any(not device.shared for device in devices):
        return (-1,)
    most = max(found.plan.gpu_layers, 1)
    return sorted({-1, 0, most // 2, most})


def _kv_type(choice: str) -> str:
    return "" if choice == "auto" else choice


def _wish(row: Any) -> RunWish:
    wish = RunWish(**row)
    for one in fields(wish):
        if type(getattr(wish, one.name)) is not type(one.default):
            raise ValueError(one.name)
    return wish
