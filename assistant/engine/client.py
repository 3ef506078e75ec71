"""The parent's side of the engine: one model at a time, loaded when needed, reloaded after a death."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Final, TypeVar

from assistant.engine.cache import StateCache
from assistant.engine.continuing import Half
from assistant.engine.deaths import Deaths
from assistant.engine.families import chat_format
from assistant.engine.graphics import Place
from assistant.engine.idle import Idle
from assistant.engine.loaded import LoadedModel
from assistant.engine.loader import Loader
from assistant.engine.placement import Placement
from assistant.engine.pointing import Pointed, Pointing
from assistant.engine.replies import event, fault, integers, numbers, scored, several, whole
from assistant.engine.saving import SavedStates
from assistant.engine.telling import Telling, prompt_of, sampling_of
from assistant.engine.turns import GivingWay, Turns
from assistant.errors import Bug, ChildDied, PrivetError
from assistant.values import (
    Adapter,
    AnswerPart,
    ChatFormat,
    Generated,
    Likelihood,
    Message,
    ModelFile,
    Noted,
    Prefilling,
    RunPlan,
    Said,
    Sampling,
    Span,
    Speed,
    Stop,
    Token,
)
from assistant.workers import Alarm, Child, ChildSpec, Refusal, Replies

_T = TypeVar("_T")

_SILENCE_SECONDS: Final = 180.0
"""How long the child may be silent: one batch of 256 tokens on a slow laptop with a large model."""
_COUNT_SECONDS: Final = 30.0
_AT_ONCE: Final = 8
"""Answers that the child writes as one batch."""
_MOMENT: Final = 0.1
"""Seconds that somebody who wants to know something waits for a child that is at work."""
_MEASURE_AFTER: Final = 1.0
"""Seconds of a pause after which what is not known of this machine is measured, once a model."""
_SAVE_AFTER: Final = 15.0
"""Seconds of a pause after which what was read is saved, so that a sudden end loses little."""
_SAVE_AT_CLOSING: Final = 2.0
_BYTES_PER_TOKEN: Final = 4


class _Busy(Exception):
    """Somebody else has the child's turn."""


class Engine:
    """Streams answers of one model. All methods may be called from any thread; answers queue up.

    What a model has read is remembered: in its process, and with a `cache` on the disk too, sealed. After
    `unload_minutes` without a request the model leaves memory; the next one loads it again.
    """

    def __init__(
        self,
        *,
        threads: int = 0,
        cache: StateCache | None = None,
        deaths: Deaths | None = None,
        placement: Placement | None = None,
        folders: Sequence[Path] = (),
        unload_minutes: float = 0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """threads: for llama.cpp; 0 is one a core. deaths, placement: of an earlier engine, if they are kept.

        folders: where adapters are kept, so that one can be had without a new child. unload_minutes: 0 is never.
        clock: seconds, of pauses.
        """
        self._child = Child(ChildSpec("The language model", "assistant.engine.worker"))
        self._turns = Turns()
        self._saved = SavedStates(self._child, self._turns, cache) if cache is not None else None
        self._deaths = deaths or Deaths()
        self._placement = placement or Placement()
        self._loader = Loader(self._child, self._saved, self._deaths, self._placement, threads=threads, folders=folders)
        self._forgetting = False
        self._repeated = False
        steps = [(_MEASURE_AFTER, self.measure), *([(_SAVE_AFTER, self.save)] if cache is not None else [])]
        self._idle = Idle([*steps, *([(60 * unload_minutes, self.unload)] if unload_minutes else [])], clock)
        self._alarm = Alarm("engine pauses", self._idle.due)

    @property
    def pid(self) -> int | None:
        """The child's process id while it runs."""
        return self._child.pid

    @property
    def in_memory(self) -> bool:
        """True while the wanted model is loaded."""
        return self._loader.in_memory is not None

    @property
    def ran_out(self) -> int:
        """How often the system ended the model that was loaded last for want of memory."""
        return self._deaths.out_of_memory(self._loader.content)

    @property
    def pause(self) -> float:
        """Seconds since the last request ended; 0 while one is at work."""
        return self._idle.seconds

    @property
    def speed(self) -> Speed | None:
        """How fast the loaded model reads and writes, measured while it answered; None before that."""
        return self._loader.speeds.both

    def use(
        self,
        file: ModelFile,
        context: int,
        adapters: Sequence[Adapter] = (),
        *,
        thinking: bool = True,
        plan: RunPlan | None = None,
        place: Place | None = None,
        speed: Speed | None = None,
    ) -> None:
        """Use this model from the next request on. context: the window in tokens, at most the model's own.

        place: how many layers lie on which graphics processor, if that can be had; else fewer, else none.
        adapters: LoRA adapters in force beside it. thinking: whether it may think before it answers, where its
        family can be asked. Changing only these two loads no model again. plan: how it runs, as it was measured for
        this machine; None is `default_plan`. speed: how fast it was then, until an answer tells it anew.
        """
        self._loader.thinking = thinking
        self._loader.want(file, context, adapters, plan, place, speed)

    def adapt(self, adapters: Sequence[Adapter]) -> None:
        """Have these adapters in force beside the model from the next request on; the model is not loaded again."""
        self._loader.adapt(adapters)

    def spare(self, share: float) -> None:
        """Have the model use only this share of its threads, from the next request on; 1 is all of them."""
        self._loader.share = share

    def try_again(self) -> None:
        """Load also a model again that was set aside because its process ended too often, and as fast as planned."""
        self._deaths.try_again()
        self._placement.forget()

    def notes(self) -> tuple[str, ...]:
        """What a person should know about how the model runs and was not told yet, in sentences."""
        return self._loader.notes()

    def load(self) -> LoadedModel:
        """Load the wanted model now, if it is not in memory. Raises ModelUnreadable, ModelSetAside, ChildDied."""
        if (loaded := self._loader.look()) is not None:
            return loaded
        with self._asking() as loaded:
            return loaded

    def count(self, messages: Sequence[Message]) -> int:
        """Tokens of the prompt that `messages` make, markup included."""
        return self.counts([messages])[0]

    def counts(self, prompts: Sequence[Sequence[Message]], *, own: bool = True) -> list[int]:
        """Tokens of each of several prompts, in one round trip. Waits for an answer that is being written.

        own: with the family's own instructions, if it has any, where a prompt has none.
        """

        def counted(loaded: LoadedModel) -> list[int]:
            form = self.form(loaded) if own else replace(self.form(loaded), default_system="")
            values = self._asked("counts", {"prompts": [prompt_of(form, messages) for messages in prompts]})
            return integers(values, "counts")

        counts = self._done(counted)
        if len(counts) != len(prompts):
            raise Bug("the engine sent no counts")
        return counts

    def known(self, messages: Sequence[Message]) -> tuple[int, int]:
        """Tokens of the prompt, and how many of them need not be read again; reads nothing.

        While the model is at work nobody waits for it: the tokens are estimated then, and none are known.
        """
        try:
            values = self._done(
                lambda loaded: self._asked("known", {"prompt": prompt_of(self.form(loaded), messages)}), _MOMENT
            )
        except _Busy:
            return sum(len(message.text.encode("utf-8", "replace")) for message in messages) // _BYTES_PER_TOKEN, 0
        tokens, known = integers(values, "tokens"), whole(values, "known")
        saved = self._saved.known(self._loader.adapted, tokens) if self._saved is not None else 0
        return len(tokens), max(known, saved)

    def warm(self, messages: Sequence[Message], stop: Stop | None = None) -> int:
        """Read what a later prompt begins with, before it is asked; returns how many tokens are known then.

        What was read before stays known; where there is no room for both, nothing is read.
        """

        def warmed(loaded: LoadedModel) -> int:
            prompt = prompt_of(self.form(loaded), messages)
            self._fetch(prompt, stop)
            return whole(self._asked("warm", {"prompt": prompt}, _SILENCE_SECONDS, stop), "known")

        return self._done(warmed)

    def stream(self, messages: Sequence[Message], sampling: Sampling, stop: Stop | None = None) -> Iterator[Said]:
        """Read the prompt and write the answer; the last event is `Generated`.

        If the graphics processor fails in the middle, the answer goes on without it, after a `Noted`. If the child
        ends before it has written a word, another is asked, once.

        A thinking model's thought comes as `Thought`, apart from the answer; its tokens count in
        `answer_tokens` and within `max_tokens`.

        Setting `stop` ends it within a moment, while reading too. Raises ChildDied, ContextFull,
        ModelUnreadable. What came before an error was real and can be kept.
        """
        with self._asking() as loaded:
            half = Half(messages, sampling)
            while True:
                try:
                    for said in self._answer(loaded, half, stop):
                        half.add(said)
                        yield said
                    return
                except PrivetError as error:
                    if not self._loader.leaves_device(loaded, error) and (half.begun or not self._repeats(error)):
                        raise
                yield from map(Noted, self.notes())
                loaded = self._ready()

    def _answer(self, loaded: LoadedModel, half: Half, stop: Stop | None) -> Iterator[Said]:
        form = self.form(loaded)
        prompt = prompt_of(form, half.messages)
        values = {**sampling_of(form, half.sampling), "prompt": prompt}
        telling = Telling(form, half.messages)
        try:
            self._fetch(prompt, stop)
            for reply in self._replies("generate", values, stop):
                said = event(reply.values)
                if isinstance(said, Token):
                    half.written(whole(reply.values, "count"))
                    yield from telling.split(said)
                    continue
                if isinstance(said, Generated):
                    yield from telling.rest()
                    self._deaths.answered(self._loader.content)
                    self._loader.speeds.measure(said)
                yield said
        except ChildDied:
            yield from telling.rest()
            raise
        except Refusal as refusal:
            raise fault(refusal, loaded.file) from refusal

    def stream_many(
        self, messages: Sequence[Message], samplings: Sequence[Sampling], stop: Stop | None = None
    ) -> Iterator[Prefilling | AnswerPart]:
        """Read the prompt once and write an answer for each sampling, eight at a time, each step as one batch.

        Each answer's last part is its `Generated`. An answer is as long as the window has room for all of them.
        If the child ends before the first part of any, another is asked, once. Raises as `stream` does.
        """
        return self._until_begun(AnswerPart, lambda loaded: self._answers(loaded, messages, samplings, stop))

    def _answers(
        self, loaded: LoadedModel, messages: Sequence[Message], samplings: Sequence[Sampling], stop: Stop | None
    ) -> Iterator[Prefilling | AnswerPart]:
        form = self.form(loaded)
        prompt = prompt_of(form, messages)
        asked = [sampling_of(form, sampling) for sampling in samplings]
        try:
            self._fetch(prompt, stop)
            for begin in range(0, len(asked), _AT_ONCE):
                values = {"prompt": prompt, "samplings": asked[begin : begin + _AT_ONCE]}
                tellings = [Telling(form, messages) for _ in asked[begin : begin + _AT_ONCE]]
                replies = self._replies("several", values, stop)
                try:
                    yield from several((reply.values for reply in replies), tellings, begin)
                except ChildDied:
                    for number, telling in enumerate(tellings, begin):
                        yield from (AnswerPart(number, piece) for piece in telling.rest())
                    raise
            self._deaths.answered(self._loader.content)
        except Refusal as refusal:
            raise fault(refusal, loaded.file) from refusal

    def score(
        self, messages: Sequence[Message], candidates: Sequence[str], stop: Stop | None = None
    ) -> list[Likelihood]:
        """How likely the model finds each of the candidates as the (beginning of the) answer to a prompt.

        The prompt is read once. Fewer are scored where it was stopped. Raises as `stream` does.
        """

        def likelihoods(loaded: LoadedModel) -> list[Likelihood]:
            prompt = prompt_of(self.form(loaded), messages)
            try:
                self._fetch(prompt, stop)
                replies = self._replies("score", {"prompt": prompt, "candidates": list(candidates)}, stop)
                return [likelihood for reply in replies if (likelihood := scored(reply.values)) is not None]
            except Refusal as refusal:
                raise fault(refusal, loaded.file) from refusal

        return self._done(likelihoods)

    def point(self, asked: Pointing, stop: Stop | None = None) -> Iterator[Pointed]:
        """Decode only along words that stand in given texts. Fewer where it was stopped.

        If the child ends before the first span, another is asked, once. Raises as `stream` does.
        """
        return self._until_begun(Span, lambda loaded: asked.follow(self._child, self.form(loaded), loaded.file, stop))

    def measure(self, stop: Stop | None = None) -> None:
        """Measure what tokens read at once take against single ones; it is in the loaded model's plan from then on.

        Until then an answer is written token by token. Nothing is done where it is known, where no model is in
        memory, or where somebody is at work with it. Gives way to whoever asks for something.
        """
        with self._turns.taken(0) as taken:
            loaded = self._loader.in_memory if taken else None
            if loaded is None or loaded.plan.row_costs:
                return
            with suppress(ChildDied):  # the next request says so
                values = self._asked("measure", {}, _SILENCE_SECONDS, GivingWay(self._turns, stop))
                self._loader.learn(loaded, tuple(numbers(values, "row_costs")))

    def save(self, stop: Stop | None = None) -> None:
        """Save what was read, sealed, to be there after the next start. Gives way to whoever asks for something."""
        self._save(GivingWay(self._turns, stop))

    def forget(self) -> None:
        """Forget everything that was read, on the disk now, and in memory at the latest when the answer that is
        being written has ended.
        """
        self._forgetting = True
        if self._saved is not None:
            self._saved.forget()
        with self._turns.taken(_MOMENT) as taken:
            if taken:
                self._forget_if_wanted()

    def unload(self) -> None:
        """Save what was read, and give the memory back; the next request loads the model again."""
        self.save()
        with self._turns.taken(0) as taken:
            if taken:
                self._loader.unload()

    def close(self) -> None:
        """Save what was read, if that takes no longer than a moment, and end the child."""
        self._alarm.close()
        self._save(GivingWay(self._turns, seconds=_SAVE_AT_CLOSING))
        self._child.close()

    @contextmanager
    def _asking(self, patience: float = -1) -> Iterator[LoadedModel]:
        """The child's turn, with the wanted model and its adapters in its memory. Raises _Busy after `patience`."""
        with self._turns.taken(patience) as taken:
            if not taken:
                raise _Busy
            self._idle.begin()
            self._repeated = False
            try:
                yield self._ready()
            except ChildDied as error:
                self._loader.leaves_device(self._loader.last, error)
                told = self._loader.died(error)
                if told is error:
                    raise
                raise told from error
            finally:
                self._forget_if_wanted()
                self._idle.end()
                self._alarm.ring()

    def _done(self, work: Callable[[LoadedModel], _T], patience: float = -1) -> _T:
        """What `work` makes with the child; made again by another one, once, if that ended."""
        with self._asking(patience) as loaded:
            try:
                return work(loaded)
            except ChildDied as error:
                if not self._repeats(error):
                    raise
            return work(self._ready())

    def _until_begun(self, result: type[object], work: Callable[[LoadedModel], Iterator[_T]]) -> Iterator[_T]:
        """What `work` tells; told from its beginning by another child, once, if that ended before a `result` came."""
        with self._asking() as loaded:
            begun = False
            while True:
                try:
                    for said in work(loaded):
                        begun = begun or isinstance(said, result)
                        yield said
                    return
                except PrivetError as error:
                    leaves = self._loader.leaves_device(loaded, error)
                    if begun or not (leaves or self._repeats(error)):
                        raise
                loaded = self._ready()

    def _ready(self) -> LoadedModel:
        """Load what is wanted and not in memory. The caller has the turn."""
        self._forget_if_wanted()
        try:
            return self._loader.ready()
        except ChildDied as error:
            if not self._repeats(error):
                raise
        return self._loader.ready()

    def _repeats(self, error: PrivetError) -> bool:
        """True, once a request, if the child was ended by something that need not come again.

        Whoever is out of memory, or silent for minutes, would be so again.
        """
        if type(error) is not ChildDied or self._repeated:
            return False
        self._repeated = True
        self._loader.died(error)
        return True

    def _fetch(self, prompt: list[list[object]], stop: Stop | None) -> None:
        """Bring the child what was saved of this prompt."""
        if self._saved is None or not self._saved.any_for(self._loader.adapted):
            return
        values = self._asked("known", {"prompt": prompt})
        tokens, speed = integers(values, "tokens"), self._loader.speeds.read
        self._saved.fetch(self._loader.adapted, tokens, whole(values, "known"), speed, stop)

    def _save(self, stop: Stop) -> None:
        if self._saved is None or self._loader.last is None or self._forgetting:
            return
        try:
            self._saved.save(stop)
        except (ChildDied, Refusal):
            pass  # what could not be had is read again another time

    def _forget_if_wanted(self) -> None:
        if not self._forgetting:
            return
        self._forgetting = False
        try:
            if self._child.alive:
                self._child.call("forget", deadline=_COUNT_SECONDS, start=False)
        except ChildDied:
            pass  # what it knew is gone with it

    def form(self, loaded: LoadedModel) -> ChatFormat:
        """How a model is spoken to, the way it is asked to think now included."""
        return chat_format(loaded.file, self._loader.thinking)

    def _asked(
        self, op: str, arguments: Mapping[str, object], deadline: float = _COUNT_SECONDS, stop: Stop | None = None
    ) -> Mapping[str, object]:
        try:
            return self._child.call(op, arguments, deadline=deadline, stop=stop, start=False).values
        except Refusal as refusal:
            raise Bug(f"the engine refused {op} ({refusal.code})") from refusal

    def _replies(self, op: str, arguments: Mapping[str, object], stop: Stop | None) -> Replies:
        return self._child.stream(op, arguments, deadline=_SILENCE_SECONDS, stop=stop, start=False)
