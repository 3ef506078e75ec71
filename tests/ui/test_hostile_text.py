"""Markdown that means harm: nothing is asked for, nothing can be followed, nothing hides, and nothing takes long.

PRIVET_MARKDOWN_TEXTS=50000 tries that many generated texts, and holds each to 100 ms of processor time.
"""

from __future__ import annotations

import os
import time
import unicodedata
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QUrl
from PySide6.QtGui import QTextDocument
from PySide6.QtWidgets import QApplication

from tests.hostile.attacks import ATTACKS, Attack
from tests.ui.conftest import turn
from ui.text import InertText, parse, warm_text
from ui.text.inert import _InertDocument
from ui.text.seen import remark, visible, with_marked_hosts

TEXTS = int(os.environ.get("PRIVET_MARKDOWN_TEXTS", "300"))
LONGEST_SECONDS = 0.1

PIECES = (
    "[", "]", "(", ")", "![", "](", "<", ">", "<img src=", "<a href=", "</a>", "<script>", "<style>", "*", "**", "_",
    "~~", "`", "```", "\n", "\n\n", "  \n", "\n- ", "\n1. ", "\n> ", "\n# ", "\n---\n", "|", "\n|-|-|\n", "\\", "&amp;",
    "&#x202e;", "&#0;", "&lt;img&gt;", "http://example.invalid/a.png", "//host.invalid/share/x.png", "\\\\host\\share",
    "file:///etc/hostname", "/etc/hostname", "javascript:alert(1)", "data:image/png;base64,AAAA", "mailto:a@b.invalid",
    "[1]", "[2]: http://x.invalid", "[99]", "\u202e", "\u2066", "\u200b", "\x00", "\x1b[31m", "\x07", "\ufeff",
    "\ud800", "\U000e0041", "\u0430pple.com", "xn--pple-43d.com", "word", "a", " ", "\t", "\u0645\u0631\u062d",
    "\U0001f600",
)  # fmt: skip
TEXT = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=6)), max_size=60).map("".join)

PLANTED = {
    "brackets": "[" * 20_000,
    "links": "[a](" * 5_000,
    "pictures": "![a" * 7_000,
    "stars": "*a **b " * 3_000,
    "mixed": "*_" * 5_000 + "a" + "_*" * 5_000,
    "ticks": "".join("`" * n + " " for n in range(200)),
    "quotes": "> " * 5_000,
    "lists": "- " * 5_000,
    "nested": "".join("  " * n + "- a\n" for n in range(120)),
    "angles": "<" * 20_000,
    "escapes": "\\" * 20_000,
    "underlined": "a\n=" * 1_200,
}


@pytest.fixture
def asked(qt_app: QApplication, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that a document asked to have loaded."""
    names: list[str] = []
    honest = _InertDocument.loadResource

    def noted(self: _InertDocument, type: int, name: QUrl | str) -> object:  # noqa: A002
        names.append(name if isinstance(name, str) else name.toString())
        return honest(self, type, name)

    monkeypatch.setattr(_InertDocument, "loadResource", noted)
    return names


def formats(page: InertText) -> Iterator[tuple[str, bool]]:
    """What each stretch of the page can be: the target of an anchor, and whether it is a picture."""
    block = page.document().begin()
    while block.isValid():
        for stretch in block.textFormats():
            yield stretch.format.anchorHref() if stretch.format.isAnchor() else "", stretch.format.isImageFormat()
        block = block.next()


def drawn(page: InertText, text: str) -> float:
    """Draw a text anew, and say how many seconds of processor time that took."""
    page.set_markdown("")
    began = time.thread_time()
    page.set_markdown(text, (1,))
    page.fit(480)
    return time.thread_time() - began


def hidden(text: str) -> set[str]:
    """The characters of a shown text that a person would not see."""
    return {letter for letter in text if unicodedata.category(letter) in ("Cc", "Cf")} - set("\n\t\u200c\u200d")


@pytest.mark.slow
def test_generated_texts_open_nothing_and_hide_nothing(asked: list[str], qt_app: QApplication) -> None:
    for _ in warm_text():  # as the window does when it has nothing else to do, before the first answer
        turn(qt_app)
    page = InertText()
    slowest, once = [0.0], list[float]()

    @settings(max_examples=TEXTS, deadline=None, suppress_health_check=list(HealthCheck), database=None)
    @given(TEXT)
    def tried(text: str) -> None:
        took = drawn(page, text)
        if took > LONGEST_SECONDS:
            once.append(took)  # told below; it counts
        slowest[0] = max(slowest[0], took)
        assert asked == []
        assert {target for target, _ in formats(page)} <= {"", "cite:1"}
        assert not any(picture for _, picture in formats(page))
        assert hidden(page.document().toPlainText()) == set()
        assert "PRIVET_MARKDOWN_TEXTS" not in os.environ or took <= LONGEST_SECONDS, (took, text)

    tried()
    fonts = f"; {len(once)} took longer than {LONGEST_SECONDS * 1000:.0f} ms"
    print(f"\n{TEXTS:,} texts, the slowest took {slowest[0] * 1000:.0f} ms of processor time{fonts}")


@pytest.mark.parametrize("name", PLANTED)
def test_planted_texts_end_and_open_nothing(asked: list[str], name: str) -> None:
    began = time.thread_time()
    blocks = parse(PLANTED[name])
    took = time.thread_time() - began
    assert blocks
    assert "PRIVET_MARKDOWN_TEXTS" not in os.environ or took <= LONGEST_SECONDS
    page = InertText()
    page.set_markdown(PLANTED[name][:4_000])
    page.fit(480)
    assert asked == []


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: attack.name)
def test_orders_that_a_model_obeys_open_and_load_nothing(asked: list[str], attack: Attack) -> None:
    page = InertText()
    page.set_markdown(f"{attack.obeyed}\n\n{attack.passage}", (1,))
    page.fit(480)
    assert asked == []
    assert {target for target, _ in formats(page)} <= {"", "cite:1"}
    assert not any(picture for _, picture in formats(page))


def test_a_paragraph_that_is_too_long_to_read_stays_as_it_is_written() -> None:
    (short,) = parse("**a** " * 600)
    (long,) = parse("**a** " * 700)
    assert any(span.bold for span in short.spans)
    assert not any(span.bold for span in long.spans)
    assert long.text.startswith("**a** **a**")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("plain text,\twith a tab\n", "plain text,\twith a tab\n"),
        ("a\u202eb", "a⟨U+202E⟩b"),
        ("\x00\x1b", "⟨U+0000⟩⟨U+001B⟩"),
        ("to\u200bgether", "to⟨U+200B⟩gether"),
        ("\U000e0041", "⟨U+E0041⟩"),
        ("\U000e0101", "⟨U+E0101⟩"),
        ("\U0001f468\u200d\U0001f469", "\U0001f468\u200d\U0001f469"),
        ("Größe, naïve, \u05e9\u05dc\u05d5\u05dd", "Größe, naïve, \u05e9\u05dc\u05d5\u05dd"),
    ],
)
def test_what_hides_is_shown_by_its_number(text: str, shown: str) -> None:
    assert visible(text) == shown


@pytest.mark.parametrize(
    ("host", "like"),
    [
        ("\u0430pple.com", "apple.com"),
        ("xn--pple-43d.com", "apple.com"),
        ("\u0440\u0430\u0443\u0440\u0430l.com", "paypal.com"),
        ("g\u03bf\u03bfgle.com", "google.com"),
    ],
)
def test_a_host_in_look_alike_letters_is_marked(host: str, like: str) -> None:
    assert like in remark(host)
    assert f"[looks like {like}" in with_marked_hosts(f"see {host} today")
    assert f"[looks like {like}" in parse(f"[a link](https://{host}/x)")[0].text


@pytest.mark.parametrize(
    "host",
    [
        "apple.com", "bücher.de", "\u043f\u0440\u0438\u043c\u0435\u0440.\u0440\u0444", "\u65e5\u672c\u8a9e.jp", "3.14",
        "xn--bcher-kva.de", "e.g", "xn--\u00fc",
    ],
)  # fmt: skip
def test_an_honest_host_is_not_marked(host: str) -> None:
    assert remark(host) == ""


def test_scripts_that_are_mixed_in_one_name_are_marked() -> None:
    assert "several scripts" in remark("b\u0436nk.com")


def test_a_link_s_target_is_shown_in_full_and_leads_nowhere(asked: list[str]) -> None:
    page = InertText()
    page.set_markdown("[your bank](https://evil.invalid/a?b=c#d) and <https://plain.invalid/>")
    assert "your bank (https://evil.invalid/a?b=c#d) and https://plain.invalid/" in page.document().toPlainText()
    assert {target for target, _ in formats(page)} == {""}


def test_the_page_s_resource_is_an_empty_one(asked: list[str]) -> None:
    page = InertText()
    kind = QTextDocument.ResourceType.ImageResource.value
    assert page.document().resource(kind, QUrl("//host.invalid/x.png")).width() == 1
    assert asked == ["//host.invalid/x.png"]  # so the list above would have seen it
