"""Several answers to one prompt, written at once: a batch of one row each, over the cells of the prompt they share."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from assistant.engine.child import llama
from assistant.engine.child.arguments import texts, whole
from assistant.engine.child.likelihood import MOST, choice
from assistant.engine.child.sampling import sampler
from assistant.engine.child.sequences import LIVE, TEMPORARY
from assistant.engine.child.state import State
from assistant.engine.child.writing import Written
from assistant.workers import Refusal, Request


@dataclass
class _Answer:
    """One of the answers. token: what it chose last, not read yet. place: where that will be read."""

    number: int
    sequence: int
    chosen: llama.Sampler
    written: Written
    limit: int
    alternatives: int
    place: int
    token: int = -1
    seconds: float = 0.0
    over: bool = False


def samplings(request: Request) -> list[Request]:
    """A request for each answer. Raises Refusal where there is none, or more than can be written at once."""
    given = request.arguments.get("samplings")
    if not isinstance(given, list) or not 0 < len(given) <= len(TEMPORARY):
        raise Refusal("bad-request", "samplings")
    return [replace(request, arguments=fields) for fields in given if isinstance(fields, dict)]


def write_together(
    state: State, context: llama.Context, requests: Sequence[Request], prompt_length: int
) -> Iterator[Mapping[str, object]]:
    """Write all answers; each event carries its answer's number. The live sequence, the prompt, stays as it is.

    Yields "text" events, and for each answer one with its reason, tokens and seconds. An answer is what its sampler
    would have chosen alone, up to the rounding of a batch of another size.
    """
    began = time.monotonic()
    share = (context.size - prompt_length) // len(requests)
    answers: list[_Answer] = []
    try:
        for number, one in enumerate(requests):
            limit = min(whole(one, "max_tokens"), share)
            chosen, written = sampler(context, one), Written(texts(one, "stop"))
            alternatives = min(whole(one, "logprobs"), MOST)
            answer = _Answer(number, TEMPORARY[number], chosen, written, limit, alternatives, prompt_length)
            answers.append(answer)
        state.parked.make_room(context, min(context.size, prompt_length + sum(answer.limit for answer in answers)))
        for answer in answers:
            context.copy_sequence(LIVE, answer.sequence)
            yield from _chosen(context, answer, -1, began)
        while going := [answer for answer in answers if not answer.over]:
            if requests[0].cancelled.is_set():
                break
            context.decode_rows([(answer.token, answer.place, answer.sequence) for answer in going])
            for row, answer in enumerate(going):
                answer.place += 1
                yield from _chosen(context, answer, row, began)
    except llama.Aborted:
        pass
    finally:
        for answer in answers:
            answer.chosen.close()
            context.forget_from(0, answer.sequence)
    for answer in answers:
        if not answer.over:
            answer.written.reason = "stopped"
            yield from _ended(answer, began)


def _chosen(context: llama.Context, answer: _Answer, row: int, began: float) -> Iterator[Mapping[str, object]]:
    """Choose an answer's next token, and tell what it says."""
    written = answer.written
    if answer.limit < 1:
        yield from _ended(answer, began)
        return
    answer.token = answer.chosen.next(row)
    if context.ends(answer.token):
        written.reason = "complete"
        yield from _ended(answer, began)
        return
    written.tokens += 1
    if answer.alternatives:
        written.choices.append(choice(context, answer.token, row, answer.alternatives))
    for event in written.tell(written.add(context.piece(answer.token))):
        yield event | {"answer": answer.number}
    if written.reason == "complete" or written.tokens >= answer.limit:
        yield from _ended(answer, began)


def _ended(answer: _Answer, began: float) -> Iterator[Mapping[str, object]]:
    answer.over = True
    answer.seconds = time.monotonic() - began
    for event in answer.written.rest():
        yield event | {"answer": answer.number}
    yield {
        "event": "end",
        "answer": answer.number,
        "reason": answer.written.reason,
        "answer_tokens": answer.written.tokens,
        "write_seconds": answer.seconds,
    }
