"""The words of a recovery key: what they stand for, and what is said about those that stand for nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from assistant.vault import recovery


# The test vectors of BIP-39 (github.com/trezor/python-mnemonic, vectors.json), English, 256 bits.
@pytest.mark.parametrize(
    ("secret", "words"),
    [
        ("00" * 32, "abandon " * 23 + "art"),
        ("ff" * 32, "zoo " * 23 + "vote"),
        ("80" * 32, "letter advice cage absurd amount doctor acoustic avoid " * 2 + "letter advice cage absurd amount "
         "doctor acoustic bless"),
    ],
)  # fmt: skip
def test_the_words_are_those_of_the_standard(secret: str, words: str) -> None:
    assert recovery.encode(bytes.fromhex(secret)) == words.strip()
    assert recovery.decode(words) == bytes.fromhex(secret)


@given(st.binary(min_size=32, max_size=32), st.booleans())
def test_what_is_written_down_reads_back(secret: bytes, shortened: bool) -> None:
    words = recovery.encode(secret)
    written = "\n".join(
        f"{number}. {word[:4] if shortened else word.title()}" for number, word in enumerate(words.split(), 1)
    )
    assert recovery.decode(written) == secret


@given(st.text(max_size=300))
def test_no_text_breaks_the_reading(text: str) -> None:
    with pytest.raises(recovery.Unreadable):
        recovery.decode(text)


def test_a_word_that_is_wrong_is_named_and_two_that_are_swapped_are_noticed() -> None:
    words = recovery.encode(bytes(range(32))).split()
    with pytest.raises(recovery.Unreadable, match="Word 5"):
        recovery.decode(" ".join([*words[:4], "privet", *words[5:]]))
    with pytest.raises(recovery.Unreadable, match="24 words; these are 23"):
        recovery.decode(" ".join(words[1:]))
    swapped = [words[1], words[0], *words[2:]]
    with pytest.raises(recovery.Unreadable, match="mixed up"):
        recovery.decode(" ".join(swapped))


def test_each_key_is_a_new_one() -> None:
    assert len({recovery.new_words() for _ in range(5)}) == 5
