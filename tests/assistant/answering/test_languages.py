"""Sentences in ten languages held against passages in theirs: what is right holds, and a changed word shows."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path

import pytest

from assistant.answering.alignment import Alignment
from assistant.answering.figures import figures
from assistant.answering.small_words import small_words, tongue
from assistant.ingestion import sentence_spans
from assistant.values import Citation, Support

PASSAGES = {
    "german": "Der Vertrag wurde am 3. März 2024 von Ottilie Brandt unterzeichnet. Die Miete beträgt 1.250,50 Euro im"
    " Monat. Der Kessel im Gartenhaus fasst fünfundzwanzig Liter. Haustiere sind in der Wohnung nicht erlaubt. Die"
    " Kaution wurde möglicherweise an Herrn Kranz zurückgezahlt. Der Umsatz stieg 2023 um 12,5 Prozent.",
    "french": "Le contrat a été signé le 3 mars 2024 par Odile Brandt. Le loyer est de 1 250,50 euros par mois. La"
    " chaudière du pavillon contient vingt-cinq litres. Les animaux ne sont pas autorisés dans l'appartement. La"
    " caution a probablement été rendue à Monsieur Lenoir. Le chiffre d'affaires a augmenté de 12,5 pour cent en 2023.",
    "spanish": "El contrato fue firmado el 3 de marzo de 2024 por Otilia Blanco. El alquiler es de 1.250,50 euros al"
    " mes. La caldera del pabellón contiene veinticinco litros. Los animales no están permitidos en el piso. La fianza"
    " fue posiblemente devuelta al señor Negro. La facturación aumentó un 12,5 por ciento en 2023.",
    "italian": "Il contratto è stato firmato il 3 marzo 2024 da Ottilia Bianchi. L'affitto è di 1.250,50 euro al mese."
    " La caldaia del padiglione contiene venticinque litri. Gli animali non sono ammessi nell'appartamento. La cauzione"
    " è stata probabilmente restituita al signor Neri. Il fatturato è aumentato del 12,5 per cento nel 2023.",
    "portuguese": "O contrato foi assinado em 3 de março de 2024 por Otília Branco. O aluguel é de 1.250,50 euros por"
    " mês. A caldeira do pavilhão contém vinte e cinco litros. Os animais não são permitidos no apartamento. A caução"
    " foi provavelmente devolvida ao senhor Negro. O faturamento aumentou 12,5 por cento em 2023.",
    "dutch": "Het contract werd op 3 maart 2024 door Ottilie Brandt ondertekend. De huur bedraagt 1.250,50 euro per"
    " maand. De ketel in het tuinhuis bevat vijfentwintig liter. Huisdieren zijn in de woning niet toegestaan. De"
    " borgsom is waarschijnlijk aan meneer Zwart terugbetaald. De omzet steeg in 2023 met 12,5 procent.",
    "russian": "Договор был подписан 3 марта 2024 года Анной Беловой. Арендная плата составляет 1 250,50 евро в месяц."
    " Котёл в садовом доме вмещает двадцать пять литров. Животные в квартире не разрешены. Залог предположительно"
    " вернули господину Чернову. Выручка выросла на 12,5 процента в 2023 году.",
    "chinese": "合同于2024年3月3日由王小明签署。租金为每月1,250.50欧元。花园小屋的水壶容量为二十五升。公寓内不允许"
    "饲养宠物。押金可能已经退还给李先生。2023年营业额增长了12.5%。",
    "japanese": "契約書は2024年3月3日に田中太郎によって署名された。家賃は月額1,250.50ユーロである。庭の小屋のやかん"
    "の容量は二十五リットルである。アパートではペットの飼育は認められない。敷金はおそらく佐藤氏に返還された。2023年の売上高は"
    "12.5%増加した。",
}  # fmt: skip

RIGHT = {
    "german": [
        "Der Vertrag wurde am 3.3.2024 von Ottilie Brandt unterzeichnet.",
        "Die Miete beträgt 1 250,50 € im Monat.",
        "Der Kessel fasst 25 Liter.",
        "Haustiere sind nicht erlaubt.",
        "Der Umsatz stieg um 12,5 %.",
    ],
    "french": [
        "Le contrat a été signé le 03/03/2024 par Odile Brandt.",
        "Le loyer est de 1250,50 € par mois.",
        "La chaudière contient 25 litres.",
        "Les animaux ne sont pas autorisés.",
        "Le chiffre d'affaires a augmenté de 12,5 % en 2023.",
    ],
    "spanish": [
        "El contrato fue firmado el 3/3/2024 por Otilia Blanco.",
        "El alquiler es de 1250,50 € al mes.",
        "La caldera contiene 25 litros.",
        "Los animales no están permitidos.",
        "La facturación aumentó un 12,5 % en 2023.",
    ],
    "italian": [
        "Il contratto è stato firmato il 3/3/2024 da Ottilia Bianchi.",
        "L'affitto è di 1250,50 € al mese.",
        "La caldaia contiene 25 litri.",
        "Gli animali non sono ammessi.",
        "Il fatturato è aumentato del 12,5 % nel 2023.",
    ],
    "portuguese": [
        "O contrato foi assinado em 3/3/2024 por Otília Branco.",
        "O aluguel é de 1250,50 € por mês.",
        "A caldeira contém 25 litros.",
        "Os animais não são permitidos.",
        "O faturamento aumentou 12,5 % em 2023.",
    ],
    "dutch": [
        "Het contract werd op 3-3-2024 door Ottilie Brandt ondertekend.",
        "De huur bedraagt 1250,50 € per maand.",
        "De ketel bevat 25 liter.",
        "Huisdieren zijn niet toegestaan.",
        "De omzet steeg met 12,5 %.",
    ],
    "russian": [
        "Договор был подписан 03.03.2024 Анной Беловой.",
        "Арендная плата составляет 1250,50 € в месяц.",
        "Котёл вмещает 25 литров.",
        "Животные не разрешены.",
        "Выручка выросла на 12,5 %.",
    ],
    "chinese": [
        "合同于2024-03-03由王小明签署。",
        "租金为每月1250.5欧元。",
        "水壶容量为25升。",
        "公寓内不允许饲养宠物。",
        "营业额增长了12.5％。",
    ],
    "japanese": [
        "契約書は2024年3月3日に署名された。",
        "家賃は月額1250.5ユーロである。",
        "やかんの容量は25リットルである。",
        "ペットの飼育は認められない。",
        "売上高は12.5%増加した。",
    ],
}  # fmt: skip

WRONG = {
    "german": [
        "Der Vertrag wurde am 4. März 2024 von Ottilie Brandt unterzeichnet.",
        "Die Miete beträgt 1.350,50 Euro im Monat.",
        "Der Kessel im Gartenhaus fasst sechsundzwanzig Liter.",
        "Haustiere sind in der Wohnung erlaubt.",
        "Der Vertrag wurde nicht am 3. März 2024 von Ottilie Brandt unterzeichnet.",
        "Die Kaution wurde an Herrn Kranz zurückgezahlt.",
        "Der Umsatz stieg 2022 um 12,5 Prozent.",
    ],
    "french": [
        "Le contrat a été signé le 4 mars 2024 par Odile Brandt.",
        "Le loyer est de 1 350,50 euros par mois.",
        "La chaudière du pavillon contient vingt-six litres.",
        "Les animaux sont autorisés dans l'appartement.",
        "Le contrat n'a pas été signé le 3 mars 2024 par Odile Brandt.",
        "La caution a été rendue à Monsieur Lenoir.",
        "Le contrat a été signé le 3 mars 2024 par Odile Lenoir.",
        "Le chiffre d'affaires a augmenté de 12,5 pour cent en 2022.",
    ],
    "spanish": [
        "El contrato fue firmado el 4 de marzo de 2024 por Otilia Blanco.",
        "El alquiler es de 1.350,50 euros al mes.",
        "La caldera del pabellón contiene veintiséis litros.",
        "Los animales están permitidos en el piso.",
        "El contrato no fue firmado el 3 de marzo de 2024 por Otilia Blanco.",
        "La fianza fue devuelta al señor Negro.",
        "El contrato fue firmado el 3 de marzo de 2024 por Otilia Verde.",
        "La facturación aumentó un 12,5 por ciento en 2022.",
    ],
    "italian": [
        "Il contratto è stato firmato il 4 marzo 2024 da Ottilia Bianchi.",
        "L'affitto è di 1.350,50 euro al mese.",
        "La caldaia del padiglione contiene ventisei litri.",
        "Gli animali sono ammessi nell'appartamento.",
        "Il contratto non è stato firmato il 3 marzo 2024 da Ottilia Bianchi.",
        "La cauzione è stata restituita al signor Neri.",
        "Il fatturato è aumentato del 12,5 per cento nel 2022.",
    ],
    "portuguese": [
        "O contrato foi assinado em 4 de março de 2024 por Otília Branco.",
        "O aluguel é de 1.350,50 euros por mês.",
        "A caldeira do pavilhão contém vinte e seis litros.",
        "Os animais são permitidos no apartamento.",
        "O contrato não foi assinado em 3 de março de 2024 por Otília Branco.",
        "A caução foi devolvida ao senhor Negro.",
        "O faturamento aumentou 12,5 por cento em 2022.",
    ],
    "dutch": [
        "Het contract werd op 4 maart 2024 door Ottilie Brandt ondertekend.",
        "De huur bedraagt 1.350,50 euro per maand.",
        "De ketel in het tuinhuis bevat zesentwintig liter.",
        "Huisdieren zijn in de woning toegestaan.",
        "Het contract werd niet op 3 maart 2024 door Ottilie Brandt ondertekend.",
        "De borgsom is aan meneer Zwart terugbetaald.",
        "De omzet steeg in 2022 met 12,5 procent.",
    ],
    "russian": [
        "Договор был подписан 4 марта 2024 года Анной Беловой.",
        "Арендная плата составляет 1 350,50 евро в месяц.",
        "Котёл в садовом доме вмещает двадцать шесть литров.",
        "Животные в квартире разрешены.",
        "Договор не был подписан 3 марта 2024 года Анной Беловой.",
        "Залог вернули господину Чернову.",
        "Выручка выросла на 12,5 процента в 2022 году.",
    ],
    "chinese": [
        "合同于2024年3月4日由王小明签署。",
        "租金为每月1,350.50欧元。",
        "花园小屋的水壶容量为二十六升。",
        "公寓内允许饲养宠物。",
        "合同没有于2024年3月3日由王小明签署。",
        "押金已经退还给李先生。",
        "合同于2024年3月3日由王大明签署。",
        "2022年营业额增长了12.5%。",
    ],
    "japanese": [
        "契約書は2024年3月4日に田中太郎によって署名された。",
        "家賃は月額1,350.50ユーロである。",
        "庭の小屋のやかんの容量は二十六リットルである。",
        "アパートではペットの飼育は認められる。",
        "契約書は2024年3月3日に田中太郎によって署名されなかった。",
        "敷金は佐藤氏に返還された。",
        "契約書は2024年3月3日に田中次郎によって署名された。",
        "2022年の売上高は12.5%増加した。",
    ],
}  # fmt: skip


def support(passage: str, sentence: str) -> Support | None:
    aligned = Alignment([Citation(1, "", "", None, passage, 1.0)]).of(sentence)
    return aligned.support if aligned else None


@pytest.mark.parametrize("language", PASSAGES)
def test_each_is_told(language: str) -> None:
    assert tongue(PASSAGES[language]) == language


@pytest.mark.parametrize(("language", "sentence"), [(name, one) for name, all_ in RIGHT.items() for one in all_])
def test_what_a_passage_says_is_supported_in_its_language(language: str, sentence: str) -> None:
    assert support(PASSAGES[language], sentence) is Support.SUPPORTED


@pytest.mark.parametrize(("language", "sentence"), [(name, one) for name, all_ in WRONG.items() for one in all_])
def test_a_changed_number_date_name_or_not_is_not(language: str, sentence: str) -> None:
    assert support(PASSAGES[language], sentence) in (Support.DIFFERS, Support.NOT_FOUND)


@pytest.mark.parametrize(("language", "sentence"), [(name, all_[0]) for name, all_ in WRONG.items()])
def test_a_changed_date_is_named(language: str, sentence: str) -> None:
    aligned = Alignment([Citation(1, "", "", None, PASSAGES[language], 1.0)]).of(sentence)
    assert aligned is not None and aligned.support is Support.DIFFERS
    assert len(aligned.differing) == 1 and "4" in aligned.differing[0]


@pytest.mark.parametrize("language", ["de", "es", "ru", "zh"])
def test_real_paragraphs_support_their_own_sentences_and_no_changed_figure(language: str, shared_data: Path) -> None:
    data = json.loads((shared_data / "xquad" / f"xquad.{language}.json").read_text(encoding="utf-8"))["data"]
    paragraphs = [paragraph["context"] for article in data for paragraph in article["paragraphs"]]
    held = caught = count = changed = 0
    for text in random.Random(5).sample(paragraphs, 12):
        alignment = Alignment([Citation(1, "", "", None, text, 1.0)])
        for start, end in sentence_spans(text):
            sentence = text[start:end]
            if (aligned := alignment.of(sentence)) is None:
                continue
            count += 1
            held += aligned.support is Support.SUPPORTED
            digits = [one for one in figures(sentence, tongue(text)) if re.search(r"\d", one.text)]
            for one in digits[:1]:
                other = re.sub(r"\d(?=\D*$)", lambda digit: str((int(digit[0]) + 3) % 10), one.text)
                said = alignment.of(sentence[: one.start] + other + sentence[one.start + len(one.text) :])
                changed += 1
                caught += said is not None and said.support is not Support.SUPPORTED
    assert count > 30 and changed > 8
    assert held >= 0.95 * count and caught == changed


def test_small_words_of_an_unknown_language_are_those_of_the_common_ones() -> None:
    small = small_words("")
    assert small.denies("Das ist nicht so.") and small.denies("It isn't so.") and not small.denies("It is so.")
