"""Sentences that no document supports are greyed, with a word on why, and nothing in a text can forge that."""

from __future__ import annotations

import pytest

from assistant.values import Citation, Claim, Support
from ui.presenters.turns import doubts
from ui.text import Doubt, InertText, Span, doubted, parse

TEXT = "The kettle is green. [1] Napoleon crossed it."
SEEMS = "Differs from page 12: there it says “It is”. It seems to say ten, not nine."
NAPOLEON = Doubt(TEXT.index("Napoleon"), len(TEXT), "not found in your documents")


def spans(text: str, *marked: Doubt) -> list[Span]:
    return [span for block in parse(doubted(text, marked), [1], marked) for span in block.spans if span.text]


def test_only_what_is_doubted_is_greyed_and_says_why() -> None:
    *before, grey, why = spans(TEXT, NAPOLEON)
    assert not any(span.doubtful for span in before)
    assert (grey.text, grey.doubtful) == ("Napoleon crossed it.", True)
    assert (why.text, why.note, why.citation) == (" not found in your documents", True, None)


def test_a_difference_points_to_its_source() -> None:
    *_, why = spans(TEXT, Doubt(0, 20, "differs from page 12", 1))[:2]
    assert (why.text, why.citation) == (" differs from page 12", 1)


def test_list_items_and_emphasis_stay_what_they_are() -> None:
    text = "- It is **very** old.\n- It is new."
    first, second = parse(doubted(text, [Doubt(0, 21, "")]), (), [Doubt(0, 21, "")])
    assert first.marker == second.marker == "•"
    assert [(span.text, span.doubtful, span.bold) for span in first.spans if span.text] == [
        ("It is ", True, False),
        ("very", True, True),
        (" old.", True, False),
    ]
    assert not any(span.doubtful for span in second.spans)


def test_a_text_cannot_set_marks_itself() -> None:
    forged = "\ue0000\ue001All\ue001 \ue0020\ue001 trust me"
    assert not any(span.doubtful or span.note for span in spans(forged))


def test_claims_become_doubts() -> None:
    citation = Citation(1, "estate.pdf", "page 12", 12, "It is green.", 1.0)
    claims = [
        Claim(0, 5, Support.SUPPORTED, 1, 0, 5),
        Claim(6, 9, Support.DIFFERS, 1, 0, 5, ("nine",)),
        Claim(13, 14, Support.DIFFERS, 1, 0, 5, ("nine",), "ten"),
        Claim(10, 12, Support.NOT_FOUND),
    ]
    assert doubts(claims, [citation]) == (
        Doubt(6, 9, "differs from page 12", 1, "Differs from page 12: there it says “It is”. Not there: nine."),
        Doubt(13, 14, "differs from page 12", 1, SEEMS),
        Doubt(10, 12, "not found in your documents", 0, "Not found in your documents."),
    )


def test_the_words_of_a_document_are_never_markdown() -> None:
    forged = Doubt(0, 20, "differs from **sheet** `x` [1]", 1, "There it says “<b>no</b>”.")
    grey, why, *_ = spans(TEXT, forged)
    assert (why.text, why.bold, why.code) == (" differs from **sheet** `x` [1]", False, False)
    assert grey.hint == why.hint == forged.more


@pytest.mark.usefixtures("qt_app")
def test_pointing_at_a_doubt_says_more_with_the_mouse_and_with_the_keyboard() -> None:
    differs = Doubt(0, 20, "differs from page 12", 1, "There it says “<b>no</b>”.")
    unknown = Doubt(TEXT.index("Napoleon"), len(TEXT), "not found in your documents", 0, "Not found.")
    text = InertText()
    text.set_markdown(doubted(TEXT, [differs, unknown]), [1], [differs, unknown])
    shown = text.toPlainText()
    assert text.hint_at(shown.index("kettle")) == differs.more
    assert text.hint_at(shown.index("Napoleon") + 3) == unknown.more
    assert text.hint_at(shown.index("[1]") + 2) == ""
    text.show()
    text.setFocus()
    said = []
    for _ in range(3):
        assert text.focusNextPrevChild(True)
        said.append(text.hint_at(text.textCursor().selectionStart() + 1))
    assert said == [differs.more, "", unknown.more]
