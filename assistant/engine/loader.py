"""What is in the child's memory: the wanted model by its plan, and its adapters; loaded again after a death."""

from __future__ import annotations

import math
import threading
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Final

from assistant.engine.deaths import Deaths
from assistant.engine.graphics import Place, blames_device, load_placed, placed
from assistant.engine.loaded import LoadedModel, default_plan
from assistant.engine.maker import adapters_name, fingerprint, in_force, maker
from assistant.engine.placement import Placement
from assistant.engine.replies import fault, number, whole
from assistant.engine.saving import SavedStates
from assistant.engine.speeds import Speeds
from assistant.errors import Bug, ChildDied, PrivetError
from assistant.privacy import Confinement
from assistant.values import Adapter, ModelFile, RunPlan, Speed
from assistant.workers import Child, Refusal

_LOAD_SECONDS: Final = 180.0
_PACE_SECONDS: Final = 30.0


class Loader:
    """Knows what is wanted, and has it loaded. What is wanted may be said at any time, the rest with the turn."""

    def __init__(
        self,
        child: Child,
        saved: SavedStates | None,
        deaths: Deaths,
        placement: Placement,
        *,
        threads: int = 0,
        folders: Sequence[Path] = (),
    ) -> None:
        """threads: for llama.cpp; 0 is one a core. folders: where adapters are kept."""
        self._child = child
        self._saved = saved
        self._deaths = deaths
        self._placement = placement
        self._threads = threads
        self._choosing = threading.Lock()
        self._wanted: tuple[ModelFile, int, RunPlan] | None = None
        self._adapters: tuple[Adapter, ...] = ()
        self._loaded: LoadedModel | None = None
        self._loaded_start = 0
        self._folders = frozenset(str(folder) for folder in folders if folder.is_dir())
        self._readable: frozenset[str] = frozenset()
        self._row_costs: dict[tuple[str, RunPlan], tuple[float, ...]] = {}
        self._said: list[str] = []
        self.share = 1.0
        """Of its threads that the model uses."""
        self.pace = 0
        """Threads that it uses."""
        self.thinking = True
        """Whether it may think before it answers."""
        self.content = ""
        """The fingerprint of the model's file."""
        self.adapted = ""
        """The name of the adapters that are in force."""
        self.speeds = Speeds()

    def want(
        self,
        file: ModelFile,
        context: int,
        adapters: Sequence[Adapter],
        plan: RunPlan | None,
        place: Place | None,
        speed: Speed | None = None,
    ) -> None:
        """Have this model loaded for the next request, if it is not in memory already."""
        wanted = (file, context, placed(plan or default_plan(self._threads), place))
        with self._choosing:
            self._adapters = tuple(adapters)
            if self._wanted != wanted:
                self._wanted, self._loaded = wanted, None
                self.speeds = Speeds() if speed is None else Speeds(speed.read, speed.write)

    def adapt(self, adapters: Sequence[Adapter]) -> None:
        """Have these adapters in force for the next request; the model stays."""
        with self._choosing:
            self._adapters = tuple(adapters)

    def look(self) -> LoadedModel | None:
        """The wanted model, if it is in memory; waits while it is being loaded."""
        with self._choosing:
            return self.in_memory

    @property
    def in_memory(self) -> LoadedModel | None:
        """The wanted model, if it is in memory."""
        here = self._child.alive and self._child.starts == self._loaded_start
        return self._loaded if here else None

    def ready(self) -> LoadedModel:
        """Load what is wanted and not in memory. Raises ModelUnreadable, ModelSetAside, ChildDied."""
        with self._choosing:
            if self._wanted is None:
                raise Bug("no model was chosen")
            file, context, plan = self._wanted
            self._open_folders(file)
            try:
                if (loaded := self.in_memory) is None:
                    self.content = fingerprint(file.path)
                    self._deaths.check(self.content, file.name)
                    loaded, said = load_placed(
                        self._placement, self.content, plan, lambda tried: self._load(file, context, tried)
                    )
                    self._loaded = loaded
                    self._said += said
                    self._loaded_start, self.adapted = self._child.starts, ""
                    self.pace = loaded.plan.threads
                self._adapt()
                self._keep_pace(loaded)
            except Refusal as refusal:
                raise fault(refusal, file) from refusal
            return loaded

    def unload(self) -> None:
        """Give the memory back."""
        with self._choosing:
            self._child.close()
            self._loaded = None

    def learn(self, loaded: LoadedModel, costs: tuple[float, ...]) -> None:
        """Note what was measured of tokens read at once; it is in the plan from now on, and after another loading."""
        with self._choosing:
            if self._loaded is loaded:
                self._loaded = replace(loaded, plan=replace(loaded.plan, row_costs=costs))
            self._row_costs[self.content, loaded.plan] = costs

    def died(self, error: ChildDied) -> ChildDied:
        """Count a death of the child; returns what is to be said about it."""
        return self._deaths.died(self.content, self._wanted[0].name if self._wanted is not None else "", error)

    def leaves_device(self, loaded: LoadedModel | None, error: PrivetError) -> bool:
        """True if the graphics processor is to blame for an error: from now on the model runs without it."""
        if loaded is None or self._loaded is not loaded or not loaded.plan.gpu_layers or not blames_device(error):
            return False
        self._placement.failed(self.content, loaded.plan.device, 0)
        self._said.append(Place(loaded.plan.gpu_layers, loaded.plan.device).fewer(0))
        self._loaded = None
        return True

    @property
    def last(self) -> LoadedModel | None:
        """What was loaded last and is wanted still, even if the child has ended."""
        return self._loaded

    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the model runs and was not told yet, in sentences."""
        said, self._said = tuple(self._said), []
        return said

    def _open_folders(self, file: ModelFile) -> None:
        """The child reads the folders of the model and its adapters, and no others: a new one is for a new child."""
        wanted = {str(path.parent) for path in (file.path, *(one.path for one in self._adapters))} | self._folders
        if not wanted <= self._readable:
            self._readable |= wanted
            self._child.reach(Confinement(reads=tuple(sorted(self._readable)), devices=True))

    def _load(self, file: ModelFile, context: int, plan: RunPlan) -> LoadedModel:
        if not plan.row_costs:
            plan = replace(plan, row_costs=self._row_costs.get((self.content, plan), ()))
        arguments = {"path": str(file.path), "file": self.content, "context": context, "plan": asdict(plan)}
        values = self._child.call("load", arguments, deadline=_LOAD_SECONDS).values
        if self._saved is not None:
            self._saved.maker = maker(self.content, str(values.get("version")), plan)
        return LoadedModel(file, whole(values, "context"), number(values, "seconds"), plan)

    def _keep_pace(self, loaded: LoadedModel) -> None:
        threads = max(1, math.ceil(loaded.plan.threads * self.share))
        if threads != self.pace:
            self._child.call("pace", {"threads": threads}, deadline=_PACE_SECONDS, start=False)
            self.pace = threads

    def _adapt(self) -> None:
        name = adapters_name(self._adapters)
        if name != self.adapted:
            adapters = [[str(one.path), one.scale] for one in in_force(self._adapters)]
            self.adapted = ""  # what a refusal leaves
            self._child.call("adapt", {"adapters": adapters, "name": name}, deadline=_LOAD_SECONDS, start=False)
            self.adapted = name
