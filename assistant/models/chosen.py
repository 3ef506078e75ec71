"""The model that answers: which it is, how large a window and how many threads it gets here, said aloud."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Final

from assistant.engine import PROCESSOR, Engine, LoadedModel, Place, default_plan, look
from assistant.errors import ModelMissing, ModelUnreadable
from assistant.models.plans import Plans
from assistant.models.wishes import Wishes
from assistant.modelstore import USUAL_CONTEXT, Fitting, ModelStore
from assistant.settings import Settings, options
from assistant.values import Adapter, Device, MeasuredPlan, ModelFile, RunPlan, RunWish

_ON_BATTERY: Final = 0.5
"""The share of the threads that works on battery."""
_LEAST_CONTEXT: Final = 2048


class ChosenModel:
    """Has the model that the settings name in the engine's memory, as this machine allows now."""

    def __init__(
        self,
        settings: Settings,
        store: ModelStore,
        fitting: Fitting,
        engine: Engine,
        plans: Plans | None = None,
        devices: Callable[[], tuple[Device, ...]] = look,
        wishes: Wishes | None = None,
    ) -> None:
        """plans: how models run best here, as far as that was measured. devices: finds the graphics processors.

        wishes: how a person wants each model to run, beside what the settings say.
        """
        self._look = devices
        self._settings = settings
        self._store = store
        self._fitting = fitting
        self._engine = engine
        self._plans = plans
        self._wishes = wishes or Wishes(settings)
        self._in_use: tuple[object, ...] = ()
        self._asked: tuple[object, ...] = ()
        self._context = 0
        self._place = PROCESSOR
        self._kv_type = "f16"
        self._adapter: Adapter | None = None
        self._lock = threading.Lock()
        self._said: list[str] = []
        self._spared = False

    def file(self) -> ModelFile:
        """The model that answers, looked at: in the layout that is fastest here, where one was made.

        Raises ModelMissing, ModelUnreadable.
        """
        file = self._store.inspect(self._chosen())
        used = self._store.layouts.used(file.path)
        if used == file.path:
            return file
        with suppress(ModelMissing, ModelUnreadable):
            return replace(self._store.inspect(used), name=file.name)
        return file

    def use(self) -> ModelFile:
        """Tell the engine which model to use from now on, and in how large a window. Raises as `file` does."""
        file = self.file()
        asked = (file, self._wish(file), self._settings.get(options.GRAPHICS))
        if asked != self._asked or not self._engine.in_memory:
            # What lies on a graphics processor has filled it: looking again would move the model back.
            self._context, self._place, self._kv_type = self._room(file)
            self._asked = asked
        thinking, measured = self._settings.get(options.THINKING), self._measured(file)
        plan = self._plan(file, measured)
        # What the graphics processor or a person's own wish makes of it was not measured.
        speed = measured.speed if measured is not None and plan == measured.plan and not self._place.layers else None
        self._engine.use(
            file, self._context, self._adapters, thinking=thinking, plan=plan, place=self._place, speed=speed
        )
        return file

    def load(self) -> LoadedModel:
        """The chosen model, in memory; what the machine allows is looked at anew where it has to be loaded.

        Raises as `file` does, and ModelSetAside, ChildDied.
        """
        choice = (
            self._settings.get(options.CHAT_MODEL),
            self._wishes.of(self._chosen()),
            self._settings.get(options.THINKING),
            self._settings.get(options.GRAPHICS),
        )
        if choice != self._in_use or not self._engine.in_memory:
            self.use()
            self._in_use = choice
        self._keep_pace()
        return self._engine.load()

    def notes(self) -> tuple[str, ...]:
        """What a person should know and was not told yet, in sentences."""
        with self._lock:
            said, self._said = tuple(self._said), []
        return said + self._engine.notes()

    def try_again(self) -> None:
        """Load also a model again that was set aside because its process ended too often."""
        self._engine.try_again()

    def _measured(self, file: ModelFile) -> MeasuredPlan | None:
        """How the model runs best on this machine, None where nobody measured it."""
        return self._plans.read(file.path, self._fitting.here()) if self._plans is not None else None

    def _plan(self, file: ModelFile, measured: MeasuredPlan | None) -> RunPlan | None:
        """How the model is to run, None as usual: as it was measured; a person's own threads come first."""
        wish = self._wish(file)
        plan = measured.plan if measured is not None else None
        if wish.threads or wish.kv_type or self._kv_type != "f16":
            plan = plan or default_plan(wish.threads)
            threads, kind = (
                wish.threads or plan.threads,
                wish.kv_type or (self._kv_type if measured is None else plan.kv_type),
            )
            # llama.cpp keeps a conversation in less than 16 bits for flash attention only.
            flash = plan.flash_attention or kind != "f16"
            costs = plan.row_costs if (threads, kind) == (plan.threads, plan.kv_type) else ()
            plan = replace(plan, threads=threads, kv_type=kind, flash_attention=flash, row_costs=costs)
        return plan

    def _wish(self, file: ModelFile) -> RunWish:
        """How the model that answers is to run: a layout that was made of it runs as it would."""
        return self._wishes.of(self._chosen())

    def _chosen(self) -> Path:
        chosen = self._settings.get(options.CHAT_MODEL)
        return Path(chosen) if chosen else self._store.embedded_chat()

    def devices(self) -> tuple[Device, ...]:
        """The graphics processors that may be used, as the settings say."""
        return usable_devices(self._settings, self._look)

    def put_beside(self, adapter: Adapter | None) -> None:
        """Have an adapter in force beside the model from the next request on, or none; loads no model again.

        Raises ModelMissing, ModelUnreadable for one that is not there or does not go with the model; none is in
        force then.
        """
        if adapter == self._adapter:
            return
        self._adapter = None
        try:
            if adapter is not None:
                self._store.hold_adapter(adapter.path, self.file().path)
                self._adapter = adapter
        finally:
            self._engine.adapt(self._adapters)

    @property
    def _adapters(self) -> tuple[Adapter, ...]:
        return () if self._adapter is None else (self._adapter,)

    def _room(self, file: ModelFile) -> tuple[int, Place, str]:
        """The window, in tokens, less where memory is short, or where it ran out before; where layers go; its type."""
        wish = self._wish(file)
        wanted = wish.context
        plan = self._fitting.plan_now(file.path, self.devices(), wish)
        place = Place(plan.gpu_layers, plan.device) if plan.gpu_layers else PROCESSOR
        if wanted:
            return min(wanted, file.context_length), place, plan.kv_type
        usual = min(USUAL_CONTEXT, file.context_length)
        context = plan.context
        least = min(_LEAST_CONTEXT, usual)
        context = max(least, context >> self._engine.ran_out)
        if context < usual:
            self._say(f"Little memory is free: the model looks back on {context:,} tokens instead of {usual:,}.")
        return context, place, plan.kv_type

    def _keep_pace(self) -> None:
        battery = self._fitting.battery() if self._settings.get(options.SPARE_BATTERY) else None
        spare = battery is not None and not battery.plugged
        if spare and not self._spared:
            self._say("On battery: the model uses half of the processor cores, so it answers more slowly.")
        self._spared = spare
        self._engine.spare(_ON_BATTERY if spare else 1.0)

    def _say(self, sentence: str) -> None:
        with self._lock:
            if sentence not in self._said:
                self._said.append(sentence)


def usable_devices(settings: Settings, devices: Callable[[], tuple[Device, ...]]) -> tuple[Device, ...]:
    """The graphics processors that may be used, as the settings say. devices: finds those that are there."""
    return () if settings.get(options.GRAPHICS) == "off" else devices()
