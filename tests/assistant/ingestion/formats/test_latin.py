"""The code page of a text without a mark is told by the letters of its language."""

from __future__ import annotations

from pathlib import Path

import pytest

from assistant.ingestion.formats.latin import code_page
from tests.assistant.ingestion.reading import read

TEXTS = {
    "French": ("cp1252", "L'église fût bâtie près du château; naïvement les élèves reçurent un œuf. Noël à l'hôtel. "),
    "German": ("cp1252", "Größe und Maß: café, naïve. Die Hecke ist grün und überall schön. "),
    "Spanish": ("cp1252", "El niño corrió mañana por la montaña; ¿dónde está el señor? ¡Qué año! "),
    "Portuguese": ("cp1252", "A situação não é boa; os cães são irmãos. João não tem opinião. "),
    "Swedish": ("cp1252", "Åsa åkte på ön och såg älgar. Räksmörgås är gott på sjön. "),
    "Norwegian": ("cp1252", "Ære være Gud på jorden, øyene ligger på sjøen. Bær og øl på båten. "),
    "English": ("cp1252", "The café’s “naïve” owner—a résumé in hand—paid £20 at the façade. "),
    "Polish": ("cp1250", "Zażółć gęślą jaźń. Święty Mikołaj przyszedł później. Łódź jest miastem. "),
    "Polish on Unix": ("iso8859_2", "Zażółć gęślą jaźń. Święty Mikołaj przyszedł później. Łódź jest miastem. "),
    "Czech": ("cp1250", "Příliš žluťoučký kůň úpěl ďábelské ódy. Děti šly do školy. "),
    "Hungarian": ("cp1250", "Árvíztűrő tükörfúrógép, az őszi erdő szép és hűvös. "),
    "Romanian": ("cp1250", "Această clădire este aşezată în oraş. Ţara şi mâine. "),
    "Turkish": ("cp1254", "Şu köşe yaz köşesi, ağaçlar çiçek açtı. İstanbul güzel şehir. "),
    "Lithuanian": ("cp1257", "Ąžuolas įkūrė šį žemės ūkį. Čia ėjo šuo ir mėnulis švietė. "),
}


@pytest.mark.parametrize("language", list(TEXTS))
def test_each_language_is_read_in_its_code_page(tmp_path: Path, language: str) -> None:
    page, text = TEXTS[language]
    text *= 4
    assert text.encode(page).decode(code_page(text.encode(page), "cp437")) == text
    path = tmp_path / "letter.txt"
    path.write_bytes(text.encode(page))
    assert read(path).blocks[0].text == text.strip()


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("cp1251", "Привет, как дела? Это письмо о дачах. "),
        ("cp1253", "Καλημέρα κόσμε, πώς είστε σήμερα; "),
        ("cp1255", "שלום עולם, מה שלומך היום? "),
        ("cp932", "これは日本語の文章です。今日は天気がいい。"),
    ],
)
def test_other_scripts_are_left_to_statistics(tmp_path: Path, page: str, text: str) -> None:
    path = tmp_path / "letter.txt"
    path.write_bytes((text * 4).encode(page))
    assert read(path).blocks[0].text == (text * 4).strip()


def test_what_is_no_language_stays_as_it_was_guessed() -> None:
    assert code_page("±±±¶¶¶ľ".encode("cp1250"), "cp1258") == "cp1258"
    assert code_page(b"plain", "cp1254") == "cp1254"
