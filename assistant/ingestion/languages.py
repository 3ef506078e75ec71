"""Which language a text is in, by its script and its most frequent small words; pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from typing import Final

_LOOKED_AT: Final = 3_000
_SAMPLES: Final = 400
_FEWEST_WORDS: Final = 2
_WORD: Final = re.compile("(?:[^\\W\\d_]|[\u0900-\u0963])+")  # the vowel signs of Devanagari are part of its words
_SCRIPTS: Final = (
    ("ja", re.compile("[\u3040-\u30ff]")),
    ("ko", re.compile("[\uac00-\ud7af\u1100-\u11ff]")),
    ("zh", re.compile("[\u3400-\u9fff]")),
    ("th", re.compile("[\u0e00-\u0e7f]")),
    ("el", re.compile("[\u0370-\u03ff\u1f00-\u1fff]")),
    ("he", re.compile("[\u0590-\u05ff]")),
    ("hy", re.compile("[\u0530-\u058f]")),
    ("ka", re.compile("[\u10a0-\u10ff]")),
    ("bn", re.compile("[\u0980-\u09ff]")),
    ("ta", re.compile("[\u0b80-\u0bff]")),
    ("te", re.compile("[\u0c00-\u0c7f]")),
    ("gu", re.compile("[\u0a80-\u0aff]")),
    ("pa", re.compile("[\u0a00-\u0a7f]")),
    ("kn", re.compile("[\u0c80-\u0cff]")),
    ("ml", re.compile("[\u0d00-\u0d7f]")),
    ("my", re.compile("[\u1000-\u109f]")),
    ("km", re.compile("[\u1780-\u17ff]")),
    ("lo", re.compile("[\u0e80-\u0eff]")),
    ("am", re.compile("[\u1200-\u137f]")),
    ("hi", re.compile("[\u0900-\u097f]")),
    ("ar", re.compile("[\u0600-\u06ff\u0750-\u077f\ufb50-\ufdff\ufe70-\ufeff]")),
    ("ru", re.compile("[\u0400-\u04ff]")),
)
_LATIN: Final = re.compile("[A-Za-z\u00c0-\u024f\u1e00-\u1eff]")
# Small words of each language; a word that several share counts for each of them.
_SMALL_WORDS: Final = {
    "en": "the of and to in is was for that it with as on be by are this from at or an not have has which were "
    "you we his "
    "he she they but their had will can would there been more when who what how many did does",
    "de": "der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an werden "
    "aus er hat dass "
    "sie nach wird bei einer um am sind noch wie einem über einen so zum war haben nur oder aber vor zur bis "
    "mehr durch wer "
    "was welche welcher wurde wann",
    "fr": "de la le et les des en un du une que est pour qui dans a par plus pas au sur ne se ce il sont avec "
    "ou son aux "
    "cette ses mais comme on été nous vous leur sans elle quel quelle était l d qu n s c",
    "es": "de la que el en y a los se del las un por con no una su para es al lo como más o pero sus le ha este "
    "sí porque esta "
    "entre cuando muy sin sobre también fue qué cuál cuántos quién dónde era son",
    "it": "di e il la che in un a per è una sono mi si ho non ma le i con da del della al come più su anche dei "
    "nel alla ha "
    "gli lo delle questo quando degli o essere stato fu quale chi",
    "pt": "de a o que e do da em um para é com não uma os no se na por mais as dos como mas foi ao ele das tem "
    "à seu sua ou "
    "ser quando muito há nos já está eu também só pelo pela até isso são",
    "nl": "de het een van en in is dat op te zijn voor met die niet aan er om als bij door naar ook uit maar "
    "werd worden was "
    "of over nog dit hij ze wordt heeft deze tot hun je kan wat",
    "sv": "och i att det som en på är av för med den till inte om ett han de var jag har från vi men så ut där "
    "kan när "
    "eller ska under hade man blev efter vid också",
    "da": "og i at det som en på er af for med den til ikke om et han de var jeg har fra vi men så der kan når "
    "eller skal "
    "under havde man blev efter ved også deres hvad",
    "no": "og i å det som en på er av for med den til ikke om et han de var jeg har fra vi men så der kan når "
    "eller skal "
    "under hadde man ble etter ved også deres hva",
    "fi": "ja on ei se että oli hän mutta ovat kun niin joka myös tai kuin hänen sen ole mukaan jos vain olla "
    "vuonna sekä "
    "jonka jossa noin nyt mitä kuka",
    "pl": "w i na z do się nie jest to że o jak a za od po przez są ale dla tym przy co ze był jego tak ich "
    "który która oraz "
    "już lub być może czy",
    "cs": "a v se na je že s z do o to i ve pro by ale jako za po jsou byl k které který nebo od jeho není tak "
    "být jen při až "
    "což u také",
    "sk": "a v sa na je že s z do o to aj vo pre by ale ako za po sú bol k ktoré ktorý alebo od jeho nie tak "
    "byť len pri až čo "
    "u tiež",
    "sl": "in je v na se da za so ne z ki po pa s o od ali bi bil kot to tudi pri kako še le ima bila iz",
    "hr": "i u je na se da za su od s o ne koji a iz kao to bi biti ili te koja što ima ali bio nije po sa više",
    "ro": "de și în a la cu pe din că o un este pentru nu care mai se au sau prin fost al ale lui ca fi sunt "
    "dar după ce câte "
    "cine unde",
    "hu": "a az és hogy nem is egy van volt de meg ez csak már mint vagy ha el még azt ki után által kell lehet "
    "között pedig "
    "minden mely",
    "tr": "ve bir bu da de için ile olarak olan çok en daha sonra kadar gibi ne ise ya veya hem tarafından "
    "değil o her olduğu "
    "ilk kim nasıl kaç hangi nedir kaçtır nerede zaman hangisi tarihinde yılında neydi vardı kimdi",
    "vi": "và của các là có trong được cho với một không những đã người này từ để khi ở đến về như tại theo vào "
    "năm nào bao "
    "nhiêu gì ông",
    "id": "yang dan di dari untuk dengan pada ini itu dalam tidak adalah ke oleh sebagai juga akan atau telah "
    "mereka karena ada "
    "dapat bahwa tahun saya bisa",
    "ca": "de la el i que en a les els per un una amb és del al es com més no va seu o ser però són aquest d l des",
    "et": "ja on ei et see oli ta kui ning ka mis oma või aga kes pärast mida kas seda nii siis veel tema",
    "lv": "un ir no ar par uz kas kā tika arī bet vai pēc tā to gadā līdz viņš ka būt nav pie",
    "lt": "ir yra į iš kad su buvo o kaip tai bet ar už po nuo apie jo jų dėl taip kuris",
    "sq": "të e në dhe një për me që është nga i u më si por ka kjo ishte nuk",
    "sw": "ya na wa kwa ni katika za la cha kuwa ambao hii au kama hiyo yake",
    "is": "og að í á er sem til var við um með það en af ekki fyrir hann frá eru hafa",
    "ga": "an na agus ar i is a go le do ag tá sé bhí de ó",
    "la": "et in est non ad cum ut qui quod ex sed per aut esse sunt",
}
_CYRILLIC: Final = {
    "ru": "и в не на что с по как это из у для от был его но он к за то так же было или ы э какой сколько",
    "uk": "і в на що з не до як це та у за від його але він для був є або також яка які ї є",
    "bg": "на и в за да се от е с не по като са до през при което той че това ще",
    "sr": "и у је на се да за су од са о не који а из као то би бити или",
    "mk": "и во на да се од за е со не што го ќе како беше или по",
    "be": "і ў на не што з да як гэта па у яго але для быў або ў",
}
_ARABIC: Final = {
    "ar": "في من على إلى أن التي هذا ما مع عن كان هو هذه الذي لا كما ذلك قد بعد",
    "fa": "و در به از که این را با است آن برای یک های می شود بود تا کرد شد",
    "ur": "کے میں کی ہے اور سے کا کو نے پر یہ کہ ہیں اس تھا",
}
_DEVANAGARI: Final = {
    "hi": "के में की है और से का को ने पर यह कि हैं इस था एक लिए भी",
    "mr": "आहे आणि या च्या व ते हे की होते त्या एक मध्ये होता आहेत",
    "ne": "छ र को मा का ले यो हो पनि थियो गर्न छन्",
}
_TABLES: Final = {
    code: {
        word: [name for name, words in table.items() if word in words.split()]
        for word in " ".join(table.values()).split()
    }
    for code, table in (("", _SMALL_WORDS), ("ru", _CYRILLIC), ("ar", _ARABIC), ("hi", _DEVANAGARI))
}


def language(text: str) -> str:
    """The language of a text as ISO 639-1, "" where it is too short or mixed to tell."""
    text = text[:_LOOKED_AT]
    letters = sum(letter.isalpha() for letter in text)
    if letters < 2:
        return ""
    if len(_LATIN.findall(text)) * 2 > letters:
        return _by_words(text, "")
    counts = {code: len(script.findall(text)) for code, script in _SCRIPTS}
    if counts["ja"]:  # Japanese mixes its own letters with Chinese ones
        counts["ja"] += counts["zh"]
        counts["zh"] = 0
    script = max(counts, key=lambda code: counts[code])
    if not counts[script]:
        return ""
    return (_by_words(text, script) or script) if script in _TABLES else script


def _by_words(text: str, script: str) -> str:
    """The language whose small words are most of the text; "" where no language has clearly more than the others."""
    found: Counter[str] = Counter()
    words = 0
    for word in _WORD.findall(text.casefold()):
        languages = _TABLES[script].get(word, ())
        words += bool(languages)
        for name in languages:
            found[name] += 1
    if words < _FEWEST_WORDS:
        return ""
    (best, first), *rest = found.most_common(2)
    return best if not rest or first > rest[0][1] else ""


def language_of(texts: Iterable[str]) -> str:
    """The language of most of a document, by its longer stretches; "" where there is none."""
    found: Counter[str] = Counter()
    seen = 0
    for text in texts:
        if len(text) >= 60 and (code := language(text)):
            found[code] += min(len(text), _LOOKED_AT)
            seen += 1
            if seen >= _SAMPLES:
                break
    return found.most_common(1)[0][0] if found else ""
