"""Lines of a page are put together as they were written."""

from __future__ import annotations

from assistant.ingestion.formats.lines import HYPHEN, Line, body_height, compounds, page_blocks
from assistant.ingestion.formats.running import RunningLines
from tests.assistant.ingestion.reading import short


def line(text: str, y: float, left: float = 50, width: float = 5.0, size: float = 12, bold: bool = False) -> Line:
    """A line whose foot is at `y`, each letter `width` points wide."""
    return Line(text, left, left + width * len(text), y, y + size, size, bold)


def blocks(*lines: Line) -> list[tuple[str, str]]:
    return short(list(page_blocks(lines, 1, 12, compounds([lines]))))


FULL = "this line is as full as any line in the column"


def test_full_lines_are_one_paragraph() -> None:
    assert blocks(line(FULL, 700), line(FULL, 686), line("end.", 672)) == [("paragraph", f"{FULL} {FULL} end.")]


def test_a_gap_or_an_indent_begins_a_paragraph() -> None:
    first, second = line("one.", 700), line("two.", 660)
    assert blocks(line(FULL, 714), first, second, line(FULL, 646)) == [
        ("paragraph", f"{FULL} one."),
        ("paragraph", "two."),
        ("paragraph", FULL),
    ]
    ended = f"{FULL[:-1]}."
    assert blocks(line(FULL, 700), line(ended, 686), line(FULL[:-4], 672, left=70)) == [
        ("paragraph", f"{FULL} {ended}"),
        ("paragraph", FULL[:-4]),
    ]


def test_lines_meant_to_end_stay_lines() -> None:
    assert blocks(line(FULL, 714), line("name: Ada", 700), line("age: 36", 686)) == [
        ("paragraph", f"{FULL} name: Ada\nage: 36")
    ]


def test_rows_of_figures_stay_rows() -> None:
    rows = "Revenue of the year 1,200 (300) 55%", "Costs of the same year 900 (200) 12"
    assert blocks(line(rows[0], 700), line(rows[1], 686)) == [("paragraph", "\n".join(rows))]


def test_a_word_cut_at_the_end_of_a_line_is_whole_again() -> None:
    cut = f"We agree on the ter{HYPHEN}mination of the self{HYPHEN}locking"
    assert blocks(line(cut, 700)) == [("paragraph", "We agree on the termination of the selflocking")]
    assert blocks(line(cut, 700), line("and a self-locking nut.", 686))[0][1].startswith(
        "We agree on the termination of the self-locking"
    )


def test_bullets_prompts_and_formulas_are_no_headings() -> None:
    for text in ("• Assume that the persons are immune", "R> plot(fit)", "> library(zoo)", "YLL ="):
        assert not blocks(line(text, 760, size=18), line(FULL, 700))[0][0].startswith("h")


def test_a_bold_line_that_a_sentence_goes_on_from_is_its_beginning() -> None:
    first = line("In many situations data arises from studies which", 760, bold=True)
    assert blocks(first, line("typically exhibit some form of it.", 700))[0] == (
        "paragraph",
        "In many situations data arises from studies which typically exhibit some form of it.",
    )
    assert blocks(line("2.1 Data", 760, bold=True), line("data(zoo)", 700))[0] == ("h4", "2.1 Data")


def test_large_or_bold_lines_apart_are_headings() -> None:
    found = blocks(
        line("Report", 760, size=24),
        line(FULL, 720),
        line(FULL, 706),
        line("done.", 692),
        line("1.1 Duties", 666, bold=True),
        line(FULL, 650),
        line(FULL, 636),
        line("Total 1,200", 602, bold=True),
    )
    assert found == [
        ("h1", "Report"),
        ("paragraph", f"{FULL} {FULL} done."),
        ("h4", "1.1 Duties"),
        ("paragraph", f"{FULL} {FULL}"),
        ("h4", "Total 1,200"),
    ]


def test_a_sentence_goes_on_in_the_next_column() -> None:
    left = [line(FULL + " and so it is", 100), line(FULL + " which goes", 86)]
    right = [line("on over here.", 700, left=400)]
    assert blocks(*left, *right) == [("paragraph", f"{FULL} and so it is {FULL} which goes on over here.")]


def test_east_asian_lines_are_joined_without_a_space() -> None:
    first, second = "本契約は当事者の合意により成立し", "その効力を生じるものとする。"
    found = blocks(line(first, 700, width=12), line(second, 686, width=12))
    assert found == [("paragraph", first + second)]


def test_the_text_s_own_size_is_that_of_most_letters() -> None:
    assert body_height([[line("Title", 700, size=30)], [line(FULL, 600, size=11)]]) == 11
    assert body_height([]) == 0


def test_running_lines_stay_once() -> None:
    names = ("one", "two", "three", "four", "five", "six")
    pages = [
        [line("ACME Report", 780), line(f"{name} above", 500), line(f"{name} below", 400), line(f"Page {n}", 20)]
        for n, name in enumerate(names)
    ]
    kept = [[each.text for each in page] for page in RunningLines().without(pages)]
    assert kept[0] == ["ACME Report", "one above", "one below", "Page 0"]
    assert kept[1:] == [[f"{name} above", f"{name} below"] for name in names[1:]]


def test_few_pages_have_no_running_lines() -> None:
    pages = [[line("same", 780)], [line("same", 780)]]
    assert RunningLines().without(pages) == pages


def test_a_line_from_right_to_left_that_comes_in_two_parts_is_one() -> None:
    left = Line("\u064bرا في اليوم الأول من كل شهر", 323.0, 151.0, 671.0, 685.0, 14.0)
    right = Line("يدفع المستأجر مبلغ 1250 دينا", 474.0, 332.0, 671.0, 685.0, 14.0)
    below = Line("وهذا كل شيء.", 474.0, 390.0, 657.0, 671.0, 14.0)
    [block] = page_blocks([left, right, below], 1, 14.0, set())
    assert block.text == "يدفع المستأجر مبلغ 1250 دينا\u064bرا في اليوم الأول من كل شهر وهذا كل شيء."
    [block] = page_blocks([Line("شهر", 323.0, 301.0, 671.0, 685.0, 14.0), right], 1, 14.0, set())
    assert block.text == "يدفع المستأجر مبلغ 1250 دينا شهر"
