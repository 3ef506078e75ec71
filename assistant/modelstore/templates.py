"""A chat template that no family of ours has: tried out in a child of its own, and then never run again."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from typing import Final

from assistant.errors import ChildDied
from assistant.modelstore import canaries
from assistant.modelstore.learning import BEGIN, NotLearned, learn
from assistant.privacy import Confinement
from assistant.values import ChatFormat
from assistant.workers import Child, ChildSpec, Limits, Refusal

MAX_TEMPLATE: Final = 64 << 10
"""Characters; the longest of known models has a third of that."""
_SECONDS: Final = 8.0
_THOUGHT: Final = ("<think>", "</think>")
_SPEC: Final = ChildSpec(
    name="The reader of chat formats",
    module="assistant.modelstore.worker",
    limits=Limits(address_space=512 << 20, cpu_seconds=3, file_size=0, open_files=32),
    start_seconds=10.0,
    largest_frame=32 << 20,
    queued_frames=2,
    confinement=Confinement(reads=()),
)


def learn_format(template: str, end: str) -> ChatFormat:
    """The chat format of a template that no family has, as data. Raises NotLearned.

    end: the text of the token that ends an answer. The template runs in a child that can open nothing, within 3 s
    of processor time and 512 MB, on made-up conversations alone; it must pass them on faithfully and add nothing
    but short marks.
    """
    tried = _tried(template, end)
    if isinstance(tried, NotLearned):
        raise tried
    return tried


@lru_cache(maxsize=64)
def _tried(template: str, end: str) -> ChatFormat | NotLearned:
    try:
        return _learned(template, end)
    except NotLearned as refused:
        return refused


def _learned(template: str, end: str) -> ChatFormat:
    if len(template) > MAX_TEMPLATE:
        raise NotLearned("too-large", "it is far larger than such a thing needs to be")
    plain, loaded = list(canaries.plain()), list(canaries.loaded())
    conversations = [*plain, *loaded, *plain]
    texts = _rendered(template, end, conversations)
    made = list(zip(conversations, texts, strict=True))
    again = made[len(plain) + len(loaded) :]
    if made[: len(plain)] != again:
        raise NotLearned("changing", "it marks who speaks now one way, now another")
    form = learn(made[: len(plain)], made[len(plain) : len(plain) + len(loaded)])
    thinks = all(mark in template for mark in _THOUGHT)
    return replace(form, thought=_THOUGHT, marks=tuple(dict.fromkeys((*form.marks, *_THOUGHT)))) if thinks else form


def _rendered(template: str, end: str, conversations: list[canaries.Conversation]) -> list[str | None]:
    arguments = {"template": template, "begin": BEGIN, "end": end, "conversations": conversations}
    child = Child(_SPEC)
    try:
        texts = child.call("render", arguments, deadline=_SECONDS).values.get("texts")
    except (ChildDied, Refusal) as error:
        raise NotLearned("hostile", "it could not be tried out") from error
    finally:
        child.close()
    if not isinstance(texts, list) or len(texts) != len(conversations):
        raise NotLearned("hostile", "it could not be tried out")
    if not all(text is None or isinstance(text, str) for text in texts):
        raise NotLearned("hostile", "it could not be tried out")
    return texts
