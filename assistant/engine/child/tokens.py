"""The tokens of a prompt: they spell its text exactly, and nothing the vocabulary would put between its segments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, Protocol

_AT_ONCE: Final = 4_000
"""Characters. llama.cpp cuts some vocabularies' text into words with std::regex, which calls itself once a character:
between 16,000 and 32,000 without a border, in a stack of 8 MB, it ends the process (tokenizers tekken, gpt-4o)."""
_BORDER: Final = re.compile(r"(?<=\S)(?= \S)|(?<=\n)(?=\S)")


class Vocabulary(Protocol):
    """What is needed of a model here; `llama.Context` is one."""

    def tokenize(self, text: str, *, first: bool, markup: bool) -> list[int]:
        """Tokens of `text`. first: with what the model wants around a whole prompt. markup: special tokens count."""

    def piece(self, token: int) -> bytes:
        """The bytes of a token."""


def tokens_of(vocabulary: Vocabulary, prompt: Iterable[tuple[str, bool]]) -> list[int]:
    """The tokens of a prompt's segments (text, markup), after the begin-of-text token, where the model wants one.

    SentencePiece puts a space before every text that it is given, which is meant for the beginning of a prompt: it
    stays there, and leaves the segments after it. An end-of-text token, which some vocabularies want to add, ends no
    prompt that is to be gone on with.
    """
    plain = vocabulary.tokenize("a", first=False, markup=False)
    around = vocabulary.tokenize("a", first=True, markup=False)
    spaced = b"".join(vocabulary.piece(token) for token in plain).startswith(b" ")
    found = _before(plain, around)
    begun = False
    for text, markup in prompt:
        for piece in _pieces(text):
            found += _tokens(vocabulary, piece, markup, begun) if spaced else _as_it_is(vocabulary, piece, markup)
            begun = True
    return found


def _pieces(text: str) -> Iterator[str]:
    """The text, in several where it is long, cut before a word or a line, where tokens end anyway, if there is one."""
    begin = 0
    while len(text) - begin > _AT_ONCE:
        end = begin + _AT_ONCE
        for border in _BORDER.finditer(text, begin + _AT_ONCE // 2, end):
            end = border.start()
        yield text[begin:end]
        begin = end
    yield text[begin:]


def _before(plain: list[int], around: list[int]) -> list[int]:
    for place in range(len(around)):
        if around[place : place + len(plain)] == plain:
            return around[:place]
    return []


def _as_it_is(vocabulary: Vocabulary, text: str, markup: bool) -> list[int]:
    return vocabulary.tokenize(text, first=False, markup=markup)


def _tokens(vocabulary: Vocabulary, text: str, markup: bool, begun: bool) -> list[int]:
    """As it is, where the vocabulary puts a space before: one that is there already is put there by it."""
    if text.startswith(" ") and len(text) > 1:
        return _as_it_is(vocabulary, text[1:], markup)
    if not begun:
        return _as_it_is(vocabulary, text, markup)
    # A line break is a token of its own in SentencePiece: the space goes before it, and both are taken off.
    head = _as_it_is(vocabulary, "\n", markup=False)
    made = _as_it_is(vocabulary, "\n" + text, markup)
    return made[len(head) :] if made[: len(head)] == head else _as_it_is(vocabulary, text, markup)
