"""The order of candidates, worked out by hand."""

from __future__ import annotations

from assistant.retrieval.ranking import Candidate, Weighed, diverse, ordered
from assistant.retrieval.words import Asked
from assistant.values import PassageId

ONE, TWO, THREE = PassageId(1), PassageId(2), PassageId(3)
ASKED = Asked((("rent",), ("castle", "castles")), ("the", "rent", "castle"))
RARE_CASTLE = Weighed(ASKED, {"rent": 50, "castles": 1}, 100)


def test_a_rare_word_counts_more_than_a_common_one() -> None:
    assert RARE_CASTLE.covered(Candidate(ONE, ["castles"])) > RARE_CASTLE.covered(Candidate(TWO, ["rent", "rent"]))
    assert RARE_CASTLE.covered(Candidate(ONE, ["castle"], frozenset({"rent"}))) == 1.0
    assert RARE_CASTLE.covered(Candidate(ONE, ["moon"])) == 0.0


def test_in_the_only_passage_there_is_a_word_that_it_has_tells_about_as_much_as_one_that_it_lacks() -> None:
    only = Weighed(ASKED, {"rent": 1}, 1)
    assert only.covered(Candidate(ONE, ["rent"])) > 0.4


def test_words_far_apart_are_not_close() -> None:
    near = Candidate(ONE, ["rent", "of", "castles"])
    far = Candidate(TWO, ["rent", *["filler"] * 40, "castles"])
    assert RARE_CASTLE.covered(near) == RARE_CASTLE.covered(far) == RARE_CASTLE.close(near) == 1.0
    assert RARE_CASTLE.close(far) < 1.0


def test_what_holds_the_question_together_comes_before_what_rank_alone_put_first() -> None:
    candidates = [
        Candidate(ONE, ["rent", *["filler"] * 60], near_rank=1, word_rank=2),
        Candidate(TWO, ["the", "rent", "castle", "was", "low"], near_rank=2, word_rank=1),
    ]
    assert ordered(candidates, RARE_CASTLE, [ONE, TWO]) == [TWO, ONE]


def test_a_long_question_keeps_the_order_by_rank() -> None:
    long = Weighed(Asked(tuple((word,) for word in "abcdefgh"), ()), {}, 10)
    candidates = [Candidate(ONE, ["z"]), Candidate(TWO, list("abcdefgh"))]
    assert ordered(candidates, long, [ONE, TWO]) == [ONE, TWO]


def test_a_long_question_that_names_a_year_asks_for_a_fact() -> None:
    long = Weighed(Asked(tuple((word,) for word in (*"abcdefg", "2019")), ()), {}, 10)
    candidates = [Candidate(ONE, ["z"]), Candidate(TWO, [*"abcdefg", "2019"])]
    assert ordered(candidates, long, [ONE, TWO]) == [TWO, ONE]


def test_an_echo_gives_way_but_is_not_lost() -> None:
    terms = {ONE: list("abcdefghij"), TWO: list("abcdefghij"), THREE: list("vwxyz")}
    assert diverse([ONE, TWO, THREE], terms, 2) == [ONE, THREE]
    assert diverse([ONE, TWO, THREE], terms, 3) == [ONE, THREE, TWO]


def test_the_same_with_another_number_is_no_echo() -> None:
    """Two versions of a contract, or two years' reports, differ in just that."""
    words = [f"word{at}" for at in range(30)]
    terms = {PassageId(1): [*words, "2018", "450"], PassageId(2): [*words, "2018", "475"]}
    terms[PassageId(4)] = [*words[1:], "2018", "450"]
    assert diverse([PassageId(1), PassageId(2), PassageId(4)], terms, 2) == [PassageId(1), PassageId(2)]
    assert diverse([PassageId(1), PassageId(4), PassageId(2)], terms, 2) == [PassageId(1), PassageId(2)]
