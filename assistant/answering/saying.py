"""Whether a sentence of a passage says what a claim says: all of it, in its order, with its figures, names and limits.

Words alone don't tell: "Hera was the king" shares all of them with "Zeus, the king, was married to Hera". So words that
follow each other in a claim must do so in the passage too, figures stand beside what they count, a superlative right
before what it names; only a passive, a genitive and what opens a sentence ("In 1953, ...") may turn the order around.
Small words are those of the passage's language; of how words may change places, English alone is known well, and in
other languages less is taken for supported. Scripts without spaces are compared letter by letter.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final

from assistant.answering.figures import Figure, figures, says
from assistant.answering.small_words import DENSE, SmallWords, small_words
from assistant.retrieval import terms

Alike = Callable[[str, Sequence[str]], Sequence[float]]
"""The cosines of a text with each of several others; raises nothing, gives nothing where meaning can't be told."""

_TOKEN: Final = re.compile(rf"[^\W_{DENSE}]+|[{DENSE}]")
_ARTICLES: Final = frozenset("the der die das dem den einem einer le la les el los las il lo gli o os as het".split())
_DENSE: Final = re.compile(f"[{DENSE}]")
_GAP: Final = 4
"""Words that may stand in the passage between two that follow each other in the claim."""
_TURN: Final = 5
"""How far back, where a passive turns the order around."""
_BESIDE_FIGURE: Final = 3
_YEARS: Final = range(1000, 2101)
_SAME_WORD: Final = 0.87
"""Cosine from which two words mean the same, of all-MiniLM-L6-v2: "biggest" and "largest" are .92 alike, "bought" and
"purchased" .89; but "buyer" and "seller" .82, "husband" and "wife" .84, "Monday" and "Tuesday" .86."""
_MOST_PLACES: Final = 16
"""Of one word in a sentence: more are no sentence, and would take long."""
_SUBJECT: Final = 3
"""Words of a sentence among which its subject stands."""
_FRONTED: Final = re.compile(
    r"^\W*(?:in|on|at|during|by|since|until|for|from|after|before|within|im|am|en|le|el)\b[^,]{2,60},", re.IGNORECASE
)
_IRREGULAR: Final = {
    form: forms.split()[0]
    for forms in (
        "lead led", "write wrote written", "win won", "hold held", "begin began begun", "become became", "buy bought",
        "bring brought", "build built", "choose chose chosen", "come came", "draw drew drawn", "drive drove driven",
        "fall fell fallen", "fight fought", "fly flew flown", "forbid forbade forbidden", "give gave given",
        "grow grew grown", "keep kept", "know knew known", "leave left", "lose lost", "make made", "meet met",
        "pay paid", "rise rose risen", "run ran", "see saw seen", "seek sought", "sell sold", "send sent",
        "show showed shown", "speak spoke spoken", "spend spent", "stand stood", "steal stole stolen", "strike struck",
        "take took taken", "teach taught", "tell told", "think thought", "wear wore worn", "beat beaten", "die died",
        "break broke broken", "catch caught", "eat ate eaten", "feel felt", "find found", "get got", "hear heard",
        "lie lay lain", "lend lent", "mean meant", "say said", "shoot shot", "sing sang sung", "sink sank sunk",
        "swear swore sworn", "throw threw thrown", "understand understood", "withdraw withdrew withdrawn", "go went",
    )
    for form in forms.split()[1:]
}  # fmt: skip
_LINKS: Final = re.compile(
    r"^[\s,(]*(?:(?:is|was|are|were|be|been|has|have|as|the|a|an|who|which|that|acknowledged|regarded|known|called|named"
    r"|titled)\b[\s,“\"]*)*$",
    re.IGNORECASE,
)
"""What may stand between two names of one thing."""
_EXCEPT: Final = re.compile(
    r"\b(?:with the exception of|except(?: for)?|excluding|other than|apart from|rather than|instead of|unlike)\b"
    r"[^,;.]*",
    re.IGNORECASE,
)
_OWNS: Final = re.compile(r"(?:['’]s|s['’])\s")
_OWNED: Final = 3
_SUPERLATIVE: Final = re.compile(r"^(?:\w{3,}est|most|least|first|last|only|best|worst|sole)$", re.IGNORECASE)
_RESPECTIVELY: Final = re.compile(r"\brespectively\b", re.IGNORECASE)
_ASIDE: Final = re.compile(r",\s+(?:near|in|at|of|from|the|an?|also|now|including|with)\b[^,;.]*,\s*(?:\w+\s+){0,3}")
_PRONOUN: Final = re.compile(r"\W*(?:he|she|it|they|this|these)\b", re.IGNORECASE)
_ONE_OF: Final = re.compile(r"\b(?:one|some|among|part|eines|eine|einer|un|une|uno|una)\b(?:\s+of)?", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Token:
    """A word that carries meaning, or a figure. at: among those of its text. by: "by" stands right before it.

    of: "of" does. excepted: it stands in what the sentence leaves out. named: it is written as a name. dense: it is one
    letter of a script without spaces.
    """

    at: int
    start: int
    term: str
    text: str
    figure: Figure | None = None
    by: bool = False
    of: bool = False
    excepted: bool = False
    named: bool = False
    dense: bool = False


class Spoken:
    """A text as claims are held against it, or as a claim."""

    def __init__(self, text: str, language: str, second: int = 0) -> None:
        """language: a stemmer's name, the same for both.

        second: where a second sentence begins that speaks of what the first does; 0 for none.
        """
        self.text = text
        self.figures = figures(text, language)
        self.language = language
        self.small = small_words(language)
        self._names = language != "german"  # there every noun looks like a name
        self.tokens = list(self._cut())
        self.terms: dict[str, list[_Token]] = {}
        for token in self.tokens:
            self.terms.setdefault(token.term, []).append(token)
        self.second = next((token.at for token in self.tokens if second and token.start >= second), 0)
        fronted = _FRONTED.match(text)
        self.fronted = fronted.end() if fronted else 0

    def share(self, there: Spoken) -> float:
        """The share of this text's words and figures that another has."""
        held = sum(
            token.term in there.terms if token.figure is None else says(there.figures, token.figure)
            for token in self.tokens
        )
        return held / len(self.tokens)

    def _cut(self) -> Iterator[_Token]:
        inside = {at: figure for figure in self.figures if not figure.loose for at in range(figure.start, figure.end)}
        excepted = [match.span() for match in _EXCEPT.finditer(self.text)]
        told: set[int] = set()
        at, before = 0, ""
        for found in _TOKEN.finditer(self.text):
            word, start = found.group(), found.start()
            figure = inside.get(start)
            small = word.casefold()
            if figure is not None:
                if figure.start not in told:
                    told.add(figure.start)
                    yield _Token(at, figure.start, f"\0{figure.start}", figure.text, figure, by=before in self.small.by)
                    at += 1
            elif _DENSE.match(word):
                if word not in self.small.empty:
                    yield _Token(at, start, word, word, dense=True)
                    at += 1
            elif small not in self.small.empty and len(word) > 1:
                out = any(first <= start < last for first, last in excepted)
                named = self._names and _named(self.text, start)
                for term in terms(_IRREGULAR.get(small, word), stemmed(self.language)):
                    by, of = before in self.small.by, before in self.small.of
                    yield _Token(at, start, term, word, None, by, of, out, named)
                    at += 1
            if small not in _ARTICLES:
                before = small


def _named(text: str, start: int) -> bool:
    """Whether the word at `start` is written as a name."""
    return text[start].isupper() and start > 0 and not re.search(r"[.!?:\"“]\s*$", text[:start])


def holds(claim: Spoken, there: Spoken, alike: Alike | None = None) -> tuple[int, int] | None:
    """Where `there` says what the claim does, from where to where; None where it does not. alike: as of `Alignment`."""
    placed = _held(claim, there, alike)
    if not placed:
        return None
    return min(other.start for _, other in placed), max(other.start + len(other.text) for _, other in placed)


def _held(claim: Spoken, there: Spoken, alike: Alike | None) -> list[tuple[_Token, _Token]]:
    """The places of a claim's words in `there`, none where it does not say the same."""
    if len(claim.tokens) < 2 or not all(says(there.figures, one) for one in claim.figures if not one.loose):
        return []
    light = _light(claim.language)
    absent = [one for one in claim.tokens if one.figure is None and not {one.term} & (light | there.terms.keys())]
    if any(one.figure is None and one.term not in there.terms for one in claim.tokens) and all(
        one.named or one.term in light for one in claim.tokens
    ):
        return []  # "The passage from New York is:"
    placed = _placed(claim, there)
    if absent and not (len(absent) == 1 and alike is not None and _in_other_words(absent[0], there, placed, alike)):
        return []
    figures_placed = sum(token.figure is not None for token, _ in placed)
    if figures_placed < sum(token.figure is not None for token in claim.tokens):
        return []  # a day and its year that stand apart
    if figures_placed == len(placed) or len(placed) < 2:
        return []
    same = (
        _ordered(claim, there, placed)
        and _in_pieces(placed)
        and _beside(claim, there, placed)
        and _limits(claim, there, placed)
        and _quantities(claim, there, placed)
        and _who(claim, there, placed)
        and not (any(other.excepted for _, other in placed) and not _EXCEPT.search(claim.text))
    )
    return placed if same else []


def _in_other_words(token: _Token, there: Spoken, placed: Sequence[tuple[_Token, _Token]], alike: Alike) -> bool:
    """Whether the passage has another word for one of a claim's, between the words around it."""
    before = [other.at for one, other in placed if one.at < token.at][-1:]
    after = [other.at for one, other in placed if one.at > token.at][:1]
    first, last = min((*before, *after), default=0), max((*before, *after), default=0)
    if token.named or last - first > _GAP:
        return False
    there_too = [one.text for one in there.tokens[max(0, first - 1) : last + 2] if one.figure is None]
    return max(alike(token.text, there_too), default=0.0) >= _SAME_WORD if there_too else False


def _placed(claim: Spoken, there: Spoken) -> list[tuple[_Token, _Token]]:
    """Each of a claim's tokens that the passage has, with the place of it that keeps the order best."""
    options = []
    for token in claim.tokens:
        found = _places(token, there)[:_MOST_PLACES]
        if found:
            options.append((token, found))
    if not options:
        return []
    costs: list[list[float]] = [[0.0] * len(options[0][1])]
    back: list[list[int]] = [[0] * len(options[0][1])]
    for (_, before), (_, now) in pairwise(options):
        line, came = [], []
        for other in now:
            steps = [cost + _step(one, other) for one, cost in zip(before, costs[-1], strict=True)]
            best = min(range(len(steps)), key=steps.__getitem__)
            line.append(steps[best])
            came.append(best)
        costs.append(line)
        back.append(came)
    at = min(range(len(costs[-1])), key=costs[-1].__getitem__)
    chosen: list[tuple[_Token, _Token]] = []
    for (token, found), came in zip(reversed(options), reversed(back), strict=True):
        chosen.append((token, found[at]))
        at = came[at]
    return chosen[::-1]


def _places(token: _Token, there: Spoken) -> list[_Token]:
    if token.figure is None:
        return there.terms.get(token.term, [])
    return [other for other in there.tokens if other.figure is not None and says([other.figure], token.figure)]


def _step(one: _Token, other: _Token) -> float:
    """What it costs the order to go from one word of the passage to another."""
    if one.figure is not None or other.figure is not None:
        return min(abs(other.at - one.at), 8) / 4
    away = other.at - one.at
    return float(away - 1) if away > 0 else 3.0 - 1.5 * away


def _ordered(claim: Spoken, there: Spoken, placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether words that follow each other in the claim do so in the passage, or are turned around as grammar does."""
    words = [pair for pair in placed if pair[0].figure is None]
    turned, acted = False, any(token.by for token in claim.tokens)
    copula = next((one.start() for one in _TOKEN.finditer(claim.text) if _is(one.group(), claim.small)), 0)
    for (one, here), (other, next_) in pairwise(words):
        away = next_.at - here.at
        if one.start < claim.fronted <= other.start:
            continue
        if there.second and here.at < there.second <= next_.at:
            if here.at < _SUBJECT and next_.at - there.second <= _GAP:
                continue
            return False
        if 0 < away <= (2 * _GAP if one.dense else _GAP):
            continue
        if away == 0 and one.term == other.term:
            continue
        if -_OWNED <= away < 0 and _owner(claim, there, (one, here), (other, next_)):
            continue
        if away < 0 and one.start < copula <= other.start and _same_thing(there, words, one, other):
            continue
        passive = other.by and not _by_before(there, next_) if acted else _by_before(there, here)
        if away < 0 and -away <= _TURN and (turned or passive):
            turned = True
            continue
        return False
    return True


def _is(word: str, small: SmallWords) -> bool:
    return word.casefold() in small.copula


def _in_pieces(placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether the letters of a script without spaces stand in the passage as parts of the same words, not scattered."""
    for at, (one, here) in enumerate(placed):
        if not one.dense:
            continue
        beside = [
            (other, there)
            for other, there in (*placed[max(0, at - 1) : at], *placed[at + 1 : at + 2])
            if other.dense and abs(other.start - one.start) == 1
        ]
        if beside and not any(there.start - here.start == other.start - one.start for other, there in beside):
            return False
    return True


def _same_thing(there: Spoken, words: Sequence[tuple[_Token, _Token]], one: _Token, other: _Token) -> bool:
    """Whether the passage has what stands after a claim's "is" right before what stands before it."""
    first = min(held.start for token, held in words if token.start <= one.start)
    ends = [held.start + len(held.text) for token, held in words if token.start >= other.start]
    return max(ends) <= first and _LINKS.match(there.text[max(ends) : first]) is not None


def _owner(claim: Spoken, there: Spoken, one: tuple[_Token, _Token], other: tuple[_Token, _Token]) -> bool:
    """Whether "sister of Zeus" stands there as "Zeus's sister", or the other way round."""
    between = there.text[other[1].start : one[1].start]
    if other[0].of and (_OWNS.search(between) or between == f"{other[1].text} "):
        return True
    return one[1].of and _OWNS.search(claim.text[one[0].start : other[0].start]) is not None


def _by_before(there: Spoken, token: _Token) -> bool:
    """Whether "by" stands before the name that a word ends."""
    return any(other.by for other in there.tokens[max(0, token.at - 2) : token.at + 1])


def _beside(claim: Spoken, there: Spoken, placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether each figure stands beside what it counts or dates."""
    at = {token.at: other.at for token, other in placed}
    dates = sum(one.figure is not None and _dates(one.figure) for one in there.tokens)
    for token, other in placed:
        if token.figure is None:
            continue
        if token.figure.unit and other.figure is not None and other.figure.unit != token.figure.unit:
            return False
        if there.second:
            sides = [at[one] < there.second for one in (token.at - 1, token.at + 1) if one in at]
            if sides and (other.at < there.second) not in sides:
                return False
        end = token.figure.end
        right = next((one for one in claim.tokens if one.at == token.at + 1), None)
        when = _dates(token.figure) and (not claim.small.spaced or _when(claim, token.start))
        if right is not None and not when and re.fullmatch(r"[\s-]*", claim.text[end : right.start]) and right.at in at:
            if not 0 < at[right.at] - other.at <= 2:
                return False
            continue
        if when and dates < 2:
            continue
        around = (token.at - 2, token.at - 1, token.at + 1, token.at + 2)
        near = [abs(at[one] - other.at) for one in around if one in at]
        if near and min(near) > (_BESIDE_FIGURE if dates > 1 or not _dates(token.figure) else 2 * _TURN):
            return False
    return True


def _when(claim: Spoken, start: int) -> bool:
    """Whether the word before a place is one that stands before dates."""
    before = _TOKEN.findall(claim.text[max(0, start - 24) : start])
    return bool(before) and before[-1].casefold() in claim.small.when and claim.text[start - 1 : start].isspace()


def _dates(figure: Figure) -> bool:
    """Whether a figure says when."""
    if figure.unit:
        return False
    return any(
        kind in ("date", "decade") or (kind == "number" and value in _YEARS and "," not in figure.text)
        for kind, value, *_ in figure.readings
    )


def _limits(claim: Spoken, there: Spoken, placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether superlatives stand before the same words, and "one of the" is kept."""
    for (one, here), (other, next_) in pairwise(placed):
        if not _SUPERLATIVE.match(one.text):
            continue
        if other.at == one.at + 1 and next_.at != here.at + 1:
            return False
        if _ONE_OF.search(there.text[max(0, here.start - 40) : here.start]) and not _ONE_OF.search(
            claim.text[max(0, one.start - 40) : one.start]
        ):
            return False
    return True


def _quantities(claim: Spoken, there: Spoken, placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether "most", "some" and their like stand before the same words, and "above" is not "below"."""
    small = claim.small
    if any(small.points(claim.text, group) and not small.points(there.text, group) for group in small.directions):
        return False
    for token, other in placed:
        if token.figure is not None:
            continue  # "some 50,000"
        own, theirs = _before(claim.text, token.start), _before(there.text, other.start)
        if own & small.quantities != theirs & small.quantities:
            return False
    return True


def _who(claim: Spoken, there: Spoken, placed: Sequence[tuple[_Token, _Token]]) -> bool:
    """Whether who did it is who did it there: nobody else stands between, before a pronoun's words, or after "by"."""
    if _RESPECTIVELY.search(there.text) and not _RESPECTIVELY.search(claim.text):
        return False
    said = {token.term for token in claim.tokens}
    for (_, here), (token, next_) in pairwise(placed):
        if here.at < there.second <= next_.at:
            continue
        between = there.tokens[here.at + 1 : next_.at]
        told = token.figure is None and here.figure is None  # dates and sums follow whole lists of names
        if told and any(one.named and one.term not in said for one in between) and not _aside(there, here, next_):
            return False
        if token.by and not next_.by and next_.at > here.at:
            return False
    first = placed[0][1]
    before = there.tokens[first.at - 1] if first.at else None
    if _PRONOUN.match(claim.text) and before is not None and before.named and before.term not in said:
        return not re.fullmatch(r"\s*", there.text[before.start + len(before.text) : first.start])
    return True


def _aside(there: Spoken, here: _Token, next_: _Token) -> bool:
    """Whether what stands between two words is said in passing, between commas."""
    return _ASIDE.fullmatch(there.text[here.start + len(here.text) : next_.start]) is not None


def _before(text: str, start: int) -> set[str]:
    """The last two words before a place, of the same clause; "most of the" counts as "most"."""
    words = [word.casefold() for word in _TOKEN.findall(re.split(r"[.,;:()]", text[:start])[-1])]
    return set([word for word in words if word not in _ARTICLES and word != "of"][-2:])


def stemmed(language: str) -> str:
    """The stemmer of a language: none for scripts without endings."""
    return "" if language in ("chinese", "japanese") else language


@lru_cache(maxsize=16)
def _light(language: str) -> frozenset[str]:
    return frozenset(terms(" ".join(small_words(language).light), stemmed(language)))
