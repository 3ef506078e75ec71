"""What the engine's child answers, as values and errors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from assistant.engine.telling import Telling
from assistant.errors import BadInput, Bug, EnvironmentFault, ModelUnreadable, PrivetError
from assistant.values import AnswerPart, Choice, FinishReason, Generated, Likelihood, ModelFile, Prefilling, Token
from assistant.workers import Refusal


class ContextFull(EnvironmentFault):
    """A prompt that is longer than the context window."""


class OutOfRoom(ModelUnreadable):
    """There is not enough memory for a model, or for going on with it."""


def event(values: Mapping[str, object]) -> Prefilling | Token | Generated:
    """What a part of an answer says."""
    match values.get("event"):
        case "text":
            return Token(str(values["text"]), _choices(values.get("tokens")))
        case "reading":
            left = values.get("left")
            return Prefilling(
                whole(values, "done"),
                whole(values, "total"),
                whole(values, "cached"),
                float(left) if isinstance(left, int | float) else None,
            )
        case "end":
            return Generated(
                FinishReason(str(values["reason"])),
                whole(values, "prompt_tokens"),
                whole(values, "cached_tokens"),
                whole(values, "answer_tokens"),
                number(values, "read_seconds"),
                number(values, "write_seconds"),
            )
        case other:
            raise Bug(f"the engine sent an event that nobody knows ({other})")


def several(
    replies: Iterable[Mapping[str, object]], tellings: Sequence[Telling], begin: int
) -> Iterator[Prefilling | AnswerPart]:
    """What the parts of several answers say; `begin`: the number of the first of them."""
    for values in replies:
        said = event(values)
        if isinstance(said, Prefilling):
            yield said
            continue
        answer = whole(values, "answer")
        telling = tellings[answer]
        for piece in telling.split(said) if isinstance(said, Token) else telling.rest():
            yield AnswerPart(begin + answer, piece)
        if isinstance(said, Generated):
            yield AnswerPart(begin + answer, said)


def scored(values: Mapping[str, object]) -> Likelihood | None:
    """How likely one candidate is; None for a part that tells something else."""
    return Likelihood(tuple(numbers(values, "logprobs"))) if "logprobs" in values else None


def _choices(given: object) -> tuple[Choice, ...]:
    if not isinstance(given, list):
        return ()
    return tuple(
        Choice(str(text), float(logprob), tuple((str(other), float(value)) for other, value in alternatives))
        for text, logprob, alternatives in given
    )


def fault(refusal: Refusal, file: ModelFile) -> PrivetError:
    """The error a person sees for a refusal of the child."""
    match refusal.code:
        case "model-unreadable":
            return ModelUnreadable(
                f"The model file {file.path.name} could not be loaded.",
                "It may be damaged or of a kind that Privet does not know; choose another one.",
            )
        case "adapter-unreadable":
            return ModelUnreadable(
                f"An adapter could not be loaded beside the model {file.name}.",
                "It may be damaged or made for another model; choose another one, or none.",
            )
        case "no-memory" | "out-of-memory":
            return OutOfRoom(
                f"There is not enough memory for the model {file.name}.",
                "Close other programs, or choose a smaller model or a smaller context.",
            )
        case "context-full":
            return ContextFull(
                "This is longer than the model can read at once.",
                "Shorten it, or add it as a document and ask about that.",
            )
        case "grammar":
            return BadInput(
                "The grammar that the answer is to follow can't be used.",
                "It has to be GBNF of at most 64 KB, with a rule called root and none that begins with itself.",
            )
        case code:
            return Bug(f"the language model refused a request ({code}: {refusal.detail})")


def whole(values: Mapping[str, object], name: str) -> int:
    """A whole number. Raises Bug where it is none."""
    value = values.get(name)
    if not isinstance(value, int):
        raise Bug(f"the engine sent no number {name}")
    return value


def number(values: Mapping[str, object], name: str) -> float:
    """A number. Raises Bug where it is none."""
    value = values.get(name)
    if not isinstance(value, int | float):
        raise Bug(f"the engine sent no number {name}")
    return float(value)


def integers(values: Mapping[str, object], name: str) -> list[int]:
    """A list of whole numbers. Raises Bug where it is none."""
    value = values.get(name)
    if not isinstance(value, list) or not all(isinstance(item, int) for item in value):
        raise Bug(f"the engine sent no numbers {name}")
    return value


def numbers(values: Mapping[str, object], name: str) -> list[float]:
    """A list of numbers. Raises Bug where it is none."""
    value = values.get(name)
    if not isinstance(value, list) or not all(isinstance(item, int | float) for item in value):
        raise Bug(f"the engine sent no numbers {name}")
    return [float(item) for item in value]
