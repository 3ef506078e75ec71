"""What no reader sees goes; every letter stays."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from assistant.ingestion.cleaning import clean, one_line, tidy, without_unseen


def test_control_characters_and_invisible_marks_go() -> None:
    assert clean("a\x00b\x07c\x85\u200bd\xade\ufefff\ud800g\U000e0041") == "abcdefg"


def test_ligatures_are_spelled_out_and_line_ends_are_one_kind() -> None:
    assert clean("e\ufb03cient\r\nﬁnal\rend\u2028x") == "efficient\nfinal\nend\nx"


def test_marks_that_scripts_need_stay() -> None:
    # direction marks, joiners of Persian and Indic, combining accents
    needed = "\u202bשלום\u202c می\u200cخواهم क्\u200dष e\u0301"
    assert clean(needed) == needed


def test_spaces_are_tidied() -> None:
    assert tidy("  a \t b\u00a0c\n  d ") == "a b c\n d"
    assert one_line(" a\n\tb ") == "a b"


@given(st.text())
def test_what_is_clean_can_be_kept_by_sqlite_and_cleaning_again_changes_nothing(text: str) -> None:
    cleaned = without_unseen(text)
    cleaned.encode("utf-8")
    assert "\0" not in cleaned
    assert without_unseen(cleaned) == cleaned
    assert clean(clean(text)) == clean(text)
