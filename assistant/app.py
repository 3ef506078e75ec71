"""The composition root: opens the rooms in order and hands each what it stands on."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Final

from assistant.answering import Answering
from assistant.audit import AuditLog, record_of
from assistant.conversations import Conversations, Notes, Pins, Reports, SentPrompts
from assistant.documents import Documents, Renewing, Viewing, reads_less
from assistant.embedding import Embedder, Precision, ReaderFiles, look_at
from assistant.engine import Deaths, Engine, Placement, StateCache
from assistant.errors import PrivetError, Stopped
from assistant.logs import log_to
from assistant.models import Adapters, ChosenModel, Collection, Improving, Ordering, Plans, Wishes
from assistant.modelstore import Fitting, ModelStore, battery, multiplies_bytes, read_rules, standard_place
from assistant.policy import Policy, read_policy
from assistant.retrieval import Renewal, Retrieval
from assistant.rights import Keeping, Taking, export_everything, let_lapse
from assistant.settings import Folders, Settings, options
from assistant.values import Answered, Exported, Likelihood, MeasuredPlan, Message, Prepared, Rebuilding, Stop
from assistant.vault import BY_RECOVERY, Unlock, Vault
from assistant.workspaces import Workspaces

_log = logging.getLogger("privet.app")

_LOGGED: Final = (
    options.TEMPERATURE,
    options.REPEAT_PENALTY,
    options.RELEVANCE_THRESHOLD,
)


_BY_RECOVERY: Final = (
    "Your recovery key opened your data. Make another way in that works each time: choose a passphrase or the keychain "
    "in Your data, or with privet vault ways."
)
_PAUSE: Final = 20.0
"""Seconds without a request after which nobody seems to need the machine."""
_ASK_AGAIN: Final = 2.0


class Privet:
    """Every room of one open Privet. Made by `open`; to be closed."""

    def __init__(self, folders: Folders, vault: Vault, policy: Policy | None = None) -> None:
        self.folders = folders
        self.vault = vault
        self.policy = policy or Policy()
        logged = {} if self.policy.audit is None else {options.AUDIT_LOG.key: self.policy.audit}
        self.settings = Settings(folders, {**self.policy.options, **logged}, vault)
        self.notices: tuple[str, ...] = ()
        self.models = model_store(folders, self.policy)
        self.fitting = Fitting(folders, self.models)
        self.conversations = Conversations(vault, self._forget_states)
        self.audit = AuditLog(vault)
        self.workspaces = Workspaces(vault)
        # In 8 bits where the processor is good at that: twice as fast, and as much is found (tests/bench/embedding.py).
        precision: Precision = "int8" if multiplies_bytes() else "fp32"
        own = folders.embedded_models / "reader.safetensors"
        reader = ReaderFiles(self.models.embedded_embedder(), own) if own.is_file() else None
        self._embedder_of = partial(Embedder, precision=precision, reader=reader)
        in_memory, index = self.settings.get(options.INDEX_IN_MEMORY), folders.data / "index"
        self._renewing = Renewing(
            Renewal(vault, index, in_memory=in_memory),
            self._embedder_of,
            self.models.embedded_embedder(),
            self._wanted_embedder,
        )
        self._searcher = self._renewing.at_start()
        self.embedder = self._embedder_of(self._searcher.folder)
        self.retrieval = Retrieval(vault, index, self.embedder.name, in_memory=in_memory)
        self.engine = Engine(
            threads=self.settings.get(options.THREADS),
            cache=StateCache(folders.cache / "states", vault, self.settings.get(options.STATE_CACHE_MEGABYTES) << 20),
            deaths=Deaths(deaths_file(folders)),
            folders=(folders.models,),
            placement=Placement(folders.cache / "placement.json"),
            unload_minutes=self.settings.get(options.UNLOAD_MINUTES),
        )
        # Counting is quick, and must not wait for the batches that are being embedded: a child of its own.
        self._counter = Embedder(self.models.embedded_embedder(), threads=1)
        self.documents = Documents(
            vault, self.embedder, self._counter.count_tokens, self.retrieval, self.conversations, self._spares_battery
        )
        self.viewing = Viewing(self.retrieval)
        self._asked, self._needed = 0.0, False
        self.plans = model_plans(folders, self.fitting)
        self._wishes = Wishes(self.settings)
        self.model = ChosenModel(self.settings, self.models, self.fitting, self.engine, self.plans, wishes=self._wishes)
        about = (self._plan_of, self._answers_now, self.about_embedder)
        self.collection = Collection(self.models, self.fitting, self.settings, *about, self._wishes)
        self.adapters = Adapters(self.settings, self.models, lambda: self.model.file().path)
        self.ordering = Ordering(self.settings, self.models, score=self._likelihood)
        self.answering = Answering(
            self.conversations,
            Pins(vault),
            self.engine,
            self.model.load,
            self._embed_texts,
            self.embedder.near,
            self.retrieval,
            self.settings,
            self._log_answer,
            lambda: (*self.model.notes(), *self.ordering.notes()),
            self.model.put_beside,
            Notes(vault),
            self.workspaces,
            SentPrompts(vault),
            self.ordering,
            self.embedder.read,
        )
        self.reports = Reports(vault)
        self.keeping = Keeping(
            vault,
            self.conversations,
            self.documents.list,
            self.settings,
            self.documents.trashed_collections,
            self.reports.list,
        )
        self.taking = Taking(self.conversations)

    @classmethod
    def open(cls, folders: Folders, unlock: Unlock) -> Privet:
        """Open the vault and put the rooms together; starts no child yet.

        Raises VaultFault where the vault can't be opened; nothing was changed then.
        """
        log_to(folders.logs)
        privet = cls(folders, Vault.open(folders.data, unlock), read_policy())
        privet.notices = privet.follow_policy()
        interrupted = privet.conversations.recover()
        privet.let_lapse()
        _log.info("opened, %d interrupted answers", interrupted)
        return privet

    def prepare(self, stop: Stop) -> Iterator[Prepared]:
        """Make everything warm before it is needed: the model, the embedder, the index.

        Nothing here is needed for a question to work; it only makes the first one quick. What can't be
        made ready is said in `sentence`, and does not keep the rest from getting ready.
        """
        yield Prepared("model", False, "The language model is being loaded.")
        prepared = self._prepared("model", lambda: self._model_ready(stop))
        yield Prepared("model", True, self._notes()) if prepared.ready else prepared
        if stop.requested:
            return
        yield Prepared("documents", False, "The search for documents is getting ready.")
        yield self._prepared("documents", self.embedder.warm)
        try:
            for step in self.retrieval.ensure(stop):
                yield Prepared("documents", False, _rebuilding(step))
            yield Prepared("documents", True, "")
        except PrivetError as error:
            yield Prepared("documents", False, f"{error.what} {error.do}")

    def improve(self, stop: Stop) -> Iterator[Prepared]:
        """In pauses, once: find out how the model that answers runs fastest here; used from the next load on.

        Layouts are made of the model that comes with Privet alone; a person has them made of others. Raises nothing
        that a person has to know; ends within a moment of `stop`.
        """
        yield from self._renewed(stop)
        if self.settings.get(options.TUNE_ALONE) and not self._spares_battery():
            own = not self.settings.get(options.CHAT_MODEL)
            improving = Improving(self.models, self.fitting, self.plans, self._is_needed)
            try:
                path = Path(self.settings.get(options.CHAT_MODEL)) if not own else self.models.embedded_chat()
                yield from improving.run(path, stop, layouts=own)
            except PrivetError as error:
                _log.info("not improved: %s", type(error).__name__)

    def renew(self, stop: Stop, rest: Callable[[], bool] = lambda: False) -> Iterator[Rebuilding]:
        """Learn what is kept with another embedding model where one is wanted; it searches from the next start.

        Goes on where it was stopped. rest: nothing is done while it is true. Raises ModelMissing, ModelUnreadable,
        ChildDied, Stopped.
        """
        if self._renewing.due(self._searcher.folder):
            self.models.hold_embedder(self._wanted_embedder())
        yield from self._renewing.run(self._searcher.folder, stop, rest)

    def about_embedder(self, path: Path) -> str:
        """What an embedding model does in this Privet, in a sentence; "" where it does nothing."""
        is_wanted = path == self._wanted_embedder()
        if path == self._searcher.folder:
            until = "" if is_wanted else ", until the other one has learned them"
            return f"It searches your documents by meaning{until}."
        if not is_wanted:
            return ""
        done, total = self._renewing.left()
        sentence = f"It has learned {done:,} of {total:,} passages, and searches from the start after it has all."
        less = reads_less(self._embedder_of(path), self.retrieval.passage_lengths()[1])
        return f"{sentence} {less}".rstrip()

    def follow_policy(self) -> tuple[str, ...]:
        """Do what the policy says about the vault; returns the sentences that the person must read."""
        said = [*self.policy.warnings, self._searcher.said]
        if self.policy.obeyed:
            organisation = self.policy.organisation
            name, key = (organisation.name, organisation.public_key) if organisation else ("", None)
            said.append(self.vault.ways.follow_policy(name, key))
        if self.vault.way == BY_RECOVERY:
            said.append(_BY_RECOVERY)
        return tuple(filter(None, said))

    def let_lapse(self) -> int:
        """Delete for good what has been in the trash, or kept, for as long as the settings say; returns how many."""
        return let_lapse(
            self.conversations,
            self.settings,
            self.vault.remember,
            self.vault.recall,
            collections=self.documents.let_lapse,
        )

    def export_everything(self, folder: Path, stop: Stop) -> Iterator[Exported]:
        """Write all that a person has in Privet into `folder`, readable by anybody. Raises as the way does."""
        return export_everything(
            folder, self.conversations, self.documents.list(), self.settings, stop, self.reports.list()
        )

    def close(self) -> str:
        """End the children, make a backup and close the vault; what was acknowledged is on the disk already.

        Returns a sentence where no backup could be made, else "".
        """
        self.documents.close()
        self.viewing.close()
        self.engine.close()
        self.embedder.close()
        self.ordering.close()
        self._counter.close()
        self.retrieval.close()
        try:
            return self._back_up()
        finally:
            self.vault.close()

    def _renewed(self, stop: Stop) -> Iterator[Prepared]:
        """As `renew`, in pauses; a fault is said, and keeps nothing from working as before."""
        if not self._renewing.due(self._searcher.folder):
            return
        try:
            for step in self.renew(stop, self._is_needed):
                words = f"Your documents are learned with another model: {step.done:,} of {step.total:,} passages."
                yield Prepared("embedder", False, words)
            yield Prepared("embedder", not stop.requested, "From the next start on the other model searches.")
        except Stopped:
            return
        except PrivetError as error:
            yield Prepared("embedder", False, f"{error.what} {error.do}")

    def _wanted_embedder(self) -> Path:
        wanted = self.settings.get(options.EMBEDDING_MODEL)
        return Path(wanted) if wanted else self.models.embedded_embedder()

    def _is_needed(self) -> bool:
        """Whether the machine is needed for what a person wants: an answer, or documents that are being read."""
        if self.engine.pause < _PAUSE:
            return True
        now = time.monotonic()
        if now - self._asked > _ASK_AGAIN:  # the vault and the battery are not asked a hundred times a second
            status = self.documents.status()
            self._needed = bool(status.files or status.passages) or self._spares_battery()
            self._asked = now
        return self._needed

    def _plan_of(self, path: Path) -> MeasuredPlan | None:
        """How a model runs best here, as far as that was measured."""
        return self.plans.read(path, self.fitting.here())

    def _answers_now(self) -> bool:
        """Whether an answer is being written: what a person had begun for themselves waits for nothing else."""
        return self.engine.pause <= 0

    def _back_up(self) -> str:
        if self.vault.closed:
            return ""
        try:
            made = self.vault.back_up_if_changed(self.settings.get(options.BACKUPS_KEPT))
            _log.info("backup at closing: %s", "made" if made else "nothing to do")
        except PrivetError as error:
            _log.warning("backup at closing: %s", type(error).__name__)
            return f"No backup was made: {error.what[:1].lower()}{error.what[1:]} {error.do}"
        return ""

    def _log_answer(self, answered: Answered) -> None:
        if not self.settings.get(options.AUDIT_LOG):
            return
        info = self.conversations.conversation_of(answered.turn)
        asked = next((turn.text for turn in reversed(self.conversations.until(answered.turn)[:-1])), "")
        file = self.engine.load().file
        self.audit.add(
            record_of(
                answered,
                conversation=info,
                question=asked,
                model=file.name,
                sha256=self.models.checksum(file.path),
                settings={option.key: self.settings.get(option) for option in _LOGGED},
                content=self.policy.audit_content,
            )
        )

    def _spares_battery(self) -> bool:
        """True while documents are to wait for the mains."""
        if not self.settings.get(options.PAUSE_ON_BATTERY):
            return False
        seen = battery()
        return seen is not None and not seen.plugged

    def _embed_texts(self, texts: Sequence[str]) -> list[bytes]:
        vectors = self.embedder.embed(texts)
        return [vectors.row(place) for place in range(vectors.count)]

    def _likelihood(self, messages: Sequence[Message], candidates: Sequence[str]) -> Sequence[Likelihood]:
        """As `Engine.score`, by the model that answers."""
        self.model.load()
        return self.engine.score(messages, candidates)

    def _model_ready(self, stop: Stop) -> None:
        self.model.load()
        self.answering.warm(None, stop)

    def _notes(self) -> str:
        """What a person should know about the model that answers, "" where there is nothing."""
        return " ".join((*self.engine.load().file.notes, *self.model.notes()))

    def _forget_states(self) -> None:
        """Have the engine forget what it read: words that are removed are in its saved states too."""
        self.engine.forget()

    def _prepared(self, what: str, work: Callable[[], object]) -> Prepared:
        try:
            work()
        except PrivetError as error:
            return Prepared(what, False, f"{error.what} {error.do}")
        return Prepared(what, True, "")


def deaths_file(folders: Folders) -> Path:
    """Where it is kept how often in a row a model's process ended; needs no open vault."""
    return folders.cache / "deaths.json"


def model_plans(folders: Folders, fitting: Fitting) -> Plans:
    """How models run best on this machine, as far as that was measured; needs no open vault."""
    return Plans(folders.cache / "plans.json", fitting)


def model_store(folders: Folders, policy: Policy | None = None) -> ModelStore:
    """The models, with what the embedding knows of its own kind; needs no open vault. policy: None to read it."""
    rules = read_rules(standard_place())
    decided = policy or read_policy()
    if decided.model_folder is not None:
        rules = replace(rules, folder=decided.model_folder)
    allowed = decided.allowed_models
    if allowed is not None:
        rules = replace(rules, allowed=allowed if rules.allowed is None else allowed & rules.allowed)
    return ModelStore(folders, lambda folder: look_at(folder).name, rules)


def _rebuilding(step: Rebuilding) -> str:
    return f"The index of your documents is being built again: {step.done:,} of {step.total:,} passages."
